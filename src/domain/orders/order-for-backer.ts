import type { Row } from '../../db/types.ts'
import { type BackersCharges, findChargesForBacker } from '../payments/charges-for-backer.ts'
import { findMethodOfBacker, type MethodOnFile } from '../payments/payment-methods.ts'
import { type BackersRefund, findRefundsForBacker } from '../refunds/refund-queries.ts'
import { notFound } from '../shared/errors.ts'
import type { BackerKey } from '../shared/keys.ts'
import type { Db } from '../shared/tx.ts'
import { BOOKED_SINCE, bookedSince } from './order-money.ts'

/** What a backer's page tells of their order, beside the row itself. */
export interface BackersOrder {
  order: Row<'orders'>
  lines: { sku_id: string; quantity: number }[]
  /** booked about the balance since the quote, by ledger account: negative is in the backer's favour. Minor units. */
  booked: { account: string; reason: string; amount: number }[]
  /** when a notice will lock it */
  lock_due_at: Date | null
  /** when a notice will make its address final */
  finalize_due_at: Date | null
  /** the card that would be charged */
  payment_method: MethodOnFile | null
  charges: BackersCharges
  /** what went back to their cards, oldest first */
  refunds: BackersRefund[]
}

/** The order of one backer with its lines, what was booked, its notice, card and charges. Answers 404 when there is none. */
export async function findOrderForBacker(db: Db, key: BackerKey, now: Date): Promise<BackersOrder> {
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
    .select(['account', 'reason', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', campaign_id)
    .where('order_id', '=', order.id)
    .where('account', 'in', BOOKED_SINCE)
    .groupBy(['account', 'reason'])
    .orderBy('account')
    .execute()
  return {
    order,
    lines,
    booked: bookedSince(booked).map(({ amount, ...line }) => ({ ...line, amount: -amount })),
    ...(await noticesDue(db, order)),
    payment_method: await paymentMethod(db, order, now),
    charges: await findChargesForBacker(db, order, now),
    refunds: await findRefundsForBacker(db, { campaign_id, order_id: order.id }),
  }
}

async function noticesDue(db: Db, order: Row<'orders'>): Promise<Pick<BackersOrder, 'lock_due_at' | 'finalize_due_at'>> {
  const due = { lock_due_at: null, finalize_due_at: null }
  if (!order.notice_id) return due
  const notice = await db
    .selectFrom('notices')
    .select(['kind', 'due_at'])
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.notice_id)
    .where('state', '=', 'scheduled')
    .executeTakeFirst()
  if (!notice) return due
  return notice.kind === 'lock' ? { ...due, lock_due_at: notice.due_at } : { ...due, finalize_due_at: notice.due_at }
}

/** Of the backer's cards the one that is on the order; one that is not usable is none. */
async function paymentMethod(db: Db, order: Row<'orders'>, now: Date): Promise<MethodOnFile | null> {
  const { campaign_id, backer_id } = order
  const method = await findMethodOfBacker(db, { campaign_id, backer_id }, now)
  return method?.id === order.payment_method_id ? method : null
}
