import type { Kysely, Transaction } from 'kysely'
import type pg from 'pg'
import type { PgBoss } from 'pg-boss'
import type { Auth } from './auth.server.ts'
import type { Config } from './config.server.ts'
import type { Database } from './db/types.ts'
import type { Work } from './domain/shared/tx.ts'
import type { Log } from './log.server.ts'

/** The one clock. Nothing else asks what time it is for a rule. */
export type Clock = {
  now(): Date
  /** Test programs only (AFTERFUND_TEST=1): moves the clock ahead; the offset lives in memory. */
  advance(ms: number): void
}

/** What sends one mail. SMTP or the mailbox of demo and test campaigns; chosen in the wiring. */
export type Mailer = {
  /** Resolves with what the server answered; a refusal by the server is a value, a broken connection an error. */
  send(mail: Mail): Promise<MailOutcome>
  /** Null when mails leave for real; else the reason why a live campaign cannot send. */
  whyNot: string | null
  close(): void
}
export type Mail = {
  from: string
  reply_to?: string
  to: string
  subject: string
  text: string
  html: string
  message_id: string
  headers?: Record<string, string>
}
export type MailOutcome =
  | { state: 'sent'; answer: string }
  | { state: 'refused'; code: number; answer: string; permanent: boolean }

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
  db: Kysely<Database>
  pool: pg.Pool
  boss: PgBoss
  clock: Clock
  log: Log
  /** Key of the backers' links (HMAC-SHA-256). Never stored in the database. */
  linkSecret: Buffer
  mailer: Mailer
  auth: Auth
  worker: Worker
  /** Writes a job within the caller's transaction: it exists exactly when the transaction commits. */
  enqueue(db: Transaction<Database>, work: Work): Promise<void>
  /** Aborted when the program stops: streams end with it. */
  stopping: AbortSignal
}
