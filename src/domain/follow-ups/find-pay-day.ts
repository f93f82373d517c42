import type { Row } from '../../db/types.ts'
import { dateText } from '../../lib/time-text.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { daysToName } from './reminder-rule.ts'

/** The day on which the backer of a failed payment wants to pay. Days are YYYY-MM-DD. */
export interface PayDay {
  named: string | null
  /** the days that may be named */
  first: string
  last: string
  /** when the card is tried again by itself; null: it is not */
  retry_at: Date | null
}

/** What a backer may say about the day of their payment; null: no failed payment of theirs waits, or a charge is under way. */
export async function findPayDay(
  db: Db,
  campaign: Campaign,
  order: Row<'orders'>,
  { is_under_way, now }: { is_under_way: boolean; now: Date },
): Promise<PayDay | null> {
  if (order.status !== 'errored' || order.balance_due <= 0 || is_under_way) return null
  const found = await db
    .selectFrom('payment_follow_ups')
    .select(['remind_on', 'retry_at'])
    .where('campaign_id', '=', order.campaign_id)
    .where('order_id', '=', order.id)
    .executeTakeFirst()
  const retry_at = campaign.retry_failed_cards && order.held_at === null ? (found?.retry_at ?? null) : null
  return { named: found?.remind_on ?? null, ...daysToName(dateText(now, campaign.time_zone)), retry_at }
}
