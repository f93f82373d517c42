import { countriesByName } from '../../../lib/countries.ts'
import { CURRENCIES } from '../../../lib/currencies.ts'
import type { CampaignChoices } from './campaign-form.tsx'

export function campaignChoices(): CampaignChoices {
  return {
    currencies: [...CURRENCIES],
    countries: countriesByName(),
    time_zones: ['UTC', ...Intl.supportedValuesOf('timeZone')],
  }
}

/** The form's texts as the schema takes them: an empty date is none, a ticked box is true. */
export function campaignShape(fields: Record<string, string>): Record<string, unknown> {
  const { payment_method_required, retry_failed_cards, lockdown_on, charge_on, version, undo_ship_hours, ...rest } = fields
  return {
    ...rest,
    lockdown_on: lockdown_on || null,
    payment_method_required: payment_method_required === 'on',
    // Asked of a campaign that is made; a new one has it on.
    ...(version ? { retry_failed_cards: retry_failed_cards === 'on' } : {}),
    ...(charge_on === undefined ? {} : { charge_on: charge_on || null }),
    ...(version ? { expected_version: Number(version) } : {}),
    ...(undo_ship_hours === undefined ? {} : { undo_ship_hours: undo_ship_hours.trim() === '' ? null : Number(undo_ship_hours) }),
  }
}
