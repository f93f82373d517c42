import { sql } from 'kysely'
import { conditionsOf, leftOutCode } from '../orders/conditions.ts'
import type { Actor } from '../shared/actor.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { readSets } from './read-sets.ts'

/** A SKU that ships, as the page "which orders can leave now" shows it. */
export interface FinalizeChoice {
  sku_id: string
  code: string
  name: string
  /** '' where the item has one SKU */
  option: string
  /** what the creator counted in the warehouse; null: not counted */
  stock_on_hand: number | null
  /** paid orders that contain it and can be finalized now */
  paid_orders: number
  /** pieces of it in those orders */
  paid_quantity: number
  /** pieces in orders that are ready to ship already: they take from the same stock */
  ready_quantity: number
}

/**
 * Every SKU that ships, with what lies in the warehouse and what waits for it. Which orders contain only some of them: the preview of
 * `finalize_address` over `{filter: {status: ['paid'], only_sku: [...]}}`. Refuses a campaign that is not the actor's.
 */
export async function finalizeChoices(
  db: Db,
  actor: Actor,
  { campaign_id }: { campaign_id: string },
  now: Date,
): Promise<FinalizeChoice[]> {
  await ownCampaign(db, actor, campaign_id)
  staffOnly(actor)
  const left = leftOutCode(conditionsOf('finalize_address'), { now, actor: actor.kind })
  const choices = sql<FinalizeChoice>`with waiting as (
      select o.id, o.status from orders o join campaigns c on c.id = o.campaign_id
      where o.campaign_id = ${campaign_id} and (o.status = 'ready_to_ship' or o.status = 'paid' and ${left} is null)
    ), wanted as (
      select l.sku_id, count(distinct w.id) filter (where w.status = 'paid')::int as paid_orders,
        coalesce(sum(l.quantity) filter (where w.status = 'paid'), 0)::int as paid_quantity,
        coalesce(sum(l.quantity) filter (where w.status = 'ready_to_ship'), 0)::int as ready_quantity
      from waiting w join order_lines l on l.campaign_id = ${campaign_id} and l.order_id = w.id
      group by l.sku_id
    )
    select s.id as sku_id, s.code, i.name, s.option_name as option, s.stock_on_hand, coalesce(w.paid_orders, 0) as paid_orders,
      coalesce(w.paid_quantity, 0) as paid_quantity, coalesce(w.ready_quantity, 0) as ready_quantity
    from skus s join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    left join wanted w on w.sku_id = s.id
    where s.campaign_id = ${campaign_id} and i.kind = 'physical'
    order by i.position, i.name, s.position, s.code`
  return (await readSets(db, null, (each) => choices.execute(each))).rows
}
