import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { isId, newId } from '../../lib/id.ts'
import { takeOrder } from '../orders/find-order.ts'
import type { GatewayRefund } from '../payments/gateway.ts'
import { GATEWAY } from '../shared/actor.ts'
import type { OrderKey } from '../shared/keys.ts'
import type { Tx } from '../shared/tx.ts'
import { bookOnOrder } from './book-on-order.ts'
import { bookElsewhere, followRefund, nextLook } from './follow-refund.ts'
import type { Refund } from './states.ts'

export interface Adopted {
  /** payments that the books do not have, or have not booked: once they are adopted, their refunds can be */
  unknown_payments: string[]
}

/**
 * Takes over what the gateway says about refunds, however it came: a list, a webhook, a reading. Guarantees: saying it again changes
 * nothing; no status of an order makes it fail. A known one is followed. An unknown one of a known payment was made elsewhere: it is booked
 * outside the balance due, holds its order and is told as a discrepancy. One that bears our mark was lost with a restored backup: it is
 * booked as ours where the order's credit can bear it, else like one made elsewhere. Nobody is mailed.
 */
export async function adoptRefunds(tx: Tx, refunds: readonly GatewayRefund[]): Promise<Adopted> {
  const unknown_payments = new Set<string>()
  const places = await placesOf(tx, refunds)
  for (const said of [...refunds].sort((a, b) => compare(places.get(a.id), places.get(b.id)))) {
    const place = places.get(said.id)
    if (place) await adopt(tx, place, said)
    else if (said.payment) unknown_payments.add(said.payment)
  }
  return { unknown_payments: [...unknown_payments] }
}

interface Place extends OrderKey {
  /** null: known by its payment only */
  refund_id: string | null
  attempt_id: string
}

/** Orders are taken in the order of their ids, so that two that adopt the same never wait for each other. */
function compare(a: Place | undefined, b: Place | undefined): number {
  const text = (place: Place | undefined) => (place ? `${place.campaign_id} ${place.order_id}` : '')
  return text(a) < text(b) ? -1 : 1
}

/** Where each belongs: to a refund of ours by the gateway's id or by our mark, else to the payment it gives back. */
async function placesOf(tx: Tx, refunds: readonly GatewayRefund[]): Promise<Map<string, Place>> {
  if (refunds.length === 0) return new Map()
  const marks = refunds.map(({ metadata }) => markOf(metadata))
  const { rows } = await sql<Place & { said: string }>`select distinct on (x.said) x.said, a.campaign_id, a.order_id,
      a.id as attempt_id, r.id as refund_id
    from unnest(${refunds.map(({ id }) => id)}::text[], ${refunds.map(({ payment }) => payment)}::text[], ${marks}::uuid[])
      x (said, payment, mark)
    join payment_attempts a on a.payment = x.payment and a.state = 'succeeded' and a.is_booked
    left join refunds r on r.campaign_id = a.campaign_id and r.attempt_id = a.id and (r.gateway_refund = x.said or r.id = x.mark)
    order by x.said, r.id nulls last`.execute(tx.db)
  return new Map(rows.map(({ said, ...place }) => [said, place]))
}

function markOf(metadata: Record<string, string>): string | null {
  const { afterfund_refund: mark } = metadata
  return mark && isId(mark) ? mark : null
}

async function adopt(tx: Tx, place: Place, said: GatewayRefund): Promise<void> {
  const order = await takeOrder(tx, place)
  const known = await findKnown(tx, place, said)
  if (known) {
    await followRefund(tx, order, known, said)
    return
  }
  // It gave nothing back, and nobody here waits for it.
  if (said.state === 'failed') return
  const isOurs = said.metadata.afterfund_order === order.id && markOf(said.metadata) !== null && canBear(order, said.amount)
  const refund = await insertRefund(tx, place, said, !isOurs)
  if (isOurs) await bookOurs(tx, order, refund)
  else await bookElsewhere(tx, order, { ...refund, gateway_refund: said.id })
}

/** Read again under the order's row: another may just have written it. */
async function findKnown(tx: Tx, place: Place, said: GatewayRefund): Promise<Refund | null> {
  const { rows } = await sql<Refund>`select * from refunds r where r.campaign_id = ${place.campaign_id}
    and r.attempt_id = ${place.attempt_id} and (r.gateway_refund = ${said.id} or r.id = ${markOf(said.metadata)}::uuid)
    order by (r.gateway_refund = ${said.id}) desc nulls last limit 1 for update`.execute(tx.db)
  return rows[0] ?? null
}

/** The rule that a refund of ours had to pass when it was made. */
function canBear(order: Row<'orders'>, amount: number): boolean {
  const hasCredit = order.status === 'canceled' || order.balance_due + amount <= 0
  return hasCredit && order.refunded + amount <= order.captured
}

async function insertRefund(tx: Tx, place: Place, said: GatewayRefund, is_elsewhere: boolean): Promise<Refund> {
  const { campaign_id, order_id, attempt_id } = place
  const state = said.state === 'succeeded' ? 'succeeded' : 'pending'
  const row = { state, sent_at: tx.now, created_at: tx.now } as const
  const { rows } =
    await sql<Refund>`insert into refunds (campaign_id, id, order_id, number, key, attempt_id, payment, amount, currency,
      state, is_elsewhere, gateway_refund, next_try_at, sent_at, settled_at, created_at, updated_at)
    select ${campaign_id}::uuid, ${newId()}::uuid, ${order_id}::uuid,
      1 + coalesce((select max(r.number) from refunds r where r.campaign_id = ${campaign_id} and r.order_id = ${order_id}), 0),
      ${`gateway:${said.id}`}, ${attempt_id}::uuid, a.payment, ${said.amount}, a.currency, ${state}, ${is_elsewhere}, ${said.id},
      ${nextLook(row, tx.now)}::timestamptz, ${tx.now}, ${tx.now}, ${tx.now}, ${tx.now}
    from payment_attempts a where a.campaign_id = ${campaign_id} and a.id = ${attempt_id}
    returning *`.execute(tx.db)
  const [refund] = rows
  if (!refund) throw new Error('The attempt of a refund is a row')
  return refund
}

async function bookOurs(tx: Tx, order: Row<'orders'>, { id, amount, currency }: Refund): Promise<void> {
  await bookOnOrder(tx, GATEWAY, order, {
    kind: 'refund_adopted',
    ledger: { owed: amount, card: -amount },
    ledger_reason: 'refund',
    refunded: amount,
    currency,
    data: { refund_id: id, amount, balance_change: amount },
  })
}
