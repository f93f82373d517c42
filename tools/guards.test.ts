import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../src/db/project-root.ts'

/* Every tool that guards us is shown a fault that it must find, with our own settings: a tool that has gone blind is worse than none. */

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterfund-guards-'))
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  for (const name of ['tsconfig.json', '.oxlintrc.json', 'knip.json', 'package.json'])
    cpSync(join(projectRoot, name), join(folder, name))
  const biome = JSON.parse(readFileSync(join(projectRoot, 'biome.json'), 'utf8'))
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...biome, vcs: { enabled: false } }))
  plant('src/main.ts', `export const main = 1\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function run(tool: string, ...args: string[]): { status: number | null; output: string } {
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' }
  const result = spawnSync(join(projectRoot, 'node_modules', '.bin', tool), args, { cwd: folder, encoding: 'utf8', env })
  return { status: result.status, output: `${result.stdout}${result.stderr}` }
}

test('biome finds what is not formatted, a cycle of imports, and a console.log', () => {
  plant('src/lib/planted-format.ts', `export const a   = "x";\n`)
  plant('src/lib/planted-console.ts', `export function say() {\n  console.log(1)\n}\n`)
  plant('src/lib/planted-one.ts', `import { two } from './planted-two.ts'\n\nexport const one = () => two()\n`)
  plant('src/lib/planted-two.ts', `import { one } from './planted-one.ts'\n\nexport const two = () => one()\n`)
  const { status, output } = run('biome', 'check', 'src/lib')
  expect(status).toBe(1)
  expect(output).toContain('planted-format.ts format')
  expect(output).toContain('noImportCycles')
  expect(output).toContain('noConsole')
})

test('oxlint finds promises that nobody waits for', () => {
  plant(
    'src/lib/planted-promise.ts',
    `async function work() {}\n\nexport function start() {\n  work()\n  process.on('SIGTERM', work)\n}\n`,
  )
  const { status, output } = run('oxlint', '--type-aware', 'src/lib/planted-promise.ts')
  expect(status).toBe(1)
  expect(output).toContain('no-floating-promises')
  expect(output).toContain('no-misused-promises')
})

test('tsc finds a wrong type, an element that may be missing, and syntax that Node cannot strip', () => {
  plant('src/lib/planted-types.ts', `export const a: number = 'x'\nexport const b: string = ['x'][0]\nexport enum C {\n  d,\n}\n`)
  const { status, output } = run('tsc', '--pretty', 'false')
  expect(status).not.toBe(0)
  expect(output).toContain('planted-types.ts(1,14)')
  expect(output).toContain('planted-types.ts(2,14)')
  expect(output).toContain('erasableSyntaxOnly')
})

test('knip finds a file that nobody uses, and an export too', () => {
  plant('src/lib/planted-unused.ts', `export const unused = 1\n`)
  plant('src/lib/planted-used.ts', `export const used = 1\nexport const spare = 1\n`)
  plant('src/main.ts', `import { used } from './lib/planted-used.ts'\n\nexport const main = used\n`)
  const { status, output } = run('knip', '--include', 'files,exports')
  expect(status).toBe(1)
  expect(output).toContain('planted-unused.ts')
  expect(output).toContain('spare')
})

test('a run of checks says what failed, counts it, and exits with 1', () => {
  const script = `import { runSteps } from ${JSON.stringify(join(projectRoot, 'tools', 'run-steps.ts'))}
    runSteps([{ name: 'good', command: ['node', '-e', '0'] }, { name: 'bad', command: ['node', '-e', 'console.log("why"); process.exit(3)'] }])`
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(result.status).toBe(1)
  expect(result.stdout).toMatch(/ok {5}good .*\nwhy\nFAILED bad .*\n1 passed, 1 failed\n$/)
})
