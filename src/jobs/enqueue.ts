import { fromKysely, type PgBoss } from 'pg-boss'
import type { Deps } from '../deps.server.ts'
import type { Work } from '../domain/shared/tx.ts'

/** One queue for each kind of work. */
export const queueNames: readonly Work['job'][] = ['deliver_messages', 'run_operation', 'read_import']

/** A queue must exist before anything is sent to it. */
export async function createQueues(boss: PgBoss): Promise<void> {
  for (const name of queueNames) await boss.createQueue(name)
}

/** Writes jobs inside the caller's transaction: they exist exactly when it commits. */
export function createEnqueue(boss: PgBoss): Deps['enqueue'] {
  return async (db, work) => {
    await boss.send(work.job, work, { db: fromKysely(db) })
  }
}
