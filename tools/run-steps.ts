import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'

export type Step = {
  name: string
  /** A tool of node_modules/.bin, or a file of ours, with its arguments. */
  command: string[]
  /** Vitest: its tests are counted one by one. Every other step counts as one. */
  isVitest?: boolean
}
type Count = { passed: number; failed: number }

/** What both `npm run check` and `npm test` begin with. */
export const checks: readonly Step[] = [
  { name: 'format and lint (biome)', command: ['biome', 'check', '--diagnostic-level=warn', '--max-diagnostics=100'] },
  { name: 'types of routes', command: ['react-router', 'typegen'] },
  { name: 'types (tsc)', command: ['tsc'] },
  { name: 'promises (oxlint)', command: ['oxlint', '--type-aware'] },
  { name: 'dead code (knip)', command: ['knip'] },
  { name: 'house checks', command: ['node', 'tools/house-checks.ts'] },
]

/** Runs every step, also after one failed; the last line says `N passed, N failed`, and any failure makes exit code 1. */
export function runSteps(steps: readonly Step[]): void {
  const total: Count = { passed: 0, failed: 0 }
  for (const step of steps) {
    const started = Date.now()
    const { passed, failed } = step.isVitest ? runVitest(step) : runCheck(step)
    total.passed += passed
    total.failed += failed
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    process.stdout.write(`${failed > 0 ? 'FAILED' : 'ok    '} ${step.name} (${seconds} s)\n`)
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

function runCheck(step: Step): Count {
  const { status, output } = run(step.command, 'pipe')
  if (status === 0) return { passed: 1, failed: 0 }
  process.stdout.write(output)
  return { passed: 0, failed: 1 }
}

function runVitest(step: Step): Count {
  const report = join(tmpdir(), `afterfund-vitest-${process.pid}.json`)
  const { status } = run([...step.command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], 'inherit')
  const { numPassedTests, numFailedTests, numFailedTestSuites } = readReport(report)
  // A file that cannot even be read, or an error outside of any test, fails without a failed test.
  const failed = numFailedTests > 0 ? numFailedTests : numFailedTestSuites
  return { passed: numPassedTests, failed: status === 0 ? failed : Math.max(1, failed) }
}

function readReport(path: string): { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 1 }
  } finally {
    rmSync(path, { force: true })
  }
}

function run([tool = '', ...args]: string[], stdio: 'pipe' | 'inherit'): { status: number | null; output: string } {
  // The tools run on the Node that this runs on, whatever stands first on PATH.
  const bin = join(projectRoot, 'node_modules', '.bin')
  const command = tool === 'node' ? process.execPath : join(bin, tool)
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, ...colour }
  const result = spawnSync(command, args, { cwd: projectRoot, stdio, encoding: 'utf8', env, maxBuffer: 1 << 28 })
  const output = stdio === 'pipe' ? `${result.stdout}${result.stderr}${result.error?.message ?? ''}` : ''
  return { status: result.status, output }
}
