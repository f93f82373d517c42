import { type RawBuilder, sql } from 'kysely'
import { inTransaction, type Tx, type TxParts } from '../../src/domain/shared/tx.ts'

/*
 * Facts as the rows that state them, where the commands that lead there are long or another part's. Each keeps the rules of the books: one version and one event for each order it touches, ledger rows that sum to zero.
 */

interface Orders {
  campaign_id: string
  ids: string[]
}

type MadeStatus = 'errored' | 'ready_to_ship'

/** Puts locked orders into `errored`, or paid ones into `ready_to_ship`. */
export async function putInto(parts: TxParts, orders: Orders, status: MadeStatus): Promise<void> {
  const names = { errored: 'charge_failed', ready_to_ship: 'finalize_address' }
  await touch(parts, orders, names[status], (now) =>
    status === 'errored' ? sql`status = 'errored'` : sql`status = 'ready_to_ship', address_finalized_at = ${now}`,
  )
}

/** Money that came late holds an order that has left. */
export async function holdShipped(parts: TxParts, orders: Orders): Promise<void> {
  await touch(parts, orders, 'held', (now) => sql`hold_reason = 'payment', held_at = ${now}`)
}

/** A remark about the address that nobody has answered. */
export async function warnAddresses(parts: TxParts, orders: Orders): Promise<void> {
  await touch(parts, orders, 'address_changed', () => sql`address_warning = true`)
}

/** Shipped before the day in which it can be taken back. */
export async function shipLongAgo(parts: TxParts, orders: Orders): Promise<void> {
  await touch(parts, orders, 'shipment_changed', (now) => sql`shipped_at = ${now} - interval '25 hours'`)
}

/** A usable payment method on file for each backer, and on each order. */
export async function giveMethods(parts: TxParts, orders: Orders): Promise<void> {
  await sql`insert into settings (key, value) values ('gateway', '{"account": "acct_test", "mode": "test"}') on conflict (key) do nothing`.execute(
    parts.db,
  )
  await sql`insert into payment_methods (campaign_id, id, backer_id, gateway_account, gateway_customer, mode, gateway_id, brand, last4,
      exp_month, exp_year, state, created_at)
    select campaign_id, id, backer_id, (select value->>'account' from settings where key = 'gateway'), 'cus_' || id, 'test', 'pm_' || id,
      'visa', '4242', 12, 2030, 'usable', created_at
    from orders where campaign_id = ${orders.campaign_id} and id = any(${orders.ids}::uuid[])`.execute(parts.db)
  await touch(parts, orders, 'payment_method_changed', () => sql`payment_method_id = o.id`)
}

/** The payment methods are no longer usable. A charge on one of them that has not left yet has left then. */
export async function detachMethods(parts: TxParts, orders: Orders): Promise<void> {
  await touch(parts, orders, 'payment_method_changed', () => sql`payment_method_id = o.payment_method_id`)
  await sql`update payment_methods set state = 'detached'
    where campaign_id = ${orders.campaign_id} and id = any(${orders.ids}::uuid[])`.execute(parts.db)
  await sql`update payment_attempts set state = 'sent' where campaign_id = ${orders.campaign_id} and state = 'created'
    and order_id = any(${orders.ids}::uuid[])`.execute(parts.db)
}

/** A charge that is not over, in each of its three states in turn, in the hands of a worker that never comes back to it. */
export async function startAttempts(parts: TxParts, orders: Orders): Promise<void> {
  await touch(parts, orders, 'start_charge', () => sql`status = o.status`)
  await sql`insert into payment_attempts (campaign_id, id, order_id, number, key, amount, currency, payment_method_id, state, code,
      source, gateway_account, card, request, leased_until, created_at, updated_at)
    select campaign_id, gen_random_uuid(), id, 1, id || ':1', 100, 'USD', payment_method_id,
      (array['created', 'sent', 'unknown'])[1 + row_number() over (order by id) % 3], null,
      'run', 'acct_test', 'card', '{}', 'infinity', updated_at, updated_at
    from orders where campaign_id = ${orders.campaign_id} and id = any(${orders.ids}::uuid[])`.execute(parts.db)
}

/** Money that was taken here. `refunded`: and given back. `kept`: its keeping is on record. */
export async function capture(
  parts: TxParts,
  orders: Orders,
  then: 'captured' | 'refunded' | 'kept' = 'captured',
): Promise<void> {
  const amount = 500
  await recordTaken(parts, orders, amount)
  await book(parts, orders, amount, () => sql`captured = o.captured + ${amount}, balance_due = o.balance_due - ${amount}`)
  if (then === 'refunded') {
    await book(parts, orders, -amount, () => sql`refunded = o.refunded + ${amount}, balance_due = o.balance_due + ${amount}`)
    await recordGiven(parts, orders)
  }
  if (then === 'kept') await touch(parts, orders, 'order_changed', () => sql`refund_decision = 'keep'`)
}

/** The attempt that took it, on a card that is not on file any more. */
async function recordTaken(parts: TxParts, { campaign_id, ids }: Orders, amount: number): Promise<void> {
  await sql`with cards as (
      insert into payment_methods (campaign_id, id, backer_id, gateway_account, gateway_customer, mode, gateway_id, brand, last4,
        exp_month, exp_year, state, created_at)
      select campaign_id, gen_random_uuid(), backer_id, 'acct_test', 'cus_' || id, 'test', 'pm_' || id, 'visa', '4242', 12, 2030,
        'replaced', created_at
      from orders where campaign_id = ${campaign_id} and id = any(${ids}::uuid[]) returning id, backer_id
    )
    insert into payment_attempts (campaign_id, id, order_id, number, key, amount, currency, payment_method_id, state, code,
      payment, source, is_booked, gateway_account, card, request, created_at, updated_at)
    select o.campaign_id, gen_random_uuid(), o.id, 101, o.id || ':101', ${amount}, 'USD', c.id, 'succeeded', null, 'pi_' || o.id,
      'run', true, 'acct_test', c.id,
      '{}', o.updated_at, o.updated_at
    from orders o join cards c on c.backer_id = o.backer_id where o.campaign_id = ${campaign_id}`.execute(parts.db)
}

/** The refund of all that was taken. */
async function recordGiven(parts: TxParts, { campaign_id, ids }: Orders): Promise<void> {
  await sql`insert into refunds (campaign_id, id, order_id, number, key, attempt_id, payment, amount, currency, state, gateway_refund,
      sent_at, settled_at, created_at, updated_at)
    select campaign_id, gen_random_uuid(), order_id, 1, 'order:' || order_id || ':refund:1', id, payment, amount, currency, 'succeeded',
      're_' || order_id, updated_at, updated_at, updated_at, updated_at
    from payment_attempts where campaign_id = ${campaign_id} and order_id = any(${ids}::uuid[]) and state = 'succeeded'`.execute(
    parts.db,
  )
}

async function book(parts: TxParts, orders: Orders, amount: number, set: () => RawBuilder<unknown>): Promise<void> {
  await touch(parts, orders, amount > 0 ? 'charge_succeeded' : 'order_changed', set, async (tx) => {
    await sql`insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
      select o.campaign_id, o.id, o.version, e.account, e.amount, 'USD', 'charged', ${tx.now}::timestamptz
      from orders o cross join (values ('owed', ${-amount}::bigint), ('card', ${amount}::bigint)) e (account, amount)
      where o.campaign_id = ${orders.campaign_id} and o.id = any(${orders.ids}::uuid[])`.execute(tx.db)
  })
}

/** One version and one event for each order, with what is set. */
async function touch(
  parts: TxParts,
  { campaign_id, ids }: Orders,
  kind: string,
  set: (now: RawBuilder<Date>) => RawBuilder<unknown>,
  also: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<void> {
  await inTransaction(parts, async (tx) => {
    await sql`with before as (select id, status from orders where campaign_id = ${campaign_id} and id = any(${ids}::uuid[])),
      moved as (
        update orders o set version = o.version + 1, updated_at = ${tx.now}, ${set(sql`${tx.now}::timestamptz`)}
        from before b where o.campaign_id = ${campaign_id} and o.id = b.id
        returning o.id, o.backer_id, o.version, b.status as from_status, o.status
      )
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, at)
      select ${campaign_id}::uuid, ${kind}::text, backer_id, id, version, from_status, status, 'system', ${tx.now}::timestamptz
      from moved`.execute(tx.db)
    await also(tx)
  })
}
