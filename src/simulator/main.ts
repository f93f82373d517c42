// The simulator as a process of its own: `node src/simulator/main.ts --folder DIR [--port N] [--host H] [--hosted-url URL] [--key KEY]
// [--webhook URL]`, with what signs the events in WEBHOOK_SECRET.
// It prints {"listening": port} once it serves, and ends by itself when the program that started it is gone.
import { parseArgs } from 'node:util'
import { startSimulator } from './start-simulator.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'hosted-url': { type: 'string' },
    key: { type: 'string' },
    webhook: { type: 'string' },
  },
})

async function run(): Promise<void> {
  if (!values.folder)
    throw new Error('Usage: node src/simulator/main.ts --folder DIR [--port N] [--host H] [--hosted-url URL] [--key KEY]')
  const simulator = await startSimulator({
    folder: values.folder,
    port: Number(values.port ?? 0),
    ...(values.host ? { host: values.host } : {}),
    ...(values['hosted-url'] ? { hosted_url: values['hosted-url'] } : {}),
    ...(values.key ? { key: values.key } : {}),
    ...(values.webhook ? { webhook: { url: values.webhook, secret: process.env.WEBHOOK_SECRET ?? '' } } : {}),
  })
  const stop = () => void simulator.stop().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // The channel to the parent closes when the parent ends, however it ends.
  process.once('disconnect', stop)
  process.stdout.write(`${JSON.stringify({ listening: simulator.port })}\n`)
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
