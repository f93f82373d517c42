import { type Finding, findMatches, type SourceFile } from './source-files.ts'

/** A rule of the house: which files it looks at, what it must not find there, and what to do instead. */
type Rule = {
  name: string
  looksAt: (path: string) => boolean
  pattern: RegExp
  message: string
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path) || path.startsWith('test/')
const isSource = (path: string) => /^src\/.*\.tsx?$/.test(path) && !isTest(path)
const isWeb = (path: string) => /^src\/(web|emails)\/.*\.tsx$/.test(path) && !isTest(path)
const isStyle = (path: string) => /^src\/web\/.*\.css$/.test(path)
const isDomain = (path: string) => /^src\/domain\/.*\.ts$/.test(path) && !isTest(path)

// React Router and the tools that read a configuration file want a default export; nothing else does.
const wantsDefaultExport = (path: string) =>
  /^src\/web\/(routes\/|root\.tsx$|routes\.ts$|entry\.)/.test(path) || /^[\w.-]+\.config\.ts$/.test(path)

const writesStatus = 'src/domain/orders/move-orders.ts'

const colours =
  'red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|neutral|stone'
const paletteClass = new RegExp(
  `(?<=["'\`\\s:])(?:bg|text|border|ring|fill|stroke|outline|divide|from|to|via|shadow)-(?:${colours})-\\d{2,3}\\b`,
  'g',
)
const physicalClass =
  /(?<=["'`\s:])-?(?:ml|mr|pl|pr|left|right|scroll-ml|scroll-mr|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br)-[\w[\]./%]+|(?<=["'`\s:])(?:text-left|text-right|float-left|float-right|border-l|border-r)(?=["'`\s])/g
const physicalProperty =
  /(?<=[{;\s])(?:margin|padding|border)-(?:left|right)(?:-\w+)?\s*:|(?<=[{;\s])(?:left|right)\s*:\s|text-align\s*:\s*(?:left|right)|float\s*:\s*(?:left|right)/g
const updatesStatus =
  /updateTable\(\s*['"]orders['"](?:(?!\.execute)[\s\S]){0,400}?\bstatus\s*:|\bupdate\s+orders\b(?:(?!\bwhere\b)[\s\S]){0,600}?\bset\b(?:(?!\bwhere\b)[\s\S]){0,600}?(?<![.\w])status\s*=/g

/** The folder of the machines that build this; it must never stand in a file. Put together so that it does not stand here. */
const machinePath = new RegExp(`/${'work'}/(?:main|shared|team)|/${'root'}/`, 'g')

export const houseRules: readonly Rule[] = [
  {
    name: 'no-default-export',
    looksAt: (path) => /\.tsx?$/.test(path) && !wantsDefaultExport(path),
    pattern: /^export default\b|^export \{[^}]*\bas default\b/gm,
    message: 'No default exports: name it',
  },
  {
    name: 'no-barrel',
    looksAt: isSource,
    pattern: /^export \* from\b/gm,
    message: 'No barrels: import from the file that has it',
  },
  {
    name: 'no-palette-class',
    looksAt: isWeb,
    pattern: paletteClass,
    message: "No colours of Tailwind's palette: use the tokens",
  },
  {
    name: 'no-physical-class',
    looksAt: isWeb,
    pattern: physicalClass,
    message: 'No left and right: start and end (ms-, me-, ps-, pe-, start-, end-), so that right-to-left works',
  },
  {
    name: 'no-physical-property',
    looksAt: isStyle,
    pattern: physicalProperty,
    message: 'No left and right: inline-start and inline-end, so that right-to-left works',
  },
  {
    name: 'one-writer-of-status',
    looksAt: (path) => isSource(path) && path !== writesStatus,
    pattern: updatesStatus,
    message: 'Only move-orders.ts moves the status of an order',
  },
  {
    name: 'one-reader-of-environment',
    looksAt: (path) => isSource(path) && !['src/config.server.ts', 'src/main.ts', 'src/simulator/main.ts'].includes(path),
    pattern: /\bprocess\.env\b/g,
    message: 'Only config.server.ts reads the environment, and the simulator, a program of its own, its own',
  },
  {
    name: 'one-clock',
    looksAt: isDomain,
    pattern:
      /\bDate\.now\(\)|\bnew Date\(\)|(?<![\w.])(?:now|clock_timestamp|statement_timestamp)\(\)(?!:)|\bcurrent_timestamp\b/g,
    message: 'The domain reads no clock: `now` comes as an argument',
  },
  {
    name: 'domain-says-what-it-does',
    looksAt: isDomain,
    pattern: /(?<!\*\/\n)^export (?:async )?function\*? ?\w+/gm,
    message: 'An exported function of the domain says what it guarantees and refuses, in a comment before it',
  },
  {
    name: 'no-loose-ends',
    looksAt: (path) => /\.(tsx?|css|sql)$/.test(path) && !path.startsWith('tools/house-checks/'),
    pattern: /\b(?:TODO|FIXME)\b/g,
    message: 'No loose ends: do it, or open an issue',
  },
  {
    name: 'no-machine-path',
    looksAt: (path) => path !== 'package-lock.json',
    pattern: machinePath,
    message: 'No path of one machine in a file',
  },
]

/** Everything in these files that breaks a rule of the house. */
export function checkHouseRules(files: SourceFile[]): Finding[] {
  return houseRules.flatMap((rule) =>
    files
      .filter(({ path }) => rule.looksAt(path))
      .flatMap((file) => findMatches(file, rule.pattern, (match) => `${rule.message} (${rule.name}: ${shorten(match[0])})`)),
  )
}

/** Files that want to be two: told, not refused. */
export function findLongFiles(files: SourceFile[], limit = 300): Finding[] {
  return files
    .filter(({ path }) => /\.tsx?$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => ({ path, line: lines, message: `${lines} lines: this wants to be two files` }))
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}
