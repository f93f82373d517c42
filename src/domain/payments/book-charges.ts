import { type RawBuilder, sql } from 'kysely'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import { queueMessages } from '../messages/queue-message.ts'
import { moveEach } from '../orders/move-orders.ts'
import { GATEWAY } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import type { Attempt } from './attempts.ts'
import { pauseRunOfAttempt, waitAgain } from './charge-run-state.ts'
import { ASKED_IN_VAIN } from './declines.ts'
import type { ChargeAnswer } from './gateway.ts'

/** Attempts with one kind of answer. */
export type Answers<T extends ChargeAnswer['answer']> = { attempt: Attempt; answer: Extract<ChargeAnswer, { answer: T }> }[]

interface Taken {
  order_id: string
  amount: number
  currency: string
  balance_due: number
  payments: string[]
}

/**
 * Books all that was taken for these orders and is not booked: one version, one event, two ledger rows each. An order that waits for just
 * this becomes paid. One in another status, or that owes more than was taken, is booked at once, moves no status, is held and told as a
 * discrepancy (lifecycle.md, Transitions). The caller has taken the orders' rows. Doing it twice books nothing twice.
 */
export async function bookTaken(tx: Tx, campaign_id: string, order_ids: readonly string[]): Promise<void> {
  if (order_ids.length === 0) return
  const { rows: taken } = await sql<Taken>`select o.id as order_id, sum(a.amount)::bigint as amount, o.balance_due,
      min(a.currency) as currency, array_agg(a.payment) as payments
    from payment_attempts a join orders o on o.campaign_id = a.campaign_id and o.id = a.order_id
    where a.campaign_id = ${campaign_id} and a.order_id = any(${order_ids}::uuid[]) and a.state = 'succeeded' and not a.is_booked
    group by o.id, o.balance_due`.execute(tx.db)
  if (taken.length === 0) return
  const settling = taken.filter(({ amount, balance_due }) => amount >= balance_due).map(({ order_id }) => order_id)
  const moves = await moveEach(tx, GATEWAY, {
    campaign_id,
    name: 'charge_succeeded',
    selection: { ids: settling },
    operation_id: null,
    reason_id: null,
    data: eventData(campaign_id),
  })
  const moved = new Set(moves.filter(({ code }) => code === 'moved').map(({ id }) => id))
  await bookLate(
    tx,
    campaign_id,
    taken.filter(({ order_id }) => !moved.has(order_id)),
  )
  await sql`with booked as (
      update payment_attempts a set is_booked = true
      where a.campaign_id = ${campaign_id} and a.order_id = any(${taken.map(({ order_id }) => order_id)}::uuid[])
        and a.state = 'succeeded' and not a.is_booked
      returning a.order_id, a.amount, a.currency
    ), sums as (select order_id, currency, sum(amount) as amount from booked group by 1, 2)
    insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
    select o.campaign_id, o.id, o.version, e.account, case e.account when 'card' then s.amount else -s.amount end, s.currency,
      'charged', ${tx.now}::timestamptz
    from sums s join orders o on o.campaign_id = ${campaign_id} and o.id = s.order_id
    cross join (values ('card'), ('owed')) e (account)`.execute(tx.db)
}

/** What was taken of the order `o` and is not booked. */
const TAKEN = sql`(select sum(a.amount) from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
  and a.state = 'succeeded' and not a.is_booked)`

async function bookLate(tx: Tx, campaign_id: string, list: readonly Taken[]): Promise<void> {
  if (list.length === 0) return
  await touchOrders(tx, {
    campaign_id,
    order_ids: list.map(({ order_id }) => order_id),
    kind: 'charge_booked_late',
    set: sql`captured = o.captured + ${TAKEN}, balance_due = o.balance_due - ${TAKEN},
      hold_reason = coalesce(o.hold_reason, 'discrepancy'), held_at = coalesce(o.held_at, ${tx.now}::timestamptz)`,
  })
  await reportDiscrepancies(
    tx,
    list.flatMap(({ order_id, currency, payments, amount, balance_due }) =>
      payments.map((subject) => ({ campaign_id, order_id, kind: 'paid_late', subject, amount, currency, data: { balance_due } })),
    ),
  )
}

/** Makes the orders errored. Answers those that were in another status: they stay in it, and their backers hear nothing. */
export async function bookDeclined(tx: Tx, campaign_id: string, list: Answers<'declined'>): Promise<Set<string>> {
  if (list.length === 0) return new Set()
  const moves = await moveEach(tx, GATEWAY, {
    campaign_id,
    name: 'charge_failed',
    selection: { ids: list.map(({ attempt }) => attempt.order_id) },
    operation_id: null,
    reason_id: null,
    code: sql`(select a.code ${settledLast(campaign_id)})`,
    data: eventData(campaign_id),
  })
  const elsewhere = moves.filter(({ code }) => code !== 'moved').map(({ id }) => id)
  if (elsewhere.length > 0) await touchOrders(tx, { campaign_id, order_ids: elsewhere, kind: 'charge_refused', set: null })
  return new Set(elsewhere)
}

/** Ends what the gateway refused; a run whose keys it refuses is paused. */
export async function bookRefused(tx: Tx, campaign_id: string, list: Answers<'refused'>): Promise<void> {
  if (list.length === 0) return
  const order_ids = list.map(({ attempt }) => attempt.order_id)
  await touchOrders(tx, { campaign_id, order_ids, kind: 'charge_refused', set: null })
  for (const { attempt, answer } of list) {
    if (!answer.pauses || !attempt.run_id) continue
    const key = { campaign_id, run_id: attempt.run_id }
    await waitAgain(tx, key, attempt.id)
    await pauseRunOfAttempt(tx, key, answer.right ?? null)
  }
}

/** The attempt of the moved order `m` that was settled last: just now. Adopted ones have later numbers than one under way. */
const settledLast = (campaign_id: string) => sql`from payment_attempts a
  where a.campaign_id = ${campaign_id} and a.order_id = m.id order by a.settled_at desc nulls last, a.number desc limit 1`

function eventData(campaign_id: string): RawBuilder<unknown> {
  return sql`(select jsonb_build_object('attempt_id', a.id, 'amount', a.amount, 'last4', p.last4, 'brand', p.brand)
    from (select a.* ${settledLast(campaign_id)}) a
    join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id)`
}

interface Touch {
  campaign_id: string
  order_ids: string[]
  kind: 'charge_booked_late' | 'charge_refused' | 'payment_adopted'
  set: RawBuilder<unknown> | null
}

/** One version and one event for each order, its status as it is. An attempt that ends changes what may be done with its order. */
export async function touchOrders(tx: Tx, touch: Touch): Promise<void> {
  await sql`with touched as (
      update orders o set version = o.version + 1, updated_at = ${tx.now} ${touch.set ? sql`, ${touch.set}` : sql``}
      where o.campaign_id = ${touch.campaign_id} and o.id = any(${touch.order_ids}::uuid[])
      returning o.id, o.backer_id, o.version, o.status
    )
    insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, code, data, at)
    select ${touch.campaign_id}::uuid, ${touch.kind}::text, m.backer_id, m.id, m.version, m.status, m.status, 'gateway',
      (select a.code ${settledLast(touch.campaign_id)}),
      ${eventData(touch.campaign_id)}, ${tx.now}::timestamptz
    from touched m`.execute(tx.db)
}

/**
 * The receipt of each success, and why each other charge failed, at once: one for each attempt, and one for each time that its backer said
 * no to their bank, or the bank to them. A question that came to nothing was told with the first of them.
 */
export async function queueMails(tx: Tx, campaign_id: string, list: Answers<'succeeded' | 'declined'>): Promise<void> {
  if (list.length === 0) return
  const { rows } = await sql<{
    backer_id: string
    attempt_id: string
    occasion: string
    data: Record<string, unknown>
  }>`select p.backer_id, a.id as attempt_id,
      a.id || case when a.state = 'declined' and a.confirmations > 0 and a.code <> all(${[...ASKED_IN_VAIN]}::text[])
        then ':' || a.confirmations else '' end as occasion,
      jsonb_build_object('attempt_id', a.id, 'order_id', a.order_id, 'amount', a.amount, 'code', a.code,
        'payment_method', jsonb_build_object('brand', p.brand, 'last4', p.last4)) as data
    from payment_attempts a join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where a.campaign_id = ${campaign_id} and a.id = any(${list.map(({ attempt }) => attempt.id)}::uuid[])`.execute(tx.db)
  const succeeded = new Set(list.flatMap(({ attempt, answer }) => (answer.answer === 'succeeded' ? [attempt.id] : [])))
  await queueMessages(
    tx,
    rows.map(({ backer_id, attempt_id, occasion, data }) => ({
      campaign_id,
      backer_id,
      kind: succeeded.has(attempt_id) ? 'receipt' : 'charge_failed',
      occasion,
      data,
    })),
  )
}
