import type { Row } from '../../db/types.ts'
import { notFound } from '../shared/errors.ts'
import type { OrderKey } from '../shared/keys.ts'
import type { Db, Tx } from '../shared/tx.ts'

/**
 * Takes one order for a change: its row is locked until the transaction ends. While a bulk transition holds it longer than the lock
 * timeout, the wait ends with SQLSTATE 55P03, which the doors answer as `being_locked` with nothing lost.
 */
export async function takeOrder(tx: Tx, key: OrderKey): Promise<Row<'orders'>> {
  const order = await tx.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.order_id)
    .forUpdate()
    .executeTakeFirst()
  if (!order) throw notFound('order')
  return order
}

/** Whose order this is; 404 outside the campaign. */
export async function findBackerOfOrder(db: Db, key: OrderKey): Promise<string> {
  const order = await db
    .selectFrom('orders')
    .select('backer_id')
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.order_id)
    .executeTakeFirst()
  if (!order) throw notFound('order')
  return order.backer_id
}
