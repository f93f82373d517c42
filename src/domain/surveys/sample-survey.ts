import type { Row } from '../../db/types.ts'
import type { Catalog } from '../catalog/load-catalog.ts'
import type { Campaign } from '../shared/policy.ts'
import type { SurveyFile } from './drafts.ts'
import type { SurveyData } from './schema.ts'
import { type SurveyView, surveyView } from './survey-view.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * The survey of a made-up backer: someone who pledged exactly the price of this level, paid no shipping there, and has answered nothing.
 * Null is a pledge without reward. A rule: nothing is stored, and the view is the one that a real backer's pages use.
 */
export function sampleSurvey(
  campaign: Campaign,
  catalog: Catalog,
  input: { level_id: string | null; country: string | null; now: Date },
): SurveyView {
  const level = catalog.levels.find(({ id }) => id === input.level_id) ?? null
  const file: SurveyFile = {
    backer: sampleBacker(campaign, input, level?.price ?? 0),
    order: null,
    draft: null,
    pledged_addons: {},
    data: emptyData(input.country),
  }
  return surveyView(campaign, catalog, file, file.data)
}

function emptyData(country: string | null): SurveyData {
  return { answers: {}, options: {}, addons: {}, country, address: null, address_accepted: false }
}

function sampleBacker(
  campaign: Campaign,
  input: { level_id: string | null; country: string | null; now: Date },
  price: number,
): Row<'backers'> {
  return {
    campaign_id: campaign.id,
    id: NOBODY,
    platform_uid: null,
    platform_number: null,
    name: 'A backer',
    email: 'backer@example.com',
    email_state: 'ok',
    contact_saved_here: false,
    level_id: input.level_id,
    pledge_status: 'collected',
    pledge_amount: price,
    pledge_minimum: price,
    pledge_shipping: 0,
    pledge_bonus: 0,
    pledge_country: input.country,
    country: input.country,
    pledged_at: null,
    survey: 'sent',
    survey_sent_at: input.now,
    survey_started_at: null,
    reminded_at: null,
    reminders: 0,
    link_version: 1,
    prefill: {},
    report_note: '',
    staff_note: '',
    row_hash: null,
    import_id: null,
    version: 1,
    created_at: input.now,
    updated_at: input.now,
  }
}
