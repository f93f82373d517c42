import { posix } from 'node:path'
import { type Finding, findMatches, type SourceFile } from './source-files.ts'

/*
 * What a page of the documentation names must be there: files, folders and functions in ARCHITECTURE.md and the pages for developers, and
 * whatever any page links to. A function that is followed by its file, as in `lockOrders` (`lock-orders.ts`), must stand in that file.
 */

/** Pages that tell developers where things are: what they put in backticks is looked up. */
const isMap = (path: string) =>
  /^(ARCHITECTURE|CONTRIBUTING)\.md$|^docs\/(glossary|security|README)\.md$|^docs\/decisions\//.test(path)
const isPage = (path: string) => path.endsWith('.md') && !path.startsWith('docs/design/')

/** Names that a page speaks of although nothing here bears them. */
const NOT_OURS = new Set(['dangerouslySetInnerHTML'])

const fileName = /`([\w.@-]+(?:\/[\w.@-]+)*\.(?:tsx?|css|md|sql|json))`/g
const folderName = /`((?:[\w.-]+\/)+)`/g
/** The map in a fenced block: a folder or file at the start of a line, and every file on it. */
const fence = /^```\n([\s\S]*?)^```$/gm
const onMap = /^ *([\w.-]+\/)(?= )|(?<![\w/*.-])([\w.-]+(?:\/[\w.-]+)*\.(?:tsx?|css|sql))\b/gm
const functionName = /`([a-z]\w*[A-Z]\w*)(?:\([^`]*\))?`/g
const functionInFile = /`([a-z]\w*[A-Z]\w*)`\s+\(`([\w./-]+\.tsx?)`/g

/** Names in the documentation that nothing answers to. `others`: further files of the repository, such as pictures. */
export function checkDocs(files: SourceFile[], others: readonly string[] = []): Finding[] {
  const paths = [...files.map(({ path }) => path), ...others]
  const code = files.filter(({ path }) => /^(src|tools|test|bench)\/.*\.tsx?$/.test(path))
  const defined = new Set(code.flatMap(({ text }) => [...text.matchAll(/\b[a-z]\w*[A-Z]\w*/g)].map(([name]) => name)))
  const maps = files.filter(({ path }) => isMap(path))
  return [
    ...maps.filter(({ path }) => path === 'ARCHITECTURE.md').flatMap((map) => unmapped(map, paths)),
    ...files.flatMap((page) => unlisted(page, paths)),
    ...maps.flatMap((page) => unknownPaths(page, paths)),
    ...maps.flatMap((page) => unknownFunctions(page, defined, code)),
    ...files.filter(({ path }) => isPage(path)).flatMap((page) => brokenLinks(page, files, paths)),
  ]
}

/** Rooms that stand beside those on the map, and are not on it: folders of src and of the domain, and files beside them. */
function unmapped(map: SourceFile, paths: string[]): Finding[] {
  const rooms = paths
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .flatMap((path) => /^src\/(?:domain\/)?([^/]+(?:\/|$))/.exec(path)?.[1] ?? [])
    .filter((room) => room !== 'domain/')
  return [...new Set(rooms)]
    .filter((room) => !map.text.includes(room))
    .map((room) => ({ path: map.path, line: 1, message: `${room} is not on the map` }))
}

/** Pages that an index leaves out: what nobody is led to is not read. */
const indexes: Record<string, RegExp> = {
  'docs/README.md': /^docs\/(?:guides\/)?[\w-]+\.md$/,
  'docs/decisions/README.md': /^docs\/decisions\/\d[\w-]+\.md$/,
}

function unlisted(page: SourceFile, paths: string[]): Finding[] {
  const belongs = indexes[page.path]
  if (!belongs) return []
  const led = new Set([...page.text.matchAll(link)].map(([, target = '']) => posix.join(posix.dirname(page.path), target)))
  return paths
    .filter((path) => path !== page.path && belongs.test(path) && !led.has(path))
    .map((path) => ({ path: page.path, line: 1, message: `${path} is on no list` }))
}

function unknownPaths(page: SourceFile, paths: string[]): Finding[] {
  const isFile = (name: string) => paths.some((path) => path === name || path.endsWith(`/${name}`))
  const isFolder = (name: string) => paths.some((path) => `/${path}`.includes(`/${name}`))
  const found = [
    ...findMatches(page, fileName, ([, name = '']) => (isFile(name) ? '' : name)),
    ...findMatches(page, folderName, ([, name = '']) => (isFolder(name) ? '' : name)),
    ...findMatches(page, fence, ([, block = '']) =>
      [...block.matchAll(onMap)]
        .map(([, folder, file]) => (folder ? !isFolder(folder) && folder : file && !isFile(file) && file))
        .filter(Boolean)
        .join(', '),
    ),
  ]
  return found.filter(({ message }) => message).map((each) => ({ ...each, message: `There is no ${each.message}` }))
}

function unknownFunctions(page: SourceFile, defined: Set<string>, code: SourceFile[]): Finding[] {
  const unknown = findMatches(page, functionName, ([, name = '']) =>
    defined.has(name) || NOT_OURS.has(name) ? '' : `Nothing is called ${name}`,
  )
  const moved = findMatches(page, functionInFile, ([, name = '', file = '']) => {
    const there = code.filter(({ path }) => path === file || path.endsWith(`/${file}`))
    return there.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)) ? '' : `${name} is not in ${file}`
  })
  return [...unknown, ...moved].filter(({ message }) => message)
}

const link = /\]\(([^)\s]+)\)/g

function brokenLinks(page: SourceFile, files: SourceFile[], paths: string[]): Finding[] {
  return findMatches(page, link, ([, target = '']) => {
    if (/^([a-z]+:|\/)/.test(target)) return ''
    const [place = '', anchor] = target.split('#')
    const path = place === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), place))
    const isThere = paths.some((each) => each === path || each.startsWith(path.endsWith('/') ? path : `${path}/`))
    if (!isThere) return `The link to ${target} leads nowhere`
    const goal = files.find((file) => file.path === path)
    return anchor && goal && !anchorsOf(goal.text).includes(anchor) ? `${path} has no heading #${anchor}` : ''
  }).filter(({ message }) => message)
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
}
