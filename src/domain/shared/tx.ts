import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../../db/types.ts'

/** What there is to do, named after what does it: jobs/ has one handler for each. Ids only. */
export type Work =
  | { job: 'deliver_messages' }
  | { job: 'run_operation'; campaign_id: string; operation_id: string }
  | { job: 'read_import'; campaign_id: string; import_id: string }
  | { job: 'charge' }
  | { job: 'check_card_sessions' }
  | { job: 'retry_cards' }
  | { job: 'send_refunds' }

/** Reads go through either a plain connection or a transaction. */
export type Db = Kysely<Database>

/** What a command gets: the transaction, the one clock, and a typed enqueue that commits or rolls back with it. */
export interface Tx {
  db: Transaction<Database>
  now: Date
  enqueue(work: Work): Promise<void>
}

/** The parts `inTransaction` needs; `Deps` has them. */
export interface TxParts {
  db: Db
  clock: { now(): Date }
  enqueue(db: Transaction<Database>, work: Work): Promise<void>
}

/**
 * Limits for the transaction of a command that counts or writes whole sets while somebody waits for its answer: a transition over a filter,
 * the start of a charge run, a waiver, tracking mails.
 */
export const setLimits = { timeout_ms: 300_000 }

const RETRIED = new Set(['40001', '40P01'])
const MAX_TRIES = 5

/**
 * Opens the one transaction of a command. Serialization failures and deadlocks are tried again, so what runs in it can be run twice.
 * `timeout_ms` limits each statement (10 s unless told); `lock_timeout_ms` each wait for a row (3 s): a save that waits longer for a
 * bulk lock ends with 55P03, which `lockedNow` turns into "being locked now".
 */
export async function inTransaction<T>(
  parts: TxParts,
  run: (tx: Tx) => Promise<T>,
  options: { timeout_ms?: number; lock_timeout_ms?: number } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await parts.db.transaction().execute(async (db) => {
        await sql`select set_config('statement_timeout', ${String(options.timeout_ms ?? 10_000)}, true),
          set_config('lock_timeout', ${String(options.lock_timeout_ms ?? 3_000)}, true)`.execute(db)
        return await run({ db, now: parts.clock.now(), enqueue: (work) => parts.enqueue(db, work) })
      })
    } catch (error) {
      if (attempt >= MAX_TRIES || !RETRIED.has(sqlState(error) ?? '')) throw error
    }
  }
}

/**
 * For the rest of the transaction: joins of whole sets are hashed, in memory. Rows that were just written, or moved to another status, have
 * no statistics yet, and the planner, expecting one, would join them by walking all of them for each (tried: 40,000 orders took 7 minutes).
 */
export async function planForSets(db: Db): Promise<void> {
  await sql`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`.execute(
    db,
  )
}

/** The five letters PostgreSQL gave an error, if it is one of its errors. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
