// `npm test`: everything. The last line counts each check as one and each test as one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks, runSteps } from './run-steps.ts'

// What programs print in the tests is kept here, searched at the end, and stays where something was wrong.
const logs = mkdtempSync(join(tmpdir(), 'afterfund-test-logs-'))
process.env.AFTERFUND_TEST_LOGS = logs

runSteps([
  ...checks,
  { name: 'build', command: ['node', 'tools/build.ts'] },
  { name: 'JavaScript of the pages', command: ['node', 'tools/check-scripts.ts'] },
  { name: 'tests', command: ['vitest', 'run'], isVitest: true },
  { name: 'no secret in any log', command: ['node', 'tools/search-logs.ts', logs] },
])
if (!process.exitCode) rmSync(logs, { recursive: true, force: true })
