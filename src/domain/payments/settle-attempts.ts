import { type RawBuilder, sql } from 'kysely'
import { queueMessages } from '../messages/queue-message.ts'
import { moveEach } from '../orders/move-orders.ts'
import { GATEWAY } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import { type Attempt, notOver } from './attempts.ts'
import { pauseRunOfAttempt, waitAgain } from './charge-run-state.ts'
import { classOfDecline } from './declines.ts'
import type { ChargeAnswer } from './gateway.ts'

export interface AnsweredAttempt {
  attempt_id: string
  /** under which it was asked */
  lease_id: string | null
  answer: ChargeAnswer
}

/** How long to wait before the gateway is asked again about an attempt, by how often it was asked: "we ask the bank every minute". */
const WAITS_S = [2, 5, 15, 60]

/**
 * Books what the gateway answered. Guarantees: each attempt is settled once, whoever asks and however often; a success is booked to the cent
 * with its ledger rows and the order paid; a decline makes the order errored and mails its backer at once; a refusal ends the attempt and
 * leaves the order where it is; an unknown one is asked about again. Never loses an answer to a change of the order: the orders' rows
 * are taken first. What the gateway took or declined counts whoever brings it; that it took nothing counts only from who still holds the
 * attempt, since another may have sent it meanwhile. All attempts are of one campaign.
 */
export async function settleAttempts(tx: Tx, campaign_id: string, answered: readonly AnsweredAttempt[]): Promise<void> {
  const answers = new Map(answered.map((each) => [each.attempt_id, each]))
  const { rows: open } = await sql<Attempt>`select * from payment_attempts where campaign_id = ${campaign_id}
    and id = any(${[...answers.keys()]}::uuid[]) and state in ${notOver} order by id for update`.execute(tx.db)
  await sql`select id from orders where campaign_id = ${campaign_id} and id = any(${open.map((each) => each.order_id)}::uuid[])
    order by id for update`.execute(tx.db)
  const of = <T extends ChargeAnswer['answer']>(kind: T) =>
    open.flatMap((attempt) => {
      const { answer, lease_id } = answers.get(attempt.id) ?? {}
      const isLate = (kind === 'refused' || kind === 'unknown') && attempt.lease_id !== lease_id
      return answer?.answer === kind && !isLate ? [{ attempt, answer: answer as Extract<ChargeAnswer, { answer: T }> }] : []
    })
  const succeeded = of('succeeded')
  const declined = of('declined')
  const refused = of('refused')
  await recordUnknown(tx, campaign_id, of('unknown'))
  await endAttempts(tx, campaign_id, [
    ...succeeded.map(({ attempt, answer }) => endingOf(attempt, 'succeeded', { payment: answer.payment })),
    ...declined.map(({ attempt, answer: { payment, decline } }) =>
      endingOf(attempt, 'declined', { payment, code: decline.code, decline_class: classOfDecline(decline) }),
    ),
    ...refused.map(({ attempt, answer }) => endingOf(attempt, 'refused', { code: answer.code })),
  ])
  await bookSucceeded(tx, campaign_id, succeeded)
  const elsewhere = await bookDeclined(tx, campaign_id, declined)
  await bookRefused(tx, campaign_id, refused)
  await queueMails(tx, campaign_id, [...succeeded, ...declined.filter(({ attempt }) => !elsewhere.has(attempt.order_id))])
}

type Of<T extends ChargeAnswer['answer']> = { attempt: Attempt; answer: Extract<ChargeAnswer, { answer: T }> }[]

async function recordUnknown(tx: Tx, campaign_id: string, list: Of<'unknown'>): Promise<void> {
  if (list.length === 0) return
  const waits = list.map(({ attempt }) => WAITS_S[Math.min(attempt.sendings, WAITS_S.length) - 1] ?? WAITS_S[0] ?? 1)
  await sql`update payment_attempts a set state = 'unknown', code = x.code, leased_until = null, lease_id = null,
      next_try_at = ${tx.now}::timestamptz + make_interval(secs => x.wait_s), updated_at = ${tx.now}
    from unnest(${list.map(({ attempt }) => attempt.id)}::uuid[], ${list.map(({ answer }) => answer.code)}::text[],
      ${waits}::int[]) x (id, code, wait_s)
    where a.campaign_id = ${campaign_id} and a.id = x.id`.execute(tx.db)
}

async function bookSucceeded(tx: Tx, campaign_id: string, list: Of<'succeeded'>): Promise<void> {
  if (list.length === 0) return
  const moves = await moveEach(tx, GATEWAY, {
    campaign_id,
    name: 'charge_succeeded',
    selection: { ids: list.map(({ attempt }) => attempt.order_id) },
    operation_id: null,
    reason_id: null,
    data: eventData(campaign_id),
  })
  const late = moves.filter(({ code }) => code !== 'moved').map(({ id }) => id)
  if (late.length > 0) await bookLate(tx, campaign_id, late)
  await sql`insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
    select a.campaign_id, a.order_id, o.version, e.account, case e.account when 'card' then a.amount else -a.amount end, a.currency,
      'charged', ${tx.now}::timestamptz
    from payment_attempts a join orders o on o.campaign_id = a.campaign_id and o.id = a.order_id
    cross join (values ('card'), ('owed')) e (account)
    where a.campaign_id = ${campaign_id} and a.id = any(${list.map(({ attempt }) => attempt.id)}::uuid[])`.execute(tx.db)
}

/** A success for an order in another status is booked at once, moves no status, and holds the order (lifecycle.md, Transitions). */
async function bookLate(tx: Tx, campaign_id: string, order_ids: string[]): Promise<void> {
  const amount = sql`(select a.amount from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
    order by a.number desc limit 1)`
  await touchOrders(tx, {
    campaign_id,
    order_ids,
    kind: 'charge_booked_late',
    set: sql`captured = o.captured + ${amount}, balance_due = o.balance_due - ${amount},
      hold_reason = coalesce(o.hold_reason, 'discrepancy'), held_at = coalesce(o.held_at, ${tx.now}::timestamptz)`,
  })
}

/** Answers the orders that were in another status: they stay in it, and their backers hear nothing. */
async function bookDeclined(tx: Tx, campaign_id: string, list: Of<'declined'>): Promise<Set<string>> {
  if (list.length === 0) return new Set()
  const moves = await moveEach(tx, GATEWAY, {
    campaign_id,
    name: 'charge_failed',
    selection: { ids: list.map(({ attempt }) => attempt.order_id) },
    operation_id: null,
    reason_id: null,
    code: sql`(select a.code from payment_attempts a where a.campaign_id = ${campaign_id} and a.order_id = m.id order by a.number desc limit 1)`,
    data: eventData(campaign_id),
  })
  const elsewhere = moves.filter(({ code }) => code !== 'moved').map(({ id }) => id)
  if (elsewhere.length > 0) await touchOrders(tx, { campaign_id, order_ids: elsewhere, kind: 'charge_refused', set: null })
  return new Set(elsewhere)
}

async function bookRefused(tx: Tx, campaign_id: string, list: Of<'refused'>): Promise<void> {
  if (list.length === 0) return
  const order_ids = list.map(({ attempt }) => attempt.order_id)
  await touchOrders(tx, { campaign_id, order_ids, kind: 'charge_refused', set: null })
  for (const { attempt, answer } of list) {
    if (!answer.pauses || !attempt.run_id) continue
    const key = { campaign_id, run_id: attempt.run_id }
    await waitAgain(tx, key, attempt.id)
    await pauseRunOfAttempt(tx, key)
  }
}

interface Ending {
  id: string
  order_id: string
  run_id: string | null
  state: 'succeeded' | 'declined' | 'refused'
  payment: string | null
  code: string | null
  decline_class: string | null
}

function endingOf(
  { id, order_id, run_id }: Attempt,
  state: Ending['state'],
  said: Partial<Pick<Ending, 'payment' | 'code' | 'decline_class'>>,
): Ending {
  return { id, order_id, run_id, state, payment: null, code: null, decline_class: null, ...said }
}

/** Ends the attempts, and says in their runs what became of the orders. */
async function endAttempts(tx: Tx, campaign_id: string, endings: Ending[]): Promise<void> {
  if (endings.length === 0) return
  const column = (name: keyof Ending) => endings.map((each) => each[name])
  await sql`update payment_attempts a set state = x.state, payment = x.payment, code = x.code, decline_class = x.decline_class,
      settled_at = ${tx.now}, updated_at = ${tx.now}, leased_until = null, lease_id = null, next_try_at = null
    from unnest(${column('id')}::uuid[], ${column('state')}::text[], ${column('payment')}::text[], ${column('code')}::text[],
      ${column('decline_class')}::text[]) x (id, state, payment, code, decline_class)
    where a.campaign_id = ${campaign_id} and a.id = x.id`.execute(tx.db)
  await sql`update charge_run_orders r set state = x.state, code = x.code
    from unnest(${column('id')}::uuid[], ${column('run_id')}::uuid[], ${column('order_id')}::uuid[], ${column('state')}::text[],
      ${column('code')}::text[]) x (id, run_id, order_id, state, code)
    where r.campaign_id = ${campaign_id} and r.run_id = x.run_id and r.order_id = x.order_id and r.attempt_id = x.id`.execute(
    tx.db,
  )
}

/** The last attempt of the moved order `m`: it is the one that was just settled. */
function eventData(campaign_id: string): RawBuilder<unknown> {
  return sql`(select jsonb_build_object('attempt_id', a.id, 'amount', a.amount, 'last4', p.last4, 'brand', p.brand)
    from payment_attempts a join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where a.campaign_id = ${campaign_id} and a.order_id = m.id order by a.number desc limit 1)`
}

interface Touch {
  campaign_id: string
  order_ids: string[]
  kind: 'charge_booked_late' | 'charge_refused'
  set: RawBuilder<unknown> | null
}

/** One version and one event for each order, its status as it is. An attempt that ends changes what may be done with its order. */
async function touchOrders(tx: Tx, touch: Touch): Promise<void> {
  await sql`with touched as (
      update orders o set version = o.version + 1, updated_at = ${tx.now} ${touch.set ? sql`, ${touch.set}` : sql``}
      where o.campaign_id = ${touch.campaign_id} and o.id = any(${touch.order_ids}::uuid[])
      returning o.id, o.backer_id, o.version, o.status
    )
    insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, code, data, at)
    select ${touch.campaign_id}::uuid, ${touch.kind}::text, m.backer_id, m.id, m.version, m.status, m.status, 'gateway',
      (select a.code from payment_attempts a where a.campaign_id = ${touch.campaign_id} and a.order_id = m.id
        order by a.number desc limit 1),
      ${eventData(touch.campaign_id)}, ${tx.now}::timestamptz
    from touched m`.execute(tx.db)
}

/** The receipt of each success, and why each other charge failed, at once: one for each attempt. */
async function queueMails(tx: Tx, campaign_id: string, list: Of<'succeeded' | 'declined'>): Promise<void> {
  if (list.length === 0) return
  const { rows } = await sql<{ backer_id: string; attempt_id: string; data: Record<string, unknown> }>`select p.backer_id,
      a.id as attempt_id, jsonb_build_object('attempt_id', a.id, 'order_id', a.order_id, 'amount', a.amount, 'code', a.code,
        'payment_method', jsonb_build_object('brand', p.brand, 'last4', p.last4)) as data
    from payment_attempts a join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where a.campaign_id = ${campaign_id} and a.id = any(${list.map(({ attempt }) => attempt.id)}::uuid[])`.execute(tx.db)
  const succeeded = new Set(list.flatMap(({ attempt, answer }) => (answer.answer === 'succeeded' ? [attempt.id] : [])))
  await queueMessages(
    tx,
    rows.map(({ backer_id, attempt_id, data }) => ({
      campaign_id,
      backer_id,
      kind: succeeded.has(attempt_id) ? 'receipt' : 'charge_failed',
      occasion: attempt_id,
      data,
    })),
  )
}
