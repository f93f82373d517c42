import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { queueMessages } from '../messages/queue-message.ts'
import { SYSTEM } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { endFollowUps, isUnderWay } from './failed-cards.ts'
import { nextReminderAt, REMINDERS } from './reminder-rule.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The campaigns in which a backer is due to be reminded: one look into the index for each. */
export async function findCampaignsWithReminders(db: Db, now: Date): Promise<string[]> {
  const { rows } = await sql<{ campaign_id: string }>`select c.id as campaign_id from campaigns c
    where exists (select 1 from payment_follow_ups f where f.campaign_id = c.id and f.remind_at <= ${now})`.execute(db)
  return rows.map((row) => row.campaign_id)
}

/** A follow-up whose reminder is due, with what decides whether it leaves. */
export interface DueReminder {
  order_id: string
  backer_id: string
  attempt_id: string
  reminders: number
  remind_on: string | null
  status: Row<'orders'>['status']
  balance_due: number
  is_held: boolean
  is_under_way: boolean
  /** the address bounced, or the pledge was withdrawn */
  is_out_of_reach: boolean
}

/**
 * Queues the reminders that are due, `limit` at most: one mail and one event for each, numbered, and the next one planned; the last of the
 * series plans none. Nobody is reminded who paid, was canceled or is on hold; one whose charge is under way waits an hour. Safe with two
 * workers: each takes others. Answers how many it dealt with.
 */
export async function sendReminders(tx: Tx, campaign_id: string, limit: number): Promise<number> {
  const due = await takeDue(tx, campaign_id, limit)
  const plans = due.map((one) => ({ one, plan: planReminder(one, tx.now) }))
  await endFollowUps(
    tx.db,
    campaign_id,
    plans.flatMap(({ one, plan }) => (plan === 'over' ? [one.order_id] : [])),
  )
  const kept = plans.flatMap(({ one, plan }) => (plan === 'over' ? [] : [{ ...one, ...plan }]))
  await sql`update payment_follow_ups f set remind_at = x.remind_at, reminders = x.reminders, remind_on = x.remind_on, updated_at = ${tx.now}
    from unnest(${kept.map((one) => one.order_id)}::uuid[], ${kept.map((one) => one.next_at)}::timestamptz[],
      ${kept.map((one) => one.number ?? one.reminders)}::int[], ${kept.map((one) => (one.number ? null : one.remind_on))}::date[])
      x (order_id, remind_at, reminders, remind_on)
    where f.campaign_id = ${campaign_id} and f.order_id = x.order_id`.execute(tx.db)
  const sent = kept.flatMap(({ number, ...one }) => (number === null ? [] : [{ ...one, number }]))
  await queueMails(tx, campaign_id, sent)
  return due.length
}

async function takeDue(tx: Tx, campaign_id: string, limit: number): Promise<DueReminder[]> {
  const { rows } =
    await sql<DueReminder>`select f.order_id, o.backer_id, f.attempt_id, f.reminders, f.remind_on, o.status, o.balance_due,
      o.held_at is not null as is_held, ${isUnderWay} as is_under_way,
      (b.email_state = 'bounced' or b.survey = 'withdrawn') as is_out_of_reach
    from payment_follow_ups f
    join orders o on o.campaign_id = f.campaign_id and o.id = f.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where f.campaign_id = ${campaign_id} and f.remind_at <= ${tx.now}
    order by f.remind_at, f.order_id limit ${sql.lit(limit)} for update of f skip locked`.execute(tx.db)
  return rows
}

/** `number`: the reminder that leaves now; null: none does. `over`: nothing follows any more. */
export type ReminderPlan = 'over' | { number: number | null; next_at: Date | null }

/** What becomes of a reminder that is due. */
export function planReminder(due: DueReminder, now: Date): ReminderPlan {
  const later = (ms: number) => ({ number: null, next_at: new Date(now.getTime() + ms) })
  if (due.status !== 'errored') return 'over'
  if (due.balance_due <= 0 || due.is_out_of_reach) return { number: null, next_at: null }
  if (due.is_held) return later(DAY_MS)
  if (due.is_under_way) return later(HOUR_MS)
  const number = due.reminders + 1
  return { number, next_at: nextReminderAt(number, now) }
}

async function queueMails(tx: Tx, campaign_id: string, sent: readonly (DueReminder & { number: number })[]): Promise<void> {
  if (sent.length === 0) return
  const told = sent.map(({ order_id, backer_id, attempt_id, number, balance_due, remind_on }) => ({
    order_id,
    backer_id,
    attempt_id,
    number,
    amount: balance_due,
    is_last: number >= REMINDERS,
    day: remind_on,
  }))
  await queueMessages(
    tx,
    told.map(({ backer_id, ...data }) => ({
      campaign_id,
      backer_id,
      kind: 'payment_reminder',
      occasion: `${data.attempt_id}:${data.number}`,
      data,
    })),
  )
  await tx.db
    .insertInto('events')
    .values(
      told.map(({ order_id, backer_id, number, amount, is_last }) => ({
        campaign_id,
        kind: 'payment_reminded',
        order_id,
        backer_id,
        actor_kind: SYSTEM.kind,
        data: JSON.stringify({ number, amount, is_last }),
        at: tx.now,
      })),
    )
    .execute()
}
