import type { ColumnType, Generated } from 'kysely'
import type { Json, JsonDefault, MaybeTime, Time } from './column-types.ts'

type SurveyStep = 'start' | 'questions' | 'addons' | 'address' | 'payment' | 'review'

/** Who pledged, for what, and the survey that they have not confirmed yet. */
export interface BackerTables {
  backers: {
    campaign_id: string
    id: string
    platform_uid: string | null
    platform_number: number | null
    name: string
    email: string
    email_state: ColumnType<'ok' | 'relay' | 'bounced', 'ok' | 'relay' | 'bounced' | undefined, 'ok' | 'relay' | 'bounced'>
    contact_saved_here: Generated<boolean>
    level_id: string | null
    pledge_status: string
    pledge_amount: number
    pledge_minimum: Generated<number>
    pledge_shipping: Generated<number>
    pledge_bonus: number | null
    pledge_country: string | null
    /** copy: where it goes, that of the order, else of the pledge */
    country: string | null
    /** local time of the platform, as text: the report has no zone */
    pledged_at: string | null
    survey: 'not_sent' | 'sent' | 'started' | 'waiting' | 'withdrawn' | 'completed'
    survey_sent_at: MaybeTime
    survey_started_at: MaybeTime
    reminded_at: MaybeTime
    reminders: Generated<number>
    link_version: Generated<number>
    prefill: JsonDefault<unknown>
    report_note: Generated<string>
    staff_note: Generated<string>
    row_hash: string | null
    import_id: string | null
    version: Generated<number>
    created_at: Time
    updated_at: Time
  }

  /** what a backer is found by (domain/backers/search.ts) */
  backer_search: {
    campaign_id: string
    backer_id: string
    text: string
  }

  pledged_addons: {
    campaign_id: string
    backer_id: string
    addon_id: string
    quantity: number
  }

  drafts: {
    campaign_id: string
    backer_id: string
    data: Json<unknown>
    base_version: number
    version: Generated<number>
    reached: ColumnType<SurveyStep | null, SurveyStep | null | undefined, SurveyStep | null>
    state: ColumnType<'active' | 'overtaken', 'active' | 'overtaken' | undefined, 'active' | 'overtaken'>
    updated_at: Time
  }
}
