import type { Kysely, Transaction } from 'kysely'
import type pg from 'pg'
import { PgBoss } from 'pg-boss'
import { createSmtpMailer } from './adapters/smtp/smtp-mailer.ts'
import { createStripeGateway } from './adapters/stripe/stripe-gateway.ts'
import { type Auth, createAuth } from './auth.server.ts'
import { createClock } from './clock.server.ts'
import type { Config } from './config.server.ts'
import { connect } from './db/client.server.ts'
import { queueSchema } from './db/grants.ts'
import type { Database } from './db/types.ts'
import type { ImportKey } from './domain/imports/compare-rows.ts'
import type { Mailer } from './domain/messages/mailer.ts'
import type { Gateway } from './domain/payments/gateway.ts'
import type { Work } from './domain/shared/tx.ts'
import { createExporter, type ExportOrder } from './export-thread.server.ts'
import { createGatewayProcess, type GatewayProcess } from './gateway-process.server.ts'
import { createImportReader } from './import-thread.server.ts'
import { createEnqueue, createQueues } from './jobs/enqueue.ts'
import { createWorker } from './jobs/worker.ts'
import { newId } from './lib/id.ts'
import type { Log } from './log.server.ts'
import { deriveKey } from './secret.server.ts'

/** The one clock. Nothing else asks what time it is for a rule. */
export type Clock = {
  now(): Date
  /** Moves the clock ahead; the offset lives in memory. For test programs (AFTERFUND_TEST=1), tests and the demo's past. */
  advance(ms: number): void
}

/** What the worker (src/jobs/worker.ts) lets others see of it. */
export type Worker = {
  start(): Promise<void>
  /** Finishes what is in hand. */
  stop(): Promise<void>
  /** Carries out all that is due at `now`, and what follows from it; resolves when nothing is left. */
  runDue(now: Date): Promise<void>
  /** True when no job is due or running. */
  isIdle(): Promise<boolean>
  /** Null while it works; else why not. Shown on the health page. */
  fault(): string | null
}

/** Everything a door, a job or a tool works with: wired once, by hand, and handed on as one plain object. */
export type Deps = {
  config: Config
  /** Names this run of the program: a new one with each start. */
  processId: string
  db: Kysely<Database>
  pool: pg.Pool
  boss: PgBoss
  clock: Clock
  log: Log
  /** Key of the backers' links (HMAC-SHA-256). Never stored in the database. */
  linkSecret: Buffer
  /** Null without SMTP: mails then go to the mailbox page of demo and test campaigns, and live campaigns refuse to send. */
  mailer: Mailer | null
  /** Where cards are charged: Stripe, or a simulator of it. */
  gateway: Gateway
  /** The simulator that this program started for itself; null where STRIPE_SECRET_KEY or STRIPE_HOST name the gateway. */
  simulator: GatewayProcess | null
  auth: Auth
  worker: Worker
  /** Reads an upload in a thread of its own. */
  readApart(key: ImportKey): Promise<void>
  /** Writes an export in a thread of its own. */
  exportApart(order: ExportOrder): AsyncIterable<Uint8Array>
  /** Writes a job within the caller's transaction: it exists exactly when the transaction commits. */
  enqueue(db: Transaction<Database>, work: Work): Promise<void>
  /** Aborted when the program stops: streams end with it. */
  stopping: AbortSignal
}

type Parts = { config: Config; databaseUrl: string; secret: string; log: Log; clock?: Clock }

/**
 * Wires the program against a migrated database. The worker does not run before `deps.worker.start()`. `endStreams` comes
 * before the server waits for its calls, since a stream never ends by itself; `stop` ends worker, queue and connections.
 */
export async function createDeps(parts: Parts): Promise<{ deps: Deps; endStreams(): void; stop(): Promise<void> }> {
  const { config, log } = parts
  const client = connect(parts.databaseUrl, { max: 16, onError: (error) => log.warn({ error }, 'a database connection broke') })
  const boss = new PgBoss({ connectionString: parts.databaseUrl, schema: queueSchema, createSchema: false, max: 4 })
  boss.on('error', (error) => log.error({ error }, 'the job queue has a problem'))
  await boss.start()
  await createQueues(boss)
  const stopping = new AbortController()
  const clock = parts.clock ?? createClock()
  // Our own simulator signs with a secret that every process of this data folder can work out.
  const ownSecret = deriveKey(parts.secret, 'webhooks').toString('hex')
  const webhook = config.roles.web ? { url: `${ownAddress(config)}/webhooks/stripe`, secret: ownSecret } : null
  const simulator = config.gateway === 'simulator' ? createGatewayProcess({ config, clock, log, webhook }) : null
  // It takes a moment to start, and whoever calls the gateway waits for it.
  simulator?.port().catch((error) => log.error({ error }, 'charging does not work'))
  const withoutWorker: Omit<Deps, 'worker'> = {
    config,
    processId: newId(),
    db: client.db,
    pool: client.pool,
    boss,
    clock,
    log,
    linkSecret: deriveKey(parts.secret, 'links'),
    mailer: config.smtpUrl ? createSmtpMailer({ url: config.smtpUrl, from: mailFrom(config) }) : null,
    gateway: openGateway(config, simulator, simulator ? [...config.webhookSecrets, ownSecret] : config.webhookSecrets),
    simulator,
    auth: createAuth({ config, db: client.db, secret: deriveKey(parts.secret, 'sessions').toString('base64url'), log }),
    readApart: createImportReader(parts.databaseUrl),
    exportApart: createExporter(parts.databaseUrl),
    enqueue: createEnqueue(boss),
    stopping: stopping.signal,
  }
  const deps: Deps = { ...withoutWorker, worker: createWorker(withoutWorker) }
  const endStreams = () => stopping.abort()
  const stop = async () => {
    endStreams()
    await deps.worker.stop()
    await boss.stop({ graceful: true, timeout: 3000 })
    deps.mailer?.close()
    deps.gateway.close()
    await simulator?.stop()
    await client.end()
  }
  return { deps, endStreams, stop }
}

/** Our own simulator is of mode test; elsewhere the key says. */
function openGateway(config: Config, simulator: GatewayProcess | null, webhook_secrets: string[]): Gateway {
  const options = { timeout_ms: config.gatewayTimeoutMs, webhook_secrets }
  if (config.gateway !== 'simulator') {
    const { account, ...address } = config.gateway
    return createStripeGateway({ ...options, ...address, ...(account ? { stripe_account: account } : {}) })
  }
  const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: 0, mode: 'test' } as const
  return createStripeGateway({ ...options, ...here, ...(simulator ? { find_port: simulator.port } : {}) })
}

/** Where this process is reached from its own machine. */
function ownAddress({ host, port }: Config): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const name = isEverywhere ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** MAIL_FROM, else an address at the host under which people reach the program. */
function mailFrom(config: Config): string {
  return config.mailFrom ?? `afterfund@${new URL(config.publicUrl).hostname}`
}
