import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { cardOfMethod } from '../orders/conditions.ts'
import { notOver } from '../payments/attempts.ts'
import type { DeclineClass } from '../payments/declines.ts'
import type { Db } from '../shared/tx.ts'
import { CARD_LIMITS, type FailedCard } from './retry-rule.ts'

export type FollowUp = Row<'payment_follow_ups'>

/** The last decline of the order `o`: why it is errored. One probe for each order. */
export const lastDecline = sql`(select a.id, a.code, a.decline_class, a.settled_at, a.card, a.source, a.amount from payment_attempts a
  where a.campaign_id = o.campaign_id and a.order_id = o.id and a.state = 'declined' order by a.number desc limit 1)`

/** Whether a charge of the order `o` is not over. */
export const isUnderWay = sql<boolean>`exists (select 1 from payment_attempts u
  where u.campaign_id = o.campaign_id and u.order_id = o.id and u.state in ${notOver})`

/** From when a card may be tried again whose backer named `remind_on`: the morning after the reminder, in the campaign's zone. */
export function morningOf(day: RawBuilder<string | null>, plus_days = 0): RawBuilder<Date | null> {
  return sql<Date | null>`((${day} + ${sql.lit(plus_days)} + time '09:00') at time zone c.time_zone)`
}

/** An order whose charge was declined, its card, and what is to follow so far. */
export interface FailedOrder extends Omit<FailedCard, 'not_before'> {
  order_id: string
  backer_id: string
  status: Row<'orders'>['status']
  balance_due: number
  is_held: boolean
  attempt_id: string
  source: Row<'payment_attempts'>['source']
  /** the card that was declined */
  declined_card: string
  /** the card on file, told by its fingerprint; null: none */
  card: string | null
  /** it was errored before this decline too */
  was_errored: boolean
  /** the follow-up so far: which decline it followed, of which card */
  attempt_before: string | null
  code_before: string | null
  card_before: string | null
  reminders: number
  remind_at: Date | null
  remind_on: string | null
  not_before: Date | null
}

/**
 * The facts that the rules need, of those of these orders that were ever declined. Tries are those of the card on file, for whichever order
 * of the campaign it was: one card of two backers is one card to its bank. Those that succeeded are no tries of a failed card, unless they
 * were automatic; those that were refused never reached it.
 */
export async function findFailedOrders(
  db: Db,
  campaign_id: string,
  order_ids: readonly string[],
  now: Date,
): Promise<FailedOrder[]> {
  const from = new Date(now.getTime() - CARD_LIMITS.days * 86_400_000)
  const { rows } = await sql<FailedOrder>`with flying as materialized (
      select card, created_at from payment_attempts where campaign_id = ${campaign_id} and state in ${notOver} and source <> 'retry'
    )
    select o.id as order_id, o.backer_id, o.status, o.balance_due, o.held_at is not null as is_held,
      d.id as attempt_id, coalesce(d.code, 'card_declined') as code, coalesce(d.decline_class, 'soft') as decline_class,
      coalesce(d.settled_at, o.updated_at) as declined_at, d.source, d.card as declined_card, p.card,
      coalesce((select e.from_status = 'errored' from events e where e.campaign_id = o.campaign_id and e.order_id = o.id
        and e.order_version = o.version and e.kind = 'charge_failed'), true) as was_errored,
      array(select a.created_at from payment_attempts a where a.campaign_id = o.campaign_id and a.card = p.card
        and (a.state = 'declined' or a.source = 'retry') and a.state <> 'refused' and a.created_at > ${from}
        order by a.created_at desc limit ${sql.lit(CARD_LIMITS.tries)})
        || array(select y.created_at from flying y where y.card = p.card limit ${sql.lit(CARD_LIMITS.tries)}) as tries,
      (select count(*)::int from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id and a.card = p.card
        and a.source = 'retry' and a.created_at > ${from}) as retries,
      exists (select 1 from payment_attempts a where a.campaign_id = o.campaign_id and a.card = p.card and a.decline_class = 'hard')
        as is_dead,
      f.attempt_id as attempt_before, before.code as code_before, before.card as card_before, coalesce(f.reminders, 0) as reminders,
      f.remind_at, f.remind_on, ${morningOf(sql`f.remind_on`, 1)} as not_before
    from orders o
    join campaigns c on c.id = o.campaign_id
    cross join lateral ${lastDecline} d
    left join lateral (select ${cardOfMethod} as card from payment_methods p
      where p.campaign_id = o.campaign_id and p.id = o.payment_method_id) p on true
    left join payment_follow_ups f on f.campaign_id = o.campaign_id and f.order_id = o.id
    left join payment_attempts before on before.campaign_id = f.campaign_id and before.id = f.attempt_id
    where o.campaign_id = ${campaign_id} and o.id = any(${[...order_ids]}::uuid[])
    order by o.number`.execute(db)
  return rows
}

/** The rule's view of an order: the card on file, as its last decline left it. */
export function cardOf({ not_before, ...order }: FailedOrder, named = not_before): FailedCard {
  const { code, decline_class, declined_at, is_dead, retries, tries } = order
  return { code, decline_class: decline_class as DeclineClass, declined_at, is_dead, retries, tries, not_before: named }
}

/** What is written down of a follow-up. */
export type Planned = Pick<FollowUp, 'order_id' | 'attempt_id' | 'retry_at' | 'remind_at' | 'reminders' | 'remind_on'>

/** Writes follow-ups, one for each order, over what stood there. */
export async function saveFollowUps(db: Db, campaign_id: string, planned: readonly Planned[], now: Date): Promise<void> {
  if (planned.length === 0) return
  await db
    .insertInto('payment_follow_ups')
    .values(planned.map((one) => ({ campaign_id, ...one, updated_at: now })))
    .onConflict((conflict) =>
      conflict.columns(['campaign_id', 'order_id']).doUpdateSet((eb) => ({
        attempt_id: eb.ref('excluded.attempt_id'),
        retry_at: eb.ref('excluded.retry_at'),
        remind_at: eb.ref('excluded.remind_at'),
        reminders: eb.ref('excluded.reminders'),
        remind_on: eb.ref('excluded.remind_on'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    )
    .execute()
}

/** Nothing more follows for these orders. */
export async function endFollowUps(db: Db, campaign_id: string, order_ids: readonly string[]): Promise<void> {
  if (order_ids.length === 0) return
  await db
    .deleteFrom('payment_follow_ups')
    .where('campaign_id', '=', campaign_id)
    .where('order_id', 'in', [...order_ids])
    .execute()
}
