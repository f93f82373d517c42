import type { Row } from '../../db/types.ts'
import type { BackerKey } from '../shared/keys.ts'
import type { Db } from '../shared/tx.ts'
import { cardIsServed } from './charging.ts'

/** A card on file, as far as anybody needs to see it. */
export interface MethodOnFile extends Row<'payment_methods'> {
  /** its last month is over; it is usable all the same, and shown with a warning */
  is_expired: boolean
}

/** A card is good to the end of the month that stands on it; months end everywhere on earth before it counts as expired. */
export function isCardExpired(card: { exp_month: number; exp_year: number }, now: Date): boolean {
  // Day 1 of the next month in the last zone of the earth (UTC-12).
  return now.getTime() >= Date.UTC(card.exp_year, card.exp_month, 1, 12)
}

/**
 * The card of a backer that would be charged: the newest that is usable, saved at the gateway account and mode in use; null when there is none. It
 * belongs to the backer: there may be no order yet.
 */
export async function findMethodOfBacker(db: Db, key: BackerKey, now: Date): Promise<MethodOnFile | null> {
  const method = await db
    .selectFrom('payment_methods')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('backer_id', '=', key.backer_id)
    .where('state', '=', 'usable')
    .where(cardIsServed('payment_methods'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return method ? { ...method, is_expired: isCardExpired(method, now) } : null
}
