import { sql } from 'kysely'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/** What a creator has prepared, handed over and told so far, besides what the orders say. */
export interface Setup {
  /** shipping regions */
  regions: number
  /** add-ons that nobody can add, as those of a report are at first */
  hidden_addons: number
  /** when surveys or reminders were last sent to a selection of backers, of whom at least one was mailed */
  mailed_at: Date | null
  /** whether the day that backers were told is over */
  is_past_deadline: boolean
  /** whether the list of ready orders was taken since addresses were last finalized */
  handed_over: boolean
  /** parcels that left with a number which their backer was not mailed */
  untold_parcels: number
}

type Of = Pick<Campaign, 'id' | 'lockdown_on' | 'time_zone'>

/** Reads it in one statement of small questions. The caller has checked whose campaign it is. */
export async function findSetup(db: Db, campaign: Of, now: Date): Promise<Setup> {
  const { id } = campaign
  const last = (kinds: readonly string[]) => sql`(select o.created_at from operations o
    where o.campaign_id = ${id} and o.kind in (${sql.join(kinds)}) and o.moved > 0 order by o.created_at desc limit 1)`
  const { rows } = await sql<Setup>`select
      (select count(*)::int from shipping_regions where campaign_id = ${id}) as regions,
      (select count(*)::int from addons where campaign_id = ${id} and not offered) as hidden_addons,
      ${last(['send_surveys', 'remind_backers'])} as mailed_at,
      coalesce(${campaign.lockdown_on}::date < (${now}::timestamptz at time zone ${campaign.time_zone})::date, false) as is_past_deadline,
      coalesce((select e.at from events e
        where e.campaign_id = ${id} and e.backer_id is null and e.kind = 'ready_orders_exported' order by e.seq desc limit 1)
        >= ${last(['finalize_address'])}, false) as handed_over,
      (select count(*)::int from shipments s where s.campaign_id = ${id} and s.state = 'left' and s.mailed_at is null
        and (s.tracking_number <> '' or s.tracking_url <> '')) as untold_parcels`.execute(db)
  return rows[0] as Setup
}
