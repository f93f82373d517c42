import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.server.ts'
import { projectRoot } from './db/project-root.ts'
import type { Clock } from './deps.server.ts'
import type { Log } from './log.server.ts'

/** The simulator of Stripe that runs beside this program while no key is given. */
export type GatewayProcess = {
  /** Where it listens on this machine. Starts it when it does not run; throws when it cannot be started. */
  port(): Promise<number>
  /** Tells it what time the program takes it to be: a test that moves the clock moves both. */
  followClock(): Promise<void>
  /** Ends it, if this program started it. */
  stop(): Promise<void>
}

type Child = { process: ChildProcess; port: number }

const startLimitMs = 20_000
const stopLimitMs = 3_000
const answerLimitMs = 1_000
const pauseMs = 100

/** Under which path of the product its pages are reached. */
const gatewayPath = '/gateway'

/**
 * Looks after the simulator of this data folder. It is a process of its own, with its state in DATA_DIR/gateway: it is started when it is
 * first asked for, and again when it dies; it ends when this program does, however that ends. Of several programs on one data folder the
 * first starts it and the others use the same one, which they find by the address it is listed under; whoever finds it gone starts it anew.
 */
export function createGatewayProcess(options: {
  config: Pick<Config, 'dataFolder' | 'publicUrl'>
  clock: Pick<Clock, 'now'>
  log: Log
  /** where its events go, and what signs them; null where this program serves no pages */
  webhook: { url: string; secret: string } | null
}): GatewayProcess {
  const { config, clock, log, webhook } = options
  const folder = join(config.dataFolder, 'gateway')
  let own: Child | null = null
  let starting: Promise<number> | null = null
  let isStopping = false

  const launch = async (): Promise<Child | string> => {
    const child = await spawnSimulator(folder, config.publicUrl)
    if (typeof child === 'string') return child
    child.process.once('exit', () => {
      own = null
      if (isStopping) return
      log.warn({}, 'the simulator of the gateway ended; it is started again')
      setTimeout(
        () => void port().catch((error) => log.error({ error }, 'the simulator of the gateway does not start')),
        pauseMs,
      ).unref()
    })
    return child
  }

  const start = async (): Promise<number> => {
    const giveUpAt = Date.now() + startLimitMs
    while (!isStopping && Date.now() < giveUpAt) {
      const running = await findRunning(folder)
      if (running) {
        // The program that started it may serve no pages, or listen elsewhere.
        await setWebhook(running, webhook)
        return running
      }
      const started = await launch()
      if (typeof started !== 'string') {
        own = started
        listAddress(folder, own)
        await setClock(own.port, clock)
        await setWebhook(own.port, webhook)
        return own.port
      }
      if (!started.includes('already running')) throw new Error(`The simulator of the gateway did not start: ${started}`)
      // Another one holds the folder: it is about to listen, or to end.
      await sleep(pauseMs)
    }
    throw new Error('The simulator of the gateway did not start')
  }

  const port = async (): Promise<number> => {
    if (own) return own.port
    starting ??= start().finally(() => {
      starting = null
    })
    return await starting
  }

  const stop = async () => {
    isStopping = true
    await starting?.catch(() => undefined)
    if (own) await end(own.process)
  }
  return { port, followClock: async () => setClock(await port(), clock), stop }
}

/** Nothing to say while the program goes by the machine's clock, which is always so but in tests and while the demo makes its past. */
async function setClock(port: number, clock: Pick<Clock, 'now'>): Promise<void> {
  const clock_ahead_ms = clock.now().getTime() - Date.now()
  if (clock_ahead_ms < 1_000) return
  await tell(port, '/knobs', { clock_ahead_ms })
}

async function setWebhook(port: number, webhook: { url: string; secret: string } | null): Promise<void> {
  if (webhook) await tell(port, '/webhooks', webhook)
}

async function tell(port: number, path: string, settings: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(settings),
    signal: AbortSignal.timeout(answerLimitMs),
  })
  if (!answer.ok) throw new Error(`The simulator of the gateway refuses its settings at ${path}: ${answer.status}`)
}

/** The process once it listens; what it said last when it ended before. */
function spawnSimulator(folder: string, publicUrl: string): Promise<Child | string> {
  const settings = { folder, host: '127.0.0.1', 'hosted-url': `${publicUrl}${gatewayPath}` }
  const child = spawn(
    process.execPath,
    [
      join(projectRoot, 'src', 'simulator', 'main.ts'),
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    // Nothing of our environment: there are secrets in it. A process group of its own, so that Ctrl-C reaches it only through us.
    { cwd: '/', env: {}, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  child.unref()
  child.channel?.unref()
  const limit = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
  const started = new Promise<Child | string>((resolve) => {
    let lastWords = ''
    child.once('error', (error) => resolve(error.message))
    // Not `exit`: by then not all that it said has been read.
    child.once('close', () => resolve(lastWords || 'it said nothing'))
    eachLine(child.stderr, (line) => {
      lastWords = line
    })
    eachLine(child.stdout, (line) => {
      const port = portIn(line, 'listening')
      if (port) resolve({ process: child, port })
    })
  })
  return started.finally(() => clearTimeout(limit))
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', take)
}

/** The IPC channel is what keeps it alive: it ends by itself when that closes, also when we are killed. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.ref()
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await ended
  clearTimeout(timer)
}

function addressFileOf(folder: string): string {
  return join(folder, 'address.json')
}

function listAddress(folder: string, child: Child): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fresh = `${addressFileOf(folder)}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify({ port: child.port, pid: child.process.pid })}\n`)
  renameSync(fresh, addressFileOf(folder))
}

/** The port of one that another program started, if it answers: by now the port may be somebody else's. */
async function findRunning(folder: string): Promise<number | null> {
  try {
    const port = portIn(readFileSync(addressFileOf(folder), 'utf8'), 'port')
    if (!port) return null
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(answerLimitMs) })
    const { program } = (await answer.json()) as { program?: unknown }
    return program === 'afterfund gateway simulator' ? port : null
  } catch {
    return null
  }
}

function portIn(json: string, name: string): number | null {
  try {
    const port = (JSON.parse(json) as Record<string, unknown>)[name]
    return typeof port === 'number' && port > 0 ? port : null
  } catch {
    return null
  }
}
