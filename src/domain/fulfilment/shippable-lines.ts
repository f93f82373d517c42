import { type RawBuilder, sql } from 'kysely'

/**
 * What of orders has still to leave, as SQL: their lines of physical items that are in no shipment that left. Columns: order_id, position,
 * sku_id, quantity. `orders` is a subquery or CTE name with `order_id`.
 */
export function unshippedLines(campaign_id: string, orders: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select l.order_id, l.position, l.sku_id, l.quantity
    from ${orders} wanted
    join order_lines l on l.campaign_id = ${campaign_id} and l.order_id = wanted.order_id
    join skus s on s.campaign_id = ${campaign_id} and s.id = l.sku_id
    join items i on i.campaign_id = ${campaign_id} and i.id = s.item_id and i.kind = 'physical'
    where not exists (select 1 from shipment_lines sl
      join shipments p on p.campaign_id = sl.campaign_id and p.id = sl.shipment_id and p.state = 'left'
      where sl.campaign_id = ${campaign_id} and sl.order_id = l.order_id and sl.position = l.position)`
}
