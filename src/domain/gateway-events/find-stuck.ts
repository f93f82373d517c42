import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** Events that the gateway told and that nothing came of yet. */
export interface StuckEvents {
  /** given up after three days */
  failed: number
  /** tried, and still waiting after a quarter of an hour */
  waiting: number
  since: Date
}

const LATE_MS = 15 * 60_000

/** What is stuck at `now`; null where nothing is. What was given up longer ago than 30 days is gone. */
export async function findStuckEvents(db: Db, now: Date): Promise<StuckEvents | null> {
  const late = new Date(now.getTime() - LATE_MS)
  const { rows } = await sql<{
    failed: number
    waiting: number
    since: Date | null
  }>`select count(*) filter (where state = 'failed')::int as failed,
      count(*) filter (where state = 'received')::int as waiting, min(received_at) as since
    from gateway_events where state = 'failed' or (state = 'received' and received_at < ${late})`.execute(db)
  const { failed = 0, waiting = 0, since = null } = rows[0] ?? {}
  return since ? { failed, waiting, since } : null
}
