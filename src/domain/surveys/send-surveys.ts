import { sql } from 'kysely'
import { priceMissing } from '../catalog/price-missing.ts'
import type { LeftOut } from '../operations/result.ts'
import type { StepAnswer } from '../operations/start-step.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type CatalogueWarning, findCatalogueWarnings } from './catalogue-warnings.ts'
import { type Mailing, type MailingInput, mailingRefusal, previewMailing, startMailing } from './mailing.ts'

export const sendSurveysMailing: Mailing = {
  kind: 'send_surveys',
  message: 'invitation',
  event: 'survey_sent',
  left_out: sql`case
    when b.survey = 'withdrawn' then 'pledge_withdrawn'
    when b.survey = 'waiting' then 'pledge_waiting'
    when b.survey <> 'not_sent' then 'already_sent'
    when ${priceMissing} then 'prices_not_saved'
    when b.email_state = 'bounced' then 'mail_bounced' end`,
  sets: (now) => sql`survey = 'sent', survey_sent_at = ${now}`,
  // A pledge that was decided anew is invited anew; one operation invites once.
  occasion: (operation_id) => sql`${operation_id}::text`,
}

export interface SendPreview {
  total: number
  /** backers who will get a mail */
  moved: number
  /** already_sent, pledge_waiting, pledge_withdrawn, prices_not_saved (a later report's level or add-on), mail_bounced; `sample_ids` are backers */
  left: LeftOut[]
  /** things to know before the act; none of them refuses it */
  warnings: CatalogueWarning[]
  /** why nothing can be sent now: prices_not_saved, smtp_missing */
  refusal: 'prices_not_saved' | 'smtp_missing' | null
}

/** Counts what sending the survey would do now. Changes nothing. Answers 404 for a campaign that is not the actor's. */
export async function previewSendSurveys(db: Db, actor: Actor, input: MailingInput): Promise<SendPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const { total, moved, left } = await previewMailing(db, sendSurveysMailing, input)
  return {
    total,
    moved,
    left,
    warnings: await findCatalogueWarnings(db, campaign),
    refusal: mailingRefusal(campaign, input, true),
  }
}

/**
 * Sends the survey to a selection of backers. Guarantees: one invitation and one event for each; who has it already, waits for the
 * platform, withdrew, bounced, or pledged for something without a price is left out and counted. Over 1,000 backers it is queued as an operation. Refuses: `prices_not_saved`,
 * `smtp_missing` (a live campaign without a mail server).
 */
export async function sendSurveys(tx: Tx, actor: Actor, input: MailingInput): Promise<StepAnswer> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  if (!campaign.prices_saved_at) {
    throw new DomainError('prices_not_saved', 'Say what the pledge paid for before surveys are sent.')
  }
  const answer = await startMailing(tx, actor, sendSurveysMailing, input)
  // The invitation names the lockdown date: from here on backers know it.
  if (campaign.lockdown_on && !campaign.lockdown_shown && (answer.moved > 0 || answer.state === 'queued')) {
    await tx.db.updateTable('campaigns').set({ lockdown_shown: true }).where('id', '=', campaign.id).execute()
  }
  return answer
}
