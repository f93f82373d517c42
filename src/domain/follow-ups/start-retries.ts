import { sql } from 'kysely'
import { startCharges } from '../payments/start-charge.ts'
import { RUN } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { cardOf, endFollowUps, type FailedOrder, findFailedOrders } from './failed-cards.ts'
import { nextRetryAt } from './retry-rule.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The campaigns in which a card is due to be tried again: one look into the index for each. */
export async function findCampaignsWithRetries(db: Db, now: Date): Promise<string[]> {
  const { rows } = await sql<{ campaign_id: string }>`select c.id as campaign_id from campaigns c
    where c.retry_failed_cards and exists (select 1 from payment_follow_ups f where f.campaign_id = c.id and f.retry_at <= ${now})`.execute(
    db,
  )
  return rows.map((row) => row.campaign_id)
}

/**
 * Starts the automatic tries that are due, `limit` at most that wait for the lane at a time. Guarantees: the rule and the lifecycle's
 * conditions are asked again, now; what somebody holds just now, a backer who presses "try again" included, is left for the next look; one
 * worker at a time in a campaign, so that two orders with one card are never tried by two. Answers how many orders it dealt with.
 */
export async function startRetries(tx: Tx, campaign_id: string, limit: number): Promise<number> {
  if (!(await takeTurn(tx, campaign_id))) return 0
  const room = limit - (await countWaiting(tx, campaign_id))
  if (room <= 0) return 0
  const order_ids = await takeDue(tx, campaign_id, room)
  if (order_ids.length === 0) return 0
  const orders = await findFailedOrders(tx.db, campaign_id, order_ids, tx.now)
  const plan = planRetries(orders, tx.now)
  await endFollowUps(tx.db, campaign_id, plan.over)
  const started = await startCharges(tx, RUN, { campaign_id, order_ids: plan.start, run_id: null, source: 'retry' })
  const next = [
    ...plan.later,
    ...started.map(({ order_id, code }) => ({
      order_id,
      retry_at: code === null ? dayAfter(tx.now) : afterRefusal(code, tx.now),
    })),
  ]
  await sql`update payment_follow_ups f set retry_at = x.retry_at, updated_at = ${tx.now}
    from unnest(${next.map(({ order_id }) => order_id)}::uuid[], ${next.map(({ retry_at }) => retry_at)}::timestamptz[]) x (order_id, retry_at)
    where f.campaign_id = ${campaign_id} and f.order_id = x.order_id`.execute(tx.db)
  if (started.some(({ attempt_id }) => attempt_id !== null)) await tx.enqueue({ job: 'charge' })
  return order_ids.length
}

/** Of two workers one has the turn; the other finds nothing to do. Switched off meanwhile: nobody has it. */
async function takeTurn(tx: Tx, campaign_id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from campaigns where id = ${campaign_id} and retry_failed_cards
    for no key update skip locked`.execute(tx.db)
  return rows.length === 1
}

/** Attempts of retries that the lane has not sent yet: while an order has one, it cannot be changed. */
async function countWaiting(tx: Tx, campaign_id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from payment_attempts
    where campaign_id = ${campaign_id} and state = 'created' and source = 'retry'`.execute(tx.db)
  return rows[0]?.count ?? 0
}

async function takeDue(tx: Tx, campaign_id: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ order_id: string }>`select f.order_id from payment_follow_ups f
    join orders o on o.campaign_id = f.campaign_id and o.id = f.order_id
    where f.campaign_id = ${campaign_id} and f.retry_at <= ${tx.now}
    order by f.retry_at, f.order_id limit ${sql.lit(limit)} for update of f, o skip locked`.execute(tx.db)
  return rows.map(({ order_id }) => order_id)
}

interface RetryPlan {
  start: string[]
  /** not errored any more */
  over: string[]
  later: { order_id: string; retry_at: Date | null }[]
}

/** What becomes of orders whose automatic try is due: the rule, asked again. Of orders that share a card one is tried; the others wait a day. */
export function planRetries(orders: readonly FailedOrder[], now: Date): RetryPlan {
  const plan: RetryPlan = { start: [], over: [], later: [] }
  const cards = new Set<string>()
  for (const order of orders) {
    const { order_id, card } = order
    const next = nextRetryAt(cardOf(order))
    if (order.status !== 'errored') plan.over.push(order_id)
    else if (next === null || next > now) plan.later.push({ order_id, retry_at: next })
    else if (card === null || cards.has(card)) plan.later.push({ order_id, retry_at: dayAfter(now) })
    else {
      cards.add(card)
      plan.start.push(order_id)
    }
  }
  return plan
}

/** When an order is looked at again that may not be charged now. What never passes by itself is not looked at any more. */
function afterRefusal(code: string, now: Date): Date | null {
  if (code === 'nothing_owed' || code === 'below_minimum' || code === 'card_hard_declined') return null
  return code === 'charge_in_progress' ? new Date(now.getTime() + HOUR_MS) : dayAfter(now)
}

/** An attempt that ends without a decline leaves its order to the next day; a decline plans anew. */
function dayAfter(now: Date): Date {
  return new Date(now.getTime() + DAY_MS)
}
