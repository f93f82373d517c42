// `npm run check`: the fast part of `npm test`.
import { checks, runSteps } from './run-steps.ts'

runSteps([...checks, { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'], isVitest: true }])
