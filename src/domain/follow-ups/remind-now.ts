import { type RawBuilder, sql } from 'kysely'
import { refuseWithoutSmtp } from '../messages/refuse-without-smtp.ts'
import { type LeftOut, type MoveResult, toResult } from '../operations/result.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { isUnderWay, lastDecline } from './failed-cards.ts'

export interface RemindInput {
  campaign_id: string
  selection: Selection
}

/** Why the backer of an errored order is not reminded now, or null. Aliases `o`, `b`, and `f` the follow-up or nulls. */
function leftOut(now: Date): RawBuilder<string | null> {
  return sql`case
    when o.balance_due <= 0 then 'nothing_owed'
    when b.survey = 'withdrawn' then 'pledge_withdrawn'
    when b.email_state = 'bounced' then 'mail_bounced'
    when o.held_at is not null then 'on_hold'
    when ${isUnderWay} then 'charge_in_progress'
    when f.remind_on is not null then 'day_named'
    when coalesce((select max(m.created_at) from messages m where m.campaign_id = o.campaign_id and m.backer_id = o.backer_id
      and m.kind in ('charge_failed', 'payment_reminder')), '-infinity') > ${now}::timestamptz - interval '1 day' then 'mailed_today' end`
}

function picked({ campaign_id, selection }: RemindInput, now: Date): RawBuilder<unknown> {
  return sql`select o.id, d.id as attempt_id, ${leftOut(now)} as code
    from orders o
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    cross join lateral ${lastDecline} d
    left join payment_follow_ups f on f.campaign_id = o.campaign_id and f.order_id = o.id
    where o.campaign_id = ${campaign_id} and o.status = 'errored' and ${selectionCondition(selection)}`
}

const COUNTED = sql`select coalesce(code, 'moved') as code, count(*)::int as count,
    (array_agg(id order by id) filter (where code is not null))[1:5] as sample_ids
  from picked group by 1 order by 2 desc, 1`

/** Counts whom a reminder would reach now, and why others get none. Changes nothing. */
export async function previewRemindNow(db: Db, actor: Actor, input: RemindInput, now: Date): Promise<MoveResult> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const { rows } = await sql<LeftOut>`with picked as (${picked(input, now)}) ${COUNTED}`.execute(db)
  return toResult(rows)
}

/**
 * Reminds the backers of failed payments now instead of on their day: their reminders become due, and the worker sends them. Guarantees: one
 * mail a day at most; who named a day is left in peace until then; it counts as one of the series. Refuses `smtp_missing`.
 */
export async function remindNow(tx: Tx, actor: Actor, input: RemindInput & { smtp: boolean }): Promise<MoveResult> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  refuseWithoutSmtp(campaign, input.smtp)
  const { rows } = await sql<LeftOut>`with picked as (${picked(input, tx.now)}),
    written as (
      insert into payment_follow_ups (campaign_id, order_id, attempt_id, remind_at, updated_at)
      select ${campaign.id}::uuid, id, attempt_id, ${tx.now}::timestamptz, ${tx.now}::timestamptz from picked where code is null
      on conflict (campaign_id, order_id) do update set remind_at = excluded.remind_at, updated_at = excluded.updated_at
    ) ${COUNTED}`.execute(tx.db)
  const result = toResult(rows)
  if (result.moved > 0) {
    await appendEvent(tx, actor, {
      campaign_id: campaign.id,
      kind: 'payment_reminders_asked',
      data: { orders: result.moved },
    })
    await tx.enqueue({ job: 'retry_cards' })
  }
  return result
}
