import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** What of charging needs an eye: attempts without an answer, and a run that stands still. */
export interface Charging {
  unknown: number
  /** an order with such an attempt, the one that waits longest */
  sample: string | null
  /** the run that is paused */
  paused: string | null
  pause_code: string | null
}

/** The same for a campaign, from its rows. The caller has checked whose campaign it is. */
export async function countCharging(db: Db, campaign_id: string): Promise<Charging> {
  const { rows } = await sql<Pick<Charging, 'unknown' | 'sample'>>`select count(*)::int as unknown,
      (array_agg(a.order_id order by a.created_at, a.id))[1] as sample
    from payment_attempts a where a.campaign_id = ${campaign_id} and a.state = 'unknown'`.execute(db)
  const paused = await db
    .selectFrom('charge_runs')
    .select(['id', 'pause_code'])
    .where('campaign_id', '=', campaign_id)
    .where('state', '=', 'paused')
    .executeTakeFirst()
  return { ...(rows[0] ?? { unknown: 0, sample: null }), paused: paused?.id ?? null, pause_code: paused?.pause_code ?? null }
}
