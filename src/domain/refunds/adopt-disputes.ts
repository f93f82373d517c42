import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import { settleByItself } from '../discrepancies/settle-by-itself.ts'
import { takeOrder } from '../orders/find-order.ts'
import type { GatewayDispute } from '../payments/gateway.ts'
import { GATEWAY } from '../shared/actor.ts'
import type { OrderKey } from '../shared/keys.ts'
import type { Tx } from '../shared/tx.ts'
import type { Adopted } from './adopt-refunds.ts'
import { bookOnOrder } from './book-on-order.ts'

/** What a lost dispute is called among the refunds: money that the bank took back. */
export const DISPUTE_LOST = 'dispute_lost'

interface Place extends OrderKey {
  attempt_id: string
  currency: string
}

/**
 * Takes over what the gateway says about disputes, however it came. Guarantees: saying it again changes nothing; no status of an order makes
 * it fail. An open one (or an inquiry) holds its order and is told, no money is booked; a lost one is booked outside the balance due, and
 * staff decide; one that was won or closed settles itself.
 */
export async function adoptDisputes(tx: Tx, disputes: readonly GatewayDispute[]): Promise<Adopted> {
  const unknown_payments = new Set<string>()
  const places = await placesOf(tx, disputes)
  const key = ({ id }: GatewayDispute) => `${places.get(id)?.campaign_id} ${places.get(id)?.order_id}`
  for (const dispute of [...disputes].sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const place = places.get(dispute.id)
    if (place) await adopt(tx, place, dispute)
    else if (dispute.payment) unknown_payments.add(dispute.payment)
  }
  return { unknown_payments: [...unknown_payments] }
}

async function placesOf(tx: Tx, disputes: readonly GatewayDispute[]): Promise<Map<string, Place>> {
  if (disputes.length === 0) return new Map()
  const { rows } = await sql<Place & { dispute: string }>`select distinct on (x.dispute) x.dispute, a.campaign_id, a.order_id,
      a.id as attempt_id, a.currency
    from unnest(${disputes.map(({ id }) => id)}::text[], ${disputes.map(({ payment }) => payment)}::text[]) x (dispute, payment)
    join payment_attempts a on a.payment = x.payment and a.state = 'succeeded' and a.is_booked
    order by x.dispute`.execute(tx.db)
  return new Map(rows.map(({ dispute, ...place }) => [dispute, place]))
}

async function adopt(tx: Tx, place: Place, dispute: GatewayDispute): Promise<void> {
  if (dispute.state === 'lost') return await bookLost(tx, place, dispute)
  if (dispute.state === 'open' || dispute.state === 'inquiry') return await bookOpen(tx, place, dispute)
  return await bookOver(tx, place, dispute)
}

const nothing = { ledger: {}, ledger_reason: 'dispute' }
const factsOf = ({ id, amount, reason, state }: GatewayDispute) => ({ dispute: id, amount, dispute_reason: reason, state })

async function bookOpen(tx: Tx, place: Place, dispute: GatewayDispute): Promise<void> {
  const order = await takeOrder(tx, place)
  const { campaign_id, order_id, currency } = place
  const found = await reportDiscrepancies(tx, [
    {
      ...{ campaign_id, order_id, kind: 'disputed', subject: dispute.id, amount: dispute.amount, currency },
      data: { payment: dispute.payment, reason: dispute.reason, state: dispute.state, attempt_id: place.attempt_id },
    },
  ])
  if (found === 0) return
  await bookOnOrder(tx, GATEWAY, order, { kind: 'disputed', ...nothing, currency, hold: 'put', data: factsOf(dispute) })
}

/** Won, or withdrawn: nothing was booked, so nothing is left to decide. */
async function bookOver(tx: Tx, place: Place, dispute: GatewayDispute): Promise<void> {
  const order = await takeOrder(tx, place)
  const { campaign_id, currency } = place
  if (!(await settleByItself(tx, { campaign_id, kind: 'disputed', subject: dispute.id }))) return
  await bookOnOrder(tx, GATEWAY, order, {
    kind: 'dispute_over',
    ...nothing,
    currency,
    hold: 'release',
    code: dispute.state === 'won' ? 'dispute_won' : 'dispute_closed',
    data: factsOf(dispute),
  })
}

/** The bank took the money back: a row among the refunds, so that what is left of the payment is right. */
async function bookLost(tx: Tx, place: Place, dispute: GatewayDispute): Promise<void> {
  const order = await takeOrder(tx, place)
  const { campaign_id, order_id, attempt_id, currency } = place
  const { amount } = dispute
  const { rows } = await sql<{
    id: string
  }>`insert into refunds (campaign_id, id, order_id, number, key, attempt_id, payment, amount,
      currency, state, is_elsewhere, gateway_refund, code, sent_at, settled_at, created_at, updated_at)
    select ${campaign_id}::uuid, ${newId()}::uuid, ${order_id}::uuid,
      1 + coalesce((select max(r.number) from refunds r where r.campaign_id = ${campaign_id} and r.order_id = ${order_id}), 0),
      ${`gateway:${dispute.id}`}, a.id, a.payment, ${amount}, a.currency, 'succeeded', true, ${dispute.id}, ${DISPUTE_LOST},
      ${tx.now}, ${tx.now}, ${tx.now}, ${tx.now}
    from payment_attempts a where a.campaign_id = ${campaign_id} and a.id = ${attempt_id}
    on conflict (campaign_id, gateway_refund) do nothing returning id`.execute(tx.db)
  const [lost] = rows
  if (!lost) return
  await settleByItself(tx, { campaign_id, kind: 'disputed', subject: dispute.id })
  const data = { payment: dispute.payment, reason: dispute.reason, refund_id: lost.id, attempt_id }
  await reportDiscrepancies(tx, [{ campaign_id, order_id, kind: 'dispute_lost', subject: dispute.id, amount, currency, data }])
  await bookOnOrder(tx, GATEWAY, order, {
    kind: 'dispute_lost',
    ledger: { card: -amount, at_gateway: amount },
    ledger_reason: 'dispute_lost',
    refunded: amount,
    currency,
    hold: 'put',
    data: factsOf(dispute),
  })
}
