import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type App, createApp } from './app.ts'
import { createClock } from './clock.server.ts'
import { type Config, readConfig, stripeHost } from './config.server.ts'
import { migrateOpen, type OpenDatabase, openDatabase } from './db/open.server.ts'
import { StartError } from './db/start-error.ts'
import { createDeps, type Deps } from './deps.server.ts'
import { isFirstRun, saveFirstRunCode } from './domain/accounts/create-owner.ts'
import { keepGatewayAccount } from './gateway-account.server.ts'
import { createLog, type Log } from './log.server.ts'
import { createPages } from './pages.server.ts'
import { readSecret } from './secret.server.ts'
import { type DemoState, prepareDemo } from './start-demo.server.ts'

export type Announce = (lines: string[]) => void
type Options = { withDemo: boolean; announce: Announce }
type Running = { stop(): Promise<void> }

const stopLimitMs = 28_000
const callLimitMs = 15_000

/**
 * Starts the roles of this process and returns when they run. Whatever fails on the way is undone, so that nothing is left
 * running behind; SIGTERM and SIGINT stop everything in order.
 */
export async function main(env: NodeJS.ProcessEnv, options: Options): Promise<void> {
  const config = readConfig(env)
  refuseLiveYet(config)
  const log = createLog()
  const stack: (() => Promise<void>)[] = []
  const undo = async () => {
    for (const step of stack.splice(0).reverse()) await step()
  }
  stopOnSignal(undo, log)
  try {
    // The port first: a second start on it ends before it touches the database.
    const server = config.roles.web ? await reservePort(config) : null
    if (server) stack.push(async () => server.closeAllConnections())
    const database = await openDatabase(config)
    stack.push(database.close)
    await migrateOpen(database)
    const { deps, endStreams, stop } = await createDeps({
      config,
      databaseUrl: database.url,
      secret: readSecret(config),
      log,
      clock: createClock(),
    })
    stack.push(stop)
    await keepGatewayAccount(deps)
    const demo = await prepareDemo(deps, database.ownerUrl, options)
    if (config.roles.worker) await deps.worker.start()
    if (server) stack.push(serve(server, createApp(deps, createPages(deps)), endStreams).stop)
    options.announce(await describe(deps, database, demo))
  } catch (error) {
    await undo()
    throw error
  }
}

export type DevProgram = (database: OpenDatabase) => Promise<App>

/** The app of the dev server. Each edit makes this module anew: the wiring of the old one is stopped first. */
export const devProgram: DevProgram = (database) => {
  const holder = globalThis as { afterfundDevStop?: () => Promise<void>; afterfundDevClock?: Deps['clock'] }
  devApp ??= (async () => {
    await holder.afterfundDevStop?.()
    const config = readConfig(process.env)
    const log = createLog()
    await migrateOpen(database)
    holder.afterfundDevClock ??= createClock()
    const clock = holder.afterfundDevClock
    const { deps, stop } = await createDeps({ config, databaseUrl: database.url, secret: readSecret(config), log, clock })
    holder.afterfundDevStop = stop
    await keepGatewayAccount(deps)
    const demo = await prepareDemo(deps, database.ownerUrl, { withDemo: true })
    await deps.worker.start()
    for (const line of await describe(deps, database, demo)) process.stdout.write(`${line}\n`)
    return createApp(deps, createPages(deps), { isDev: true })
  })()
  return devApp
}
let devApp: Promise<App> | undefined

/** Bytes. A list keeps all of its filter in the address: a warehouse that ticks 1,000 SKUs has 46 kB of it. Node's own limit is 16 kB. */
const longestAddress = 64 * 1024

function reservePort(config: Config): Promise<Server> {
  const server = createServer({ maxHeaderSize: longestAddress })
  server.on('request', starting)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(config, error)))
    server.listen(config.port, config.host, () => resolve(server))
  })
}

function starting(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '2' })
    .end('Afterfund is starting. Try again in a moment.\n')
}

function serve(server: Server, app: App, endStreams: () => void): Running {
  server.off('request', starting)
  const answer = getRequestListener(app.fetch)
  server.on('request', (request, response) => void answer(request, response))
  return {
    stop: () =>
      new Promise((resolve) => {
        endStreams()
        // Calls in flight get their answer, within a limit; connections that wait for a next call are ended.
        setTimeout(resolve, callLimitMs).unref()
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

function portError(config: Config, error: NodeJS.ErrnoException): StartError {
  const at = `${config.host}:${config.port}`
  const ways: Record<string, string> = {
    EADDRINUSE: `Port ${config.port} on ${config.host} is in use. Stop what uses it, or start with another one: PORT=${config.port + 1} npm start`,
    EACCES: `This user may not listen on ${at}. Take a port above 1024: PORT=3000 npm start`,
    EADDRNOTAVAIL: `${config.host} is not an address of this machine. Set HOST to one that is, or leave it out.`,
  }
  return new StartError(ways[error.code ?? ''] ?? `Listening on ${at} failed: ${error.message}. Set HOST and PORT.`, {
    cause: error,
  })
}

async function describe(deps: Deps, database: OpenDatabase, demo: DemoState): Promise<string[]> {
  const { config } = deps
  const lines = ['', `Afterfund runs${config.roles.web ? ` at ${config.publicUrl}` : ' (worker only)'}`]
  if (demo.login) lines.push(`  Demo login    ${demo.login.email}  password  ${demo.login.password}`)
  if (demo.refusal) lines.push(`  No demo       ${demo.refusal}`)
  if (config.roles.web && (await isFirstRun(deps.db))) {
    const code = randomBytes(10).toString('hex').toUpperCase().match(/.{5}/g)?.join('-') ?? ''
    await saveFirstRunCode(deps.db, code)
    lines.push(`  First run     open ${config.publicUrl}/setup and type this code:  ${code}`)
  }
  lines.push(`  Gateway       ${gatewayWords(config)}`)
  lines.push(`  Data          ${database.place}`)
  if (!config.secret) lines.push(`  Secret        ${config.dataFolder}/secret  (keep a copy with your backups)`)
  if (config.gateway !== 'simulator' && config.gateway.mode === 'live' && !config.isHttps) {
    lines.push('  Note          PUBLIC_URL is this machine only: neither backers nor Stripe can reach it')
  }
  for (const note of database.notes) lines.push(`  Note          ${note}`)
  if (!config.isHttps && !config.isLoopback)
    lines.push('  Set up TLS    PUBLIC_URL is plain http: every page says so and shows nothing else')
  return [...lines, '']
}

/**
 * All that live keys need is there, and kept by tests; the long trials that are to show it (two hundred rounds of the torture, thousands of
 * seeds, a run of hours) were not run to their end. Goes with them.
 */
function refuseLiveYet({ gateway }: Config): void {
  if (gateway === 'simulator' || gateway.mode !== 'live') return
  throw new StartError(
    'STRIPE_SECRET_KEY is a live key. This version charges with test keys only: take a key that begins with rk_test_.',
  )
}

function gatewayWords({ gateway }: Config): string {
  if (gateway === 'simulator') return 'simulator: no money moves'
  const where = gateway.host === stripeHost ? 'Stripe' : `${gateway.protocol}://${gateway.host}:${gateway.port}`
  const words = gateway.mode === 'live' ? 'with a live key: real cards are charged' : 'with a test key: no money moves'
  return `${where}, ${words}${gateway.account ? `, for the connected account ${gateway.account}` : ''}`
}

/** Also for errors that nobody caught: they end the program, and PostgreSQL must not stay behind. */
function stopOnSignal(undo: () => Promise<void>, log: Log): void {
  let stopping = false
  const stop = async (code: number) => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(code || 1), stopLimitMs).unref()
    await undo()
    process.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ error }, 'an error that nobody caught ends the program')
      void stop(1)
    })
  }
}
