import { sql } from 'kysely'
import { reasonSentence } from '../../lib/reason-text.ts'
import { dateText } from '../../lib/time-text.ts'
import { takeOrder } from '../orders/find-order.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { cardOf, type FailedOrder, findFailedOrders, morningOf, type Planned, saveFollowUps } from './failed-cards.ts'
import { daysToName, nextReminderAt, REMIND_ON_DAYS } from './reminder-rule.ts'
import { nextRetryAt } from './retry-rule.ts'

/**
 * "I will pay on …": until that day (YYYY-MM-DD of the campaign's calendar) nothing is sent and the card is not tried by itself; on its
 * morning one reminder leaves, and the card may be tried again from the day after. Null takes the day back, and the series goes on. By the
 * backer, or staff for them; an event says who. Refuses a day that is not ahead or lies more than 30 days ahead (`remind_on_range`), an order
 * that is not errored (`wrong_status`), one that owes nothing (`nothing_owed`), and a charge under way (`charge_in_progress`).
 */
export async function remindOn(tx: Tx, actor: Actor, input: OrderKey & { date: string | null }): Promise<Planned> {
  const { campaign_id, order_id, date } = input
  const campaign = await ownCampaign(tx.db, actor, campaign_id)
  const order = await takeOrder(tx, input)
  mayActFor(actor, order.backer_id)
  if (date !== null) refuseDay(date, dateText(tx.now, campaign.time_zone))
  if (order.status !== 'errored') throw refusal('wrong_status')
  if (order.balance_due <= 0) throw refusal('nothing_owed')
  if (await findAttemptUnderWay(tx.db, input)) throw refusal('charge_in_progress')
  const [failed] = await findFailedOrders(tx.db, campaign_id, [order_id], tx.now)
  // Errored by a decline: there is always one.
  if (!failed) throw refusal('wrong_status')
  const planned = date === null ? planWithoutDay(failed, tx.now) : planDay(failed, date, await morningsOf(tx, campaign_id, date))
  if (failed.remind_on === date && failed.attempt_before !== null) return planned
  await saveFollowUps(tx.db, campaign_id, [planned], tx.now)
  await appendEvent(tx, actor, {
    campaign_id,
    kind: date === null ? 'remind_on_withdrawn' : 'remind_on_named',
    backer_id: order.backer_id,
    order_id,
    data: date === null ? {} : { date },
  })
  return planned
}

function refuseDay(date: string, today: string): void {
  const { first, last } = daysToName(today)
  if (date >= first && date <= last) return
  const message = `Name a day between tomorrow and ${REMIND_ON_DAYS} days ahead.`
  throw invalid(message, [{ field: 'date', code: 'remind_on_range', message }], 'remind_on_range')
}

function refusal(code: string): DomainError {
  return new DomainError(code, reasonSentence(code))
}

/** The mornings of the day and of the day after, in the campaign's zone. */
async function morningsOf(tx: Tx, campaign_id: string, date: string): Promise<{ remind_at: Date; not_before: Date }> {
  const { rows } = await sql<{ remind_at: Date; not_before: Date }>`select ${morningOf(sql`${date}::date`)} as remind_at,
      ${morningOf(sql`${date}::date`, 1)} as not_before
    from campaigns c where c.id = ${campaign_id}`.execute(tx.db)
  const [mornings] = rows
  if (!mornings) throw new Error('The campaign has no row.')
  return mornings
}

function planDay(order: FailedOrder, date: string, mornings: { remind_at: Date; not_before: Date }): Planned {
  const { order_id, attempt_id, reminders } = order
  const retry_at = nextRetryAt(cardOf(order, mornings.not_before))
  return { order_id, attempt_id, retry_at, remind_at: mornings.remind_at, reminders, remind_on: date }
}

function planWithoutDay(order: FailedOrder, now: Date): Planned {
  const { order_id, attempt_id, reminders } = order
  const remind_at = nextReminderAt(reminders, now)
  return { order_id, attempt_id, retry_at: nextRetryAt(cardOf(order, null)), remind_at, reminders, remind_on: null }
}
