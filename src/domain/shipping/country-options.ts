import { countryName } from '../../lib/country-name.ts'
import { COUNTRY_CODES } from './country-formats.ts'

/** Every country an address can have, with its name in the reader's language, in that language's order. */
export function countryOptions(locale = 'en'): { value: string; label: string }[] {
  return COUNTRY_CODES.map((code) => ({ value: code, label: countryName(code, locale) })).sort((a, b) =>
    a.label.localeCompare(b.label, locale),
  )
}
