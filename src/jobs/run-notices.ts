import type { Deps } from '../deps.server.ts'
import { findDueNotices, runNotice } from '../domain/orders/notices.ts'
import { inTransaction } from '../domain/shared/tx.ts'

const bulk = { timeout_ms: 15 * 60_000, lock_timeout_ms: 60_000 }

/** Carries out the notices whose time has come, each in its own transaction. Answers how many it did. */
export async function runDueNotices(app: Pick<Deps, 'db' | 'clock' | 'enqueue'>, now: Date): Promise<number> {
  let done = 0
  for (const key of await findDueNotices(app.db, now)) {
    if (await inTransaction(app, (tx) => runNotice(tx, key), bulk)) done += 1
  }
  return done
}
