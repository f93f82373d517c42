import { type RawBuilder, sql } from 'kysely'
import { type BackerSelection, backerSelectionCondition } from '../backers/selection.ts'
import type { MessageKind } from '../messages/kinds.ts'
import { refuseWithoutSmtp } from '../messages/refuse-without-smtp.ts'
import { type LeftOut, type MoveResult, toResult } from '../operations/result.ts'
import { type StepAnswer, startStep } from '../operations/start-step.ts'
import { beginOperation, finishOperation } from '../operations/write-operation.ts'
import type { Actor } from '../shared/actor.ts'
import { jsonb } from '../shared/events.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'

/*
 * A mailing: one kind of mail to a selection of backers. Like a transition of orders it is one statement for the whole selection, its
 * preview is the same statement without the write, and who is left out is counted by a reason code.
 */

export interface Mailing {
  /** kind of the operation */
  kind: MailingKind
  message: MessageKind
  event: string
  /** why a backer is left out, or null. Aliases: `b` backers, `o` their order or nulls, `c` the campaign */
  left_out: RawBuilder<string | null>
  /** the columns of the backer it sets */
  sets(now: Date): RawBuilder<unknown>
  /** what makes the mail unique, over the backer as saved (`m`) */
  occasion(operation_id: string): RawBuilder<string>
}

export const MAILING_KINDS = ['send_surveys', 'remind_backers', 'ask_payment_method'] as const
export type MailingKind = (typeof MAILING_KINDS)[number]

export interface MailingInput {
  campaign_id: string
  selection: BackerSelection
  /** a mail server is set up (`deps.mailer !== null`); without one a live campaign sends nothing */
  smtp: boolean
}

/** The backers of a selection with the state their condition was read in. */
function picked(mailing: Mailing, campaign_id: string, selection: BackerSelection): RawBuilder<unknown> {
  return sql`select b.id, b.version, b.survey, b.email_state, o.id as order_id, ${mailing.left_out} as code
    from backers b
    join campaigns c on c.id = b.campaign_id
    left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
    where b.campaign_id = ${campaign_id} and ${backerSelectionCondition(selection)}`
}

/** What a mailing would do now, without doing it. `sample_ids` are backers. */
export async function previewMailing(db: Db, mailing: Mailing, input: Omit<MailingInput, 'smtp'>): Promise<MoveResult> {
  const { rows } = await sql<LeftOut>`with picked as (${picked(mailing, input.campaign_id, input.selection)})
    select coalesce(p.code, 'moved') as code, count(*)::int as count, (array_agg(p.id order by p.id))[1:5] as sample_ids
    from picked p group by 1 order by 2 desc, 1`.execute(db)
  return toResult(rows)
}

/** Writes the operation of a mailing and carries it out, or leaves it to the worker when it is large. */
export async function startMailing(tx: Tx, actor: Actor, mailing: Mailing, input: MailingInput): Promise<StepAnswer> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  refuseWithoutSmtp(campaign, input.smtp)
  const { total } = await previewMailing(tx.db, mailing, input)
  const operation = { campaign_id: campaign.id, kind: mailing.kind, input: { selection: input.selection }, total }
  return await startStep(tx, actor, operation, (key) => carryOutMailing(tx, actor, mailing, key))
}

/** Does the work of a mailing in the caller's transaction. One that is over is not done twice. */
export async function carryOutMailing(
  tx: Tx,
  actor: Actor,
  mailing: Mailing,
  ids: { campaign_id: string; operation_id: string },
): Promise<MoveResult> {
  const { operation, result: before } = await beginOperation(tx, ids)
  if (before) return before
  const { selection } = operation.input as { selection: BackerSelection }
  if (!('backer_ids' in selection)) await planForSets(tx.db)
  const { rows } = await mailStatement(tx, actor, mailing, { ...ids, selection }).execute(tx.db)
  const result = toResult(rows)
  await finishOperation(tx, ids, result)
  await tx.enqueue({ job: 'deliver_messages' })
  return result
}

interface MailStatement {
  campaign_id: string
  operation_id: string
  selection: BackerSelection
}

/** The one statement: marks the backers that qualify, writes an event and a mail for each, and tells who was left out and why. */
function mailStatement(tx: Tx, actor: Actor, mailing: Mailing, input: MailStatement): RawBuilder<LeftOut> {
  const { campaign_id, operation_id } = input
  return sql<LeftOut>`with picked as (${picked(mailing, campaign_id, input.selection)}),
    moved as (
      update backers b set version = b.version + 1, updated_at = ${tx.now}, ${mailing.sets(tx.now)}
      from picked p
      where b.campaign_id = ${campaign_id} and b.id = p.id and p.code is null
        and b.version = p.version and b.survey = p.survey and b.email_state = p.email_state
      returning b.id, b.reminders, p.order_id
    ),
    written as (
      insert into events (campaign_id, kind, backer_id, order_id, actor_kind, actor_id, operation_id, at)
      select ${campaign_id}::uuid, ${mailing.event}::text, m.id, m.order_id, ${actor.kind}::text, ${actor.id}::text,
        ${operation_id}::uuid, ${tx.now}::timestamptz
      from moved m
    ),
    mailed as (
      insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
      select ${campaign_id}::uuid, gen_random_uuid(), ${mailing.message}::text, m.id, ${mailing.occasion(operation_id)},
        ${jsonb({ operation_id })}, 'queued', ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from moved m
      on conflict (campaign_id, kind, backer_id, occasion) do nothing
    )
    select coalesce(p.code, case when m.id is null then 'changed_meanwhile' else 'moved' end) as code,
      count(*)::int as count, (array_agg(p.id order by p.id))[1:5] as sample_ids
    from picked p left join moved m on m.id = p.id group by 1 order by 2 desc, 1`
}

/** Why a mailing would be refused as a whole, for its preview; null when it may be sent. */
export function mailingRefusal(
  campaign: Campaign,
  input: { smtp: boolean },
  asksForPrices: boolean,
): 'prices_not_saved' | 'smtp_missing' | null {
  if (asksForPrices && !campaign.prices_saved_at) return 'prices_not_saved'
  return campaign.mode === 'live' && !input.smtp ? 'smtp_missing' : null
}
