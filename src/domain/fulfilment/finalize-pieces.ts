import { sql } from 'kysely'
import { conditionsOf, leftOutCode } from '../orders/conditions.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/**
 * Pieces of each SKU that ships in the orders of a selection that a finalize would take now, by SKU id: what has to lie in the warehouse.
 * A SKU that none of them holds is not among them.
 */
export async function piecesToFinalize(
  db: Db,
  actor: Actor,
  { campaign_id, selection }: { campaign_id: string; selection: Selection },
  now: Date,
): Promise<Record<string, number>> {
  await ownCampaign(db, actor, campaign_id)
  staffOnly(actor)
  const left = leftOutCode(conditionsOf('finalize_address'), { now, actor: actor.kind })
  const { rows } = await sql<{ sku_id: string; quantity: number }>`with taken as (
      select o.id from orders o
      join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      join campaigns c on c.id = o.campaign_id
      where o.campaign_id = ${campaign_id} and o.status = 'paid' and ${selectionCondition(selection)} and ${left} is null
    )
    select l.sku_id, sum(l.quantity)::int as quantity
    from taken t join order_lines l on l.campaign_id = ${campaign_id} and l.order_id = t.id
    join skus s on s.campaign_id = ${campaign_id} and s.id = l.sku_id
    join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    where i.kind = 'physical' group by 1`.execute(db)
  return Object.fromEntries(rows.map(({ sku_id, quantity }) => [sku_id, quantity]))
}
