import type { Generated } from 'kysely'
import type { Json, MaybeTime, Time } from './column-types.ts'

/** Campaigns, and the few settings of the installation. */
export interface CampaignTables {
  campaigns: {
    id: string
    account_id: string
    name: string
    creator_name: string
    currency: string
    ship_from_country: string
    time_zone: string
    support_email: string
    /** YYYY-MM-DD (dates are parsed as text) */
    lockdown_on: string | null
    mode: 'test' | 'live'
    is_demo: Generated<boolean>
    payment_method_required: Generated<boolean>
    bonus_spendable: Generated<boolean>
    prices_saved_at: MaybeTime
    lockdown_shown: Generated<boolean>
    version: Generated<number>
    undo_ship_hours: Generated<number>
    retry_failed_cards: Generated<boolean>
    /** YYYY-MM-DD: when cards will be charged, as planned */
    charge_on: string | null
    /** YYYY-MM-DD: when cards that expire before it were last looked for */
    expiry_looked_on: string | null
    created_at: Time
    updated_at: Time
  }

  campaign_counters: {
    campaign_id: string
    last_order_number: Generated<number>
  }

  settings: {
    key: string
    value: Json<unknown>
  }
}
