import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import { settleByItself } from '../discrepancies/settle-by-itself.ts'
import { queueMessage } from '../messages/queue-message.ts'
import type { GatewayRefund } from '../payments/gateway.ts'
import { GATEWAY } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import { bookOnOrder } from './book-on-order.ts'
import { hasLeft, isUnderWay, type Refund } from './states.ts'

type Order = Row<'orders'>

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** So long the money of a refund that looked well can come back (Stripe: failed refunds). */
const WATCHED_MS = 30 * DAY_MS

/** When a refund that left is looked at again, ever more rarely; null: never more. Webhooks tell sooner where they come through. */
export function nextLook(refund: Pick<Refund, 'state' | 'sent_at' | 'created_at'>, now: Date): Date | null {
  const age = Math.max(0, now.getTime() - (refund.sent_at ?? refund.created_at).getTime())
  if (refund.state === 'pending') return new Date(now.getTime() + Math.min(Math.max(age, MINUTE_MS), DAY_MS / 4))
  if (refund.state !== 'succeeded' || age > WATCHED_MS) return null
  return new Date(now.getTime() + Math.max(2 * age, 10 * MINUTE_MS))
}

/**
 * Takes over what the gateway says of a refund that the books know, whoever brings it: accepted, settled, or come back. Saying it twice
 * changes nothing. The caller has taken the order's row. Answers the order as it is then.
 */
export async function followRefund(tx: Tx, order: Order, refund: Refund, said: GatewayRefund): Promise<Order> {
  if (isUnderWay(refund)) {
    if (said.state === 'failed') return await endUnsent(tx, order, refund, { state: 'failed', code: said.code ?? 'failed', said })
    return await bookAccepted(tx, order, refund, said)
  }
  if (refund.state === 'refused') return said.state === 'failed' ? order : await bookAfterAll(tx, order, refund, said)
  if (hasLeft(refund) && said.state === 'failed') return await bookFailed(tx, order, refund, said)
  if (hasLeft(refund)) await saveRefund(tx, { ...refund, state: refund.state === 'succeeded' ? 'succeeded' : said.state })
  return order
}

/** Writes state, code and the gateway's id, gives the lease back, and says when it is looked at next. */
export async function saveRefund(
  tx: Tx,
  refund: Pick<Refund, 'campaign_id' | 'id' | 'state' | 'code' | 'gateway_refund' | 'sent_at' | 'created_at' | 'is_elsewhere'>,
  next_try_at: Date | null = nextLook(refund, tx.now),
): Promise<void> {
  await tx.db
    .updateTable('refunds')
    .set({
      state: refund.state,
      code: refund.code,
      gateway_refund: refund.gateway_refund,
      is_elsewhere: refund.is_elsewhere,
      next_try_at,
      lease_id: null,
      leased_until: null,
      ...(isUnderWay(refund) ? {} : { settled_at: sql<Date>`coalesce(settled_at, ${tx.now}::timestamptz)` }),
      updated_at: tx.now,
    })
    .where('campaign_id', '=', refund.campaign_id)
    .where('id', '=', refund.id)
    .execute()
}

/** The gateway took it: the money leaves, and its backer is told. */
async function bookAccepted(tx: Tx, order: Order, refund: Refund, said: GatewayRefund): Promise<Order> {
  const { amount, currency } = refund
  const state = said.state === 'succeeded' ? 'succeeded' : 'pending'
  await saveRefund(tx, { ...refund, state, code: null, gateway_refund: said.id })
  const card = await cardOf(tx, refund)
  const booked = await bookOnOrder(tx, GATEWAY, order, {
    kind: 'refund_accepted',
    ledger: { at_gateway: amount, card: -amount },
    ledger_reason: 'refund',
    refunded: amount,
    currency,
    data: { refund_id: refund.id, amount, ...card },
  })
  await queueMessage(tx, {
    campaign_id: order.campaign_id,
    backer_id: order.backer_id,
    kind: 'refunded',
    occasion: refund.id,
    data: { refund_id: refund.id, order_id: order.id, amount, payment_method: card },
  })
  return booked
}

/** Nothing left: what was decided is credit again, and staff can decide anew. */
export async function endUnsent(
  tx: Tx,
  order: Order,
  refund: Refund,
  { state, code, said }: { state: 'refused' | 'failed'; code: string; said?: GatewayRefund },
): Promise<Order> {
  const { amount, currency } = refund
  await saveRefund(tx, { ...refund, state, code, gateway_refund: said?.id ?? null })
  return await bookOnOrder(tx, GATEWAY, order, {
    kind: 'refund_refused',
    ledger: { at_gateway: amount, owed: -amount },
    ledger_reason: 'refund',
    currency,
    code,
    data: { refund_id: refund.id, amount },
  })
}

/** The money came back. Of one made elsewhere that nobody has decided yet, the books are as before, and nothing is left to decide. */
async function bookFailed(tx: Tx, order: Order, refund: Refund, said: GatewayRefund): Promise<Order> {
  const { campaign_id, amount, currency, gateway_refund } = refund
  await saveRefund(tx, { ...refund, state: 'failed', code: said.code ?? 'failed' })
  const subject = gateway_refund ?? said.id
  const isUndone = refund.is_elsewhere && (await settleByItself(tx, { campaign_id, kind: 'refunded_elsewhere', subject }))
  const booked = await bookOnOrder(tx, GATEWAY, order, {
    kind: 'refund_failed',
    ledger: { card: amount, at_gateway: -amount },
    ledger_reason: refund.is_elsewhere ? 'refunded_elsewhere' : 'refund_failed',
    refunded: -amount,
    currency,
    hold: isUndone ? 'release' : 'put',
    code: said.code,
    data: { refund_id: refund.id, amount },
  })
  if (!isUndone) {
    const data = { refund_id: refund.id, attempt_id: refund.attempt_id, payment: refund.payment, code: said.code }
    await reportDiscrepancies(tx, [{ campaign_id, order_id: order.id, kind: 'refund_failed', subject, amount, currency, data }])
  }
  return booked
}

/** The books had given up a refund that left after all: like one made elsewhere, since its credit may be spent by now. */
async function bookAfterAll(tx: Tx, order: Order, refund: Refund, said: GatewayRefund): Promise<Order> {
  const state = said.state === 'succeeded' ? 'succeeded' : 'pending'
  await saveRefund(tx, { ...refund, state, code: null, gateway_refund: said.id, is_elsewhere: true })
  return await bookElsewhere(tx, order, { ...refund, gateway_refund: said.id })
}

/** Money that went back without us: outside the balance due until staff have decided (promises.md rule 6). */
export async function bookElsewhere(
  tx: Tx,
  order: Order,
  refund: Pick<Refund, 'id' | 'attempt_id' | 'payment' | 'amount' | 'currency'> & { gateway_refund: string },
): Promise<Order> {
  const { amount, currency, gateway_refund: subject, attempt_id, payment } = refund
  const booked = await bookOnOrder(tx, GATEWAY, order, {
    kind: 'refunded_elsewhere',
    ledger: { card: -amount, at_gateway: amount },
    ledger_reason: 'refunded_elsewhere',
    refunded: amount,
    currency,
    hold: 'put',
    data: { refund_id: refund.id, amount },
  })
  const { campaign_id, id: order_id } = order
  const data = { refund_id: refund.id, attempt_id, payment }
  await reportDiscrepancies(tx, [{ campaign_id, order_id, kind: 'refunded_elsewhere', subject, amount, currency, data }])
  return booked
}

async function cardOf(tx: Tx, refund: Refund): Promise<{ brand: string; last4: string }> {
  return await tx.db
    .selectFrom('payment_attempts as a')
    .innerJoin('payment_methods as p', (join) =>
      join.onRef('p.campaign_id', '=', 'a.campaign_id').onRef('p.id', '=', 'a.payment_method_id'),
    )
    .select(['p.brand', 'p.last4'])
    .where('a.campaign_id', '=', refund.campaign_id)
    .where('a.id', '=', refund.attempt_id)
    .executeTakeFirstOrThrow()
}
