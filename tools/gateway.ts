// `npm run gateway`: the stand-in for Stripe by hand, for a program that is started apart from it.
import { StartError } from '../src/db/start-error.ts'
import { startSimulator } from '../src/simulator/start-simulator.ts'
import { readOption } from './arguments.ts'
import { runTool } from './run-tool.ts'

await runTool(async () => {
  const port = Number(readOption('port') ?? 12_111)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartError('Usage: npm run gateway -- [--port 12111] [--data DIR] [--hosted-url URL]')
  }
  const folder = readOption('data') ?? 'data/gateway'
  const hosted_url = readOption('hosted-url')
  const simulator = await startSimulator({ folder, port, ...(hosted_url ? { hosted_url } : {}) })
  process.stdout.write(
    `${[
      `The gateway simulator serves ${simulator.url}; its state is in ${folder}. No money moves.`,
      'Start the program beside it like this:',
      `  STRIPE_HOST=127.0.0.1 STRIPE_PORT=${simulator.port} STRIPE_PROTOCOL=http STRIPE_SECRET_KEY=sk_test_simulator npm start`,
      `What was charged: ${simulator.url}/ledger`,
    ].join('\n')}\n`,
  )
  const stop = () => void simulator.stop().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
})
