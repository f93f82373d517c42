import { sql } from 'kysely'
import { hasPaymentMethod } from '../backers/filter.ts'
import type { MoveResult } from '../operations/result.ts'
import type { StepAnswer } from '../operations/start-step.ts'
import type { Actor } from '../shared/actor.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type Mailing, type MailingInput, mailingRefusal, previewMailing, startMailing } from './mailing.ts'

export const remindMailing: Mailing = {
  kind: 'remind_backers',
  message: 'reminder',
  event: 'survey_reminded',
  left_out: sql`case
    when b.survey = 'completed' then 'already_answered'
    when b.survey = 'withdrawn' then 'pledge_withdrawn'
    when b.survey = 'waiting' then 'pledge_waiting'
    when b.survey = 'not_sent' then 'survey_not_sent'
    when b.email_state = 'bounced' then 'mail_bounced' end`,
  sets: (now) => sql`reminders = b.reminders + 1, reminded_at = ${now}`,
  occasion: () => sql`'reminder:' || m.reminders`,
}

export interface MailingPreview extends MoveResult {
  /** why nothing can be sent now */
  refusal: 'prices_not_saved' | 'smtp_missing' | null
}

/** Counts what a reminder would do now. Changes nothing. */
export async function previewRemindBackers(db: Db, actor: Actor, input: MailingInput): Promise<MailingPreview> {
  return await preview(db, actor, remindMailing, input)
}

/**
 * Reminds those of a selection who got the survey and have not answered it. Guarantees: one mail and one event for each, numbered;
 * whoever answers before the mail leaves gets none. Over 1,000 backers it is queued as an operation. Refuses `smtp_missing`.
 */
export async function remindBackers(tx: Tx, actor: Actor, input: MailingInput): Promise<StepAnswer> {
  return await startMailing(tx, actor, remindMailing, input)
}

export const askPaymentMethodMailing: Mailing = {
  kind: 'ask_payment_method',
  message: 'payment_method_needed',
  event: 'payment_method_asked',
  left_out: sql`case
    when b.survey = 'withdrawn' then 'pledge_withdrawn'
    when o.id is null then 'no_order'
    when o.status = 'canceled' then 'order_canceled'
    when not (o.status in ('open', 'locked', 'errored') and (o.balance_due > 0 or (o.status = 'open' and c.payment_method_required)))
      then 'nothing_owed'
    when ${hasPaymentMethod} then 'payment_method_there'
    when b.email_state = 'bounced' then 'mail_bounced' end`,
  sets: () => sql`reminded_at = b.reminded_at`,
  occasion: (operation_id) => sql`${operation_id}::text`,
}

/** Counts whom a mail about the missing payment method would reach now. Changes nothing. */
export async function previewAskPaymentMethod(db: Db, actor: Actor, input: MailingInput): Promise<MailingPreview> {
  return await preview(db, actor, askPaymentMethodMailing, input)
}

/**
 * Mails those of a selection whose order lacks a payment method that it needs. Guarantees and refusals as for a reminder.
 */
export async function askPaymentMethod(tx: Tx, actor: Actor, input: MailingInput): Promise<StepAnswer> {
  return await startMailing(tx, actor, askPaymentMethodMailing, input)
}

async function preview(db: Db, actor: Actor, mailing: Mailing, input: MailingInput): Promise<MailingPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  return { ...(await previewMailing(db, mailing, input)), refusal: mailingRefusal(campaign, input, false) }
}
