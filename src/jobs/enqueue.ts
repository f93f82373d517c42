import { fromKysely, type PgBoss } from 'pg-boss'
import type { Deps } from '../deps.server.ts'
import type { Work } from '../domain/shared/tx.ts'

/** One queue for each kind of work. */
export const queueNames: readonly Work['job'][] = [
  'deliver_messages',
  'run_operation',
  'read_import',
  'charge',
  'check_card_sessions',
  'retry_cards',
  'send_refunds',
]

/** Jobs only announce rows that the worker finds by itself too: they are not repeated, and done ones are soon gone. */
const announcements = { retryLimit: 0, deleteAfterSeconds: 3_600 }

/** A queue must exist before anything is sent to it. */
export async function createQueues(boss: PgBoss): Promise<void> {
  for (const name of queueNames) await boss.createQueue(name, announcements)
}

/** Writes jobs inside the caller's transaction: they exist exactly when it commits. */
export function createEnqueue(boss: PgBoss): Deps['enqueue'] {
  return async (db, work) => {
    await boss.send(work.job, work, { db: fromKysely(db) })
  }
}
