import type { Tx } from '../shared/tx.ts'
import { cardOf, type FailedOrder, findFailedOrders, type Planned, saveFollowUps } from './failed-cards.ts'
import { nextReminderAt } from './reminder-rule.ts'
import { nextRetryAt } from './retry-rule.ts'

/**
 * Writes down what follows the declines of these orders, in the transaction that books them: when the card is tried again by itself, and when
 * its backer is reminded. A decline of another card, or of an order that was not errored before, begins a new series; any other goes on with
 * the one there is, so that it ends. Orders that are not errored are left alone. Answers the orders whose backers know already: an automatic
 * try was declined with the reason that they were mailed before, so no other mail says it again.
 */
export async function followDeclines(tx: Tx, campaign_id: string, order_ids: readonly string[]): Promise<Set<string>> {
  if (order_ids.length === 0) return new Set()
  const orders = (await findFailedOrders(tx.db, campaign_id, order_ids, tx.now)).filter(({ status }) => status === 'errored')
  await saveFollowUps(
    tx.db,
    campaign_id,
    orders.map((order) => planFollowUp(order, tx.now)),
    tx.now,
  )
  return new Set(orders.filter(isToldBefore).map(({ order_id }) => order_id))
}

function isToldBefore(order: FailedOrder): boolean {
  return order.source === 'retry' && !beginsSeries(order) && order.code_before === order.code
}

/** What follows a decline: the rules over its facts. */
export function planFollowUp(order: FailedOrder, now: Date): Planned {
  const { order_id, attempt_id, reminders, remind_on } = order
  if (beginsSeries(order)) {
    const card = cardOf(order, null)
    return {
      order_id,
      attempt_id,
      retry_at: nextRetryAt(card),
      remind_at: nextReminderAt(0, now),
      reminders: 0,
      remind_on: null,
    }
  }
  return { order_id, attempt_id, retry_at: nextRetryAt(cardOf(order)), remind_at: remindAt(order, now), reminders, remind_on }
}

function beginsSeries({ attempt_before, was_errored, card_before, declined_card }: FailedOrder): boolean {
  return attempt_before === null || !was_errored || card_before !== declined_card
}

/** An automatic try changes nothing about the reminders. After any other its backer was just mailed, and the next mail leaves some days. */
function remindAt({ source, remind_at, remind_on, reminders }: FailedOrder, now: Date): Date | null {
  if (source === 'retry' || remind_on !== null || remind_at === null) return remind_at
  const next = nextReminderAt(reminders, now)
  return next && next > remind_at ? next : remind_at
}
