import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { reasonSentence } from '../../lib/reason-text.ts'
import { factsOf, leftOutCode, type SqlCondition } from '../orders/conditions.ts'
import { takeOrder } from '../orders/find-order.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey, OrderKey } from '../shared/keys.ts'
import { mayActFor } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type Attempt, findAttemptUnderWay } from './attempts.ts'
import { asksHolder } from './declines.ts'

/** Why an attempt waits: its backer is at their bank. */
export const BANK_ASKS = 'bank_asks'

/** So long we wait for a bank whose page its backer was led to. */
const ASKED_MS = 60 * 60_000
/** So long where nobody knows yet whether the bank asks: our program died, or the gateway's answer was lost. */
const UNSURE_MS = 5 * 60_000
/** The lane looks after this time. */
const LOOK_MS = 60_000
/** A bank that was asked this often in a day says no more the next time. */
const VISITS_A_DAY = 5
const DAY_MS = 24 * 60 * 60_000

/** The bank's question about an order's last charge, for its backer. Amounts in minor units. */
export interface BankQuestion {
  attempt: Attempt
  card: { brand: string; last4: string }
  /** its backer is at their bank, or may be: until when we wait, and whether the bank is known to ask; null: nobody is on the way */
  visit: { until: Date; is_asked: boolean } | null
  /** why the bank cannot be asked now: a code; null: it can */
  refusal: string | null
}

/** Whether the backer of this attempt was led to their bank, and nobody knows the answer yet. */
export function isAtBank({ state, ask_until }: Pick<Attempt, 'state' | 'ask_until'>): boolean {
  return state === 'unknown' && ask_until !== null
}

/**
 * What the bank still wants to hear about an errored order: its last charge waits for its backer at the bank, or was declined until they
 * confirm it there, and its payment at the gateway is open. Null: there is nothing to confirm. Changes nothing.
 */
export async function findBankQuestion(db: Db, order: Row<'orders'>, now: Date): Promise<BankQuestion | null> {
  const attempt =
    order.status === 'errored' ? await findLastSent(db, { campaign_id: order.campaign_id, order_id: order.id }) : null
  if (!attempt?.payment) return null
  const visit = isAtBank(attempt) && attempt.ask_until ? { until: attempt.ask_until, is_asked: attempt.ask_url !== null } : null
  const isOpen = attempt.state === 'declined' && attempt.payment_open && asksHolder(attempt.code ?? '')
  if (!visit && !isOpen) return null
  const card = await db
    .selectFrom('payment_methods')
    .select(['brand', 'last4'])
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', attempt.payment_method_id)
    .executeTakeFirstOrThrow()
  return { attempt, card, visit, refusal: visit ? null : await whyNotAsked(db, order, attempt, now) }
}

/** The order whose bank a backer may be led to. The caller has checked whose it is; null when they have none. */
export async function findOrderOfBacker(db: Db, { campaign_id, backer_id }: BackerKey): Promise<Row<'orders'> | null> {
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .executeTakeFirst()
  return order ?? null
}

/** The newest attempt; one that a paused run took back never left, and says nothing. */
async function findLastSent(db: Db, { campaign_id, order_id }: OrderKey): Promise<Attempt | null> {
  const { rows } = await sql<Attempt>`select * from payment_attempts where campaign_id = ${campaign_id} and order_id = ${order_id}
    and not (state = 'refused' and sent_at is null) order by number desc limit 1`.execute(db)
  return rows[0] ?? null
}

/** What stops a charge stops the bank's question too. How often the card was tried does not: it is the same charge. */
const OF_THE_ORDER: readonly SqlCondition[] = ['nothing_owed', 'on_hold', 'payment_method_missing', 'totals_differ']

async function whyNotAsked(db: Db, order: Row<'orders'>, attempt: Attempt, now: Date): Promise<string | null> {
  const { campaign_id, id } = order
  const codes = [...OF_THE_ORDER]
  const { rows } = await sql<{ code: string | null }>`select ${leftOutCode(codes, { now, actor: 'backer' })} as code
    from orders o left join campaigns c on c.id = o.campaign_id ${factsOf(codes, campaign_id, { ids: [id] })}
    where o.campaign_id = ${campaign_id} and o.id = ${id}`.execute(db)
  if (rows[0]?.code) return rows[0].code
  if (order.payment_method_id !== attempt.payment_method_id) return 'card_replaced'
  // The payment at the gateway is for what was owed then.
  if (order.balance_due !== attempt.amount) return 'amount_changed'
  return (await countVisits(db, order, now)) >= VISITS_A_DAY ? 'bank_asked_too_often' : null
}

async function countVisits(db: Db, { campaign_id, id }: Row<'orders'>, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaign_id)
    .where('order_id', '=', id)
    .where('kind', '=', 'bank_asked')
    .where('at', '>', new Date(now.getTime() - DAY_MS))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What became of a press on the button. */
export type BegunVisit =
  /** this press leads to the bank, under `attempt.lease_id`; `is_repeat`: an earlier one was cut off, under the same key */
  | { begun: true; attempt: Attempt; is_repeat: boolean }
  /** another press is at it: in a moment the bank's page is known */
  | { begun: false; why: 'busy' | 'asked' }

/**
 * Begins a backer's visit to their bank: from here on their last attempt is not over, so that nothing else can be charged for the order.
 * Guarantees: one visit at a time, however often it is pressed and in how many windows; a press after one that was cut off goes on with
 * it, under the same key; a version and an event of the order. Refuses: `charge_in_progress`, `bank_question_over` (nothing is asked any
 * more), and what `findBankQuestion` names: `nothing_owed`, `on_hold`, `payment_method_missing`, `totals_differ`, `card_replaced`,
 * `amount_changed`, `bank_asked_too_often` (429).
 */
export async function beginVisit(
  tx: Tx,
  actor: Actor,
  { campaign_id, attempt_id, lease_ms }: { campaign_id: string; attempt_id: string; lease_ms: number },
): Promise<BegunVisit> {
  const attempt = await takeAttempt(tx, { campaign_id, attempt_id })
  if (!attempt) throw refusal('bank_question_over')
  const order = await takeOrder(tx, { campaign_id, order_id: attempt.order_id })
  mayActFor(actor, order.backer_id)
  const question = await findBankQuestion(tx.db, order, tx.now)
  if (question?.attempt.id !== attempt_id) {
    const other = await findAttemptUnderWay(tx.db, { campaign_id, order_id: order.id })
    throw refusal(other ? 'charge_in_progress' : 'bank_question_over')
  }
  if (question.visit?.is_asked) return { begun: false, why: 'asked' }
  if (question.visit) {
    if (attempt.leased_until && attempt.leased_until > tx.now) return { begun: false, why: 'busy' }
    return { begun: true, attempt: await lease(tx, attempt, { lease_ms, confirmations: attempt.confirmations }), is_repeat: true }
  }
  if (question.refusal) throw refusal(question.refusal)
  await tellOfVisit(tx, actor, order, question)
  return {
    begun: true,
    attempt: await lease(tx, attempt, { lease_ms, confirmations: attempt.confirmations + 1 }),
    is_repeat: false,
  }
}

function refusal(code: string): DomainError {
  return new DomainError(code, reasonSentence(code), code === 'bank_asked_too_often' ? { status: 429 } : {})
}

async function takeAttempt(tx: Tx, key: { campaign_id: string; attempt_id: string }): Promise<Attempt | null> {
  const attempt = await tx.db
    .selectFrom('payment_attempts')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.attempt_id)
    .forUpdate()
    .executeTakeFirst()
  return attempt ?? null
}

async function lease(tx: Tx, { campaign_id, id }: Attempt, set: { lease_ms: number; confirmations: number }): Promise<Attempt> {
  return await tx.db
    .updateTable('payment_attempts')
    .set({
      state: 'unknown',
      code: BANK_ASKS,
      decline_class: null,
      settled_at: null,
      confirmations: set.confirmations,
      ask_url: null,
      ask_until: new Date(tx.now.getTime() + UNSURE_MS),
      lease_id: randomUUID(),
      leased_until: new Date(tx.now.getTime() + set.lease_ms),
      next_try_at: null,
      updated_at: tx.now,
    })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The order's row is held by now, so its version is the one that was read. */
async function tellOfVisit(tx: Tx, actor: Actor, order: Row<'orders'>, { attempt, card }: BankQuestion): Promise<void> {
  const version = order.version + 1
  await tx.db
    .updateTable('orders')
    .set({ version, updated_at: tx.now })
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .executeTakeFirstOrThrow()
  await appendEvent(tx, actor, {
    campaign_id: order.campaign_id,
    kind: 'bank_asked',
    backer_id: order.backer_id,
    order_id: order.id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    data: { attempt_id: attempt.id, amount: attempt.amount, brand: card.brand, last4: card.last4 },
  })
}

interface VisitKey {
  campaign_id: string
  attempt_id: string
}

/** Keeps where the bank asks, and from when on we do not wait any more. Answers whether the visit was still under way. */
export async function noteAsked(tx: Tx, { campaign_id, attempt_id }: VisitKey, url: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('payment_attempts')
    .set({
      ask_url: url,
      ask_until: new Date(tx.now.getTime() + ASKED_MS),
      lease_id: null,
      leased_until: null,
      next_try_at: new Date(tx.now.getTime() + LOOK_MS),
      updated_at: tx.now,
    })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', attempt_id)
    .where('state', '=', 'unknown')
    .where('ask_until', 'is not', null)
    .where('ask_url', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows) > 0
}

/** Gives a visit out of this press' hands without an answer: the lane asks the gateway, and the next press goes on with it. */
export async function releaseVisit(tx: Tx, { campaign_id, attempt_id }: VisitKey, lease_id: string | null): Promise<void> {
  if (lease_id === null) return
  await tx.db
    .updateTable('payment_attempts')
    .set({ lease_id: null, leased_until: null, next_try_at: tx.now, updated_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', attempt_id)
    .where('state', '=', 'unknown')
    .where('lease_id', '=', lease_id)
    .execute()
}

/** A payment that was canceled at the gateway can take nothing any more: nothing is asked about it. */
export async function closePayment(tx: Tx, { campaign_id, attempt_id }: VisitKey): Promise<void> {
  await tx.db
    .updateTable('payment_attempts')
    .set({ payment_open: false, updated_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', attempt_id)
    .where('state', '=', 'declined')
    .execute()
}
