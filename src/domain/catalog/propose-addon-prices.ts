import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** What one add-on must have cost on the platform, reckoned from the pledges. */
export interface ProposedAddonPrice {
  addon_id: string
  /** minor units */
  price: number
  /** pledges that add up with this price, of all from which it can be reckoned */
  agreeing: number
  pledges: number
}

/**
 * The report says what was pledged, and not what an add-on cost. Where a pledge holds one kind of add-on, its price is what level, shipping
 * and bonus leave over. Guarantees: proposes only what four of five such pledges agree on; nothing is written. The caller has checked whose
 * campaign it is.
 */
export async function proposeAddonPrices(db: Db, campaign_id: string): Promise<ProposedAddonPrice[]> {
  const { rows } = await sql<ProposedAddonPrice>`with single as (
      select p.backer_id, min(p.addon_id::text)::uuid as addon_id, sum(p.quantity)::int as quantity
      from pledged_addons p where p.campaign_id = ${campaign_id} group by 1 having count(*) = 1
    ), left_over as (
      select s.addon_id, s.quantity,
        b.pledge_amount - coalesce(l.price, l.proposed_price) - b.pledge_shipping - b.pledge_bonus as amount
      from single s
      join backers b on b.campaign_id = ${campaign_id} and b.id = s.backer_id and b.survey <> 'withdrawn'
      join levels l on l.campaign_id = ${campaign_id} and l.id = b.level_id
      where b.pledge_amount > 0 and b.pledge_bonus is not null and coalesce(l.price, l.proposed_price) is not null
    ), said as (
      select addon_id, case when amount > 0 and amount % quantity = 0 then amount / quantity end as price from left_over
    ), counted as (
      select addon_id, price, count(*)::int as agreeing, (sum(count(*)) over (partition by addon_id))::int as pledges
      from said group by 1, 2
    )
    select addon_id, price::bigint as price, agreeing, pledges from counted
    where price is not null and agreeing * 5 >= pledges * 4 order by addon_id`.execute(db)
  return rows
}
