// `npm test`: everything. The last line counts each check as one and each test as one.
import { checks, runSteps } from './run-steps.ts'

runSteps([
  ...checks,
  { name: 'build', command: ['node', 'tools/build.ts'] },
  { name: 'tests', command: ['vitest', 'run'], isVitest: true },
])
