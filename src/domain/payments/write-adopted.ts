import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Tx } from '../shared/tx.ts'
import { bookTaken, touchOrders } from './book-charges.ts'
import { findAccountInUse } from './charging.ts'
import { classOfDecline } from './declines.ts'
import type { ChargeRequest, GatewayPayment } from './gateway.ts'

/** A payment of ours, by its metadata. */
export interface OwnPayment {
  payment: GatewayPayment
  campaign_id: string
  order_id: string
  attempt_id: string
}

/**
 * Writes an attempt for each payment that the books know no attempt of, and books what they took. The caller has taken the orders' rows;
 * the payments are of known orders and in the campaign's currency. What took nothing is written too: its number is used, its card was
 * tried, and what could still take something is canceled before the order is charged again. Answers how many were written.
 */
export async function writeAdopted(tx: Tx, campaign_id: string, found: readonly OwnPayment[]): Promise<number> {
  const own = await withoutKnown(tx, campaign_id, found)
  if (own.length === 0) return 0
  const account = (await findAccountInUse(tx.db)) ?? ''
  const orders = await findOrders(
    tx,
    campaign_id,
    own.map(({ order_id }) => order_id),
  )
  const taken = new Set(await findTaken(tx, campaign_id, own))
  const written: OwnPayment[] = []
  for (const each of own) {
    const order = orders.get(each.order_id)
    if (!order) continue
    const method = await takeMethod(tx, { campaign_id, backer_id: order.backer_id, account, mode: order.mode }, each.payment)
    order.number += 1
    const id = taken.has(each.attempt_id) ? newId() : each.attempt_id
    taken.add(id)
    if (await insertAttempt(tx, each, { id, number: order.number, method, account })) written.push(each)
  }
  await tellOfOthers(tx, campaign_id, written)
  await bookTaken(
    tx,
    campaign_id,
    written.filter(({ payment }) => payment.state === 'succeeded').map(({ order_id }) => order_id),
  )
  return written.length
}

/** Somebody else may have written them before the orders' rows were ours. */
async function withoutKnown(tx: Tx, campaign_id: string, own: readonly OwnPayment[]): Promise<OwnPayment[]> {
  const { rows } = await sql<{ payment: string }>`select payment from payment_attempts
    where campaign_id = ${campaign_id} and payment = any(${own.map(({ payment }) => payment.id)}::text[])`.execute(tx.db)
  const known = new Set(rows.map(({ payment }) => payment))
  return own.filter(({ payment }) => !known.has(payment.id))
}

interface KnownOrder {
  id: string
  backer_id: string
  mode: 'test' | 'live'
  /** of its last attempt */
  number: number
}

async function findOrders(tx: Tx, campaign_id: string, ids: string[]): Promise<Map<string, KnownOrder>> {
  const { rows } = await sql<KnownOrder>`select o.id, o.backer_id, c.mode, coalesce((select max(a.number) from payment_attempts a
      where a.campaign_id = o.campaign_id and a.order_id = o.id), 0) as number
    from orders o join campaigns c on c.id = o.campaign_id
    where o.campaign_id = ${campaign_id} and o.id = any(${ids}::uuid[])`.execute(tx.db)
  return new Map(rows.map((row) => [row.id, row]))
}

async function findTaken(tx: Tx, campaign_id: string, own: readonly OwnPayment[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from payment_attempts
    where campaign_id = ${campaign_id} and id = any(${own.map(({ attempt_id }) => attempt_id)}::uuid[])`.execute(tx.db)
  return rows.map(({ id }) => id)
}

type Method = Pick<Row<'payment_methods'>, 'id' | 'gateway_id' | 'gateway_customer'> & { card: string }

/** The card it was tried with. One that the books do not know was saved after the backup: it is its backer's all the same. */
async function takeMethod(
  tx: Tx,
  { campaign_id, backer_id, account, mode }: { campaign_id: string; backer_id: string; account: string; mode: 'test' | 'live' },
  { id: payment, card, customer }: GatewayPayment,
): Promise<Method> {
  const gateway_id = card?.gateway_id ?? payment
  const { rows } = await sql<Method>`select p.id, p.gateway_id, p.gateway_customer, coalesce(p.fingerprint, p.id::text) as card
    from payment_methods p where p.campaign_id = ${campaign_id} and p.backer_id = ${backer_id} and p.gateway_id = ${gateway_id}
    order by p.created_at limit 1`.execute(tx.db)
  if (rows[0]) return rows[0]
  const id = newId()
  await tx.db
    .insertInto('payment_methods')
    .values({
      ...{ campaign_id, id, backer_id, mode, gateway_id },
      gateway_account: account,
      gateway_customer: customer ?? '',
      brand: card?.brand ?? 'unknown',
      last4: card?.last4 ?? '',
      exp_month: card?.exp_month ?? 12,
      exp_year: card?.exp_year ?? 2099,
      country: card?.country ?? null,
      fingerprint: card?.fingerprint ?? null,
      // Nobody entered it as far as the books know: it is shown, and charged only by who puts it on the order.
      state: 'replaced',
      created_at: tx.now,
    })
    .execute()
  return { id, gateway_id, gateway_customer: customer ?? '', card: card?.fingerprint ?? id }
}

async function insertAttempt(
  tx: Tx,
  { payment, campaign_id, order_id, attempt_id }: OwnPayment,
  { id, number, method, account }: { id: string; number: number; method: Method; account: string },
): Promise<boolean> {
  const decline = payment.decline ?? { code: `payment_${payment.state}`, advice: null }
  const state = { succeeded: 'succeeded', processing: 'unknown' }[payment.state as string] ?? 'declined'
  const isDeclined = state === 'declined'
  const request: ChargeRequest = {
    amount: payment.amount,
    currency: payment.currency,
    customer: method.gateway_customer,
    payment_method: method.gateway_id,
    description: '',
    metadata: { afterfund_campaign: campaign_id, afterfund_order: order_id, afterfund_attempt: attempt_id },
  }
  const inserted = await tx.db
    .insertInto('payment_attempts')
    .values({
      ...{ campaign_id, id, order_id, number },
      key: `adopted:${payment.id}`,
      amount: payment.amount,
      currency: payment.currency,
      payment_method_id: method.id,
      state: state as 'succeeded' | 'declined' | 'unknown',
      code: isDeclined ? decline.code : null,
      decline_class: isDeclined ? classOfDecline(decline) : null,
      payment_open: isDeclined,
      source: 'adopted',
      request: JSON.stringify(request),
      gateway_account: account,
      card: method.card,
      payment: payment.id,
      sendings: 1,
      sent_at: payment.created_at,
      settled_at: state === 'unknown' ? null : tx.now,
      next_try_at: state === 'unknown' ? tx.now : null,
      created_at: payment.created_at,
      updated_at: tx.now,
    })
    // One that is not over beside another: it is found again by the next sweep, when that one is.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Each order's attempts change what may be done with it: one version and one event. Those that took money get theirs where that is booked. */
async function tellOfOthers(tx: Tx, campaign_id: string, written: readonly OwnPayment[]): Promise<void> {
  const taking = new Set(written.flatMap(({ payment, order_id }) => (payment.state === 'succeeded' ? [order_id] : [])))
  const order_ids = [...new Set(written.map(({ order_id }) => order_id))].filter((id) => !taking.has(id))
  if (order_ids.length > 0) await touchOrders(tx, { campaign_id, order_ids, kind: 'payment_adopted', set: null })
}
