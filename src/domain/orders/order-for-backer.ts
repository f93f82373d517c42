import type { Row } from '../../db/types.ts'
import { notFound } from '../shared/errors.ts'
import type { Db } from '../shared/tx.ts'
import type { BackerKey } from '../surveys/drafts.ts'

/** What a backer's page tells of their order, beside the row itself. */
export interface BackersOrder {
  order: Row<'orders'>
  lines: { sku_id: string; quantity: number }[]
  /** booked about the balance since the quote, by ledger account: negative is in the backer's favour. Minor units. */
  booked: { account: string; amount: number }[]
  /** when a notice will lock it */
  lock_due_at: Date | null
  payment_method: { brand: string; last4: string } | null
}

const QUOTED = ['owed', 'goods', 'shipping', 'tax', 'surcharge', 'pledged']

/** The order of one backer with its lines, what was booked, its notice and payment method. Answers 404 when there is none. */
export async function findOrderForBacker(db: Db, key: BackerKey): Promise<BackersOrder> {
  const { campaign_id, backer_id } = key
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .executeTakeFirst()
  if (!order) throw notFound('order')
  const lines = await db
    .selectFrom('order_lines')
    .select(['sku_id', 'quantity'])
    .where('campaign_id', '=', campaign_id)
    .where('order_id', '=', order.id)
    .orderBy('position')
    .execute()
  const booked = await db
    .selectFrom('ledger_entries')
    .select(['account', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', campaign_id)
    .where('order_id', '=', order.id)
    .where('account', 'not in', QUOTED as never)
    .groupBy('account')
    .orderBy('account')
    .execute()
  return {
    order,
    lines,
    booked: booked.map(({ account, amount }) => ({ account, amount: -Number(amount) })).filter(({ amount }) => amount !== 0),
    lock_due_at: await lockDue(db, order),
    payment_method: await paymentMethod(db, order),
  }
}

async function lockDue(db: Db, order: Row<'orders'>): Promise<Date | null> {
  if (!order.notice_id) return null
  const notice = await db
    .selectFrom('notices')
    .select('due_at')
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.notice_id)
    .where('state', '=', 'scheduled')
    .executeTakeFirst()
  return notice?.due_at ?? null
}

async function paymentMethod(db: Db, order: Row<'orders'>): Promise<BackersOrder['payment_method']> {
  if (!order.payment_method_id) return null
  const method = await db
    .selectFrom('payment_methods')
    .select(['brand', 'last4'])
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.payment_method_id)
    .where('state', '=', 'usable')
    .executeTakeFirst()
  return method ?? null
}
