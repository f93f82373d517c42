import type { AddressField } from './address.ts'
import { countryFormat } from './country-formats.ts'

/*
 * What the fields of an address are called in each country, and the sentences about them.
 */

const LABELS: Record<string, string> = {
  postal: 'Postal code',
  zip: 'ZIP code',
  pin: 'PIN code',
  eircode: 'Eircode',
  city: 'Town or city',
  district: 'District',
  post_town: 'Town or city',
  suburb: 'Suburb',
  neighborhood: 'Neighborhood',
  townland: 'Townland',
  village_township: 'Village or township',
  province: 'Province',
  state: 'State',
  island: 'Island',
  department: 'Department',
  parish: 'Parish',
  oblast: 'Region (oblast)',
  county: 'County',
  do_si: 'Province or city (do, si)',
  emirate: 'Emirate',
  prefecture: 'Prefecture',
  region: 'Region',
  area: 'Area',
}

const FIXED: Partial<Record<AddressField, string>> = {
  name: 'Name on the parcel',
  line1: 'Street and number',
  line2: 'Flat, floor or company',
  country: 'Country',
  phone: 'Phone',
  delivery_notes: 'Delivery notes',
}

// Countries whose format has no city of its own: what stands for it is asked with the street, or nothing would name the place.
const WITHOUT_CITY: Record<string, Partial<Record<AddressField, string>>> = {
  JP: { line1: 'City, ward, district and block', line2: 'Building and room' },
  AE: { line1: 'Building, street and area' },
  KY: { line1: 'Street or P.O. box, and district' },
  MO: { line1: 'Street, number and district' },
  NR: { line1: 'Street and district' },
}

/** Google's data know no name of its own for it. */
const SAYS_POSTCODE = new Set(['AU', 'GB', 'GG', 'IM', 'JE', 'MY', 'NZ'])

/** What this country calls a field, as a label. */
export function fieldLabel(country: string, field: AddressField): string {
  const special = WITHOUT_CITY[country]?.[field] ?? FIXED[field]
  if (special) return special
  if (field === 'postcode' && SAYS_POSTCODE.has(country)) return 'Postcode'
  const format = countryFormat(country)
  const kinds: Partial<Record<AddressField, string>> = {
    postcode: format.postcode_label,
    city: format.city_label,
    region: format.region_label,
    sublocality: format.sublocality_label,
  }
  return LABELS[kinds[field] ?? ''] ?? field
}

/** A label inside a sentence: lower case, but for names and abbreviations. */
function inSentence(label: string): string {
  return /^(?:[A-Z]{2}|Eircode)/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1)
}

/** What to say where a required field is empty: "Enter a postal code like 2725-079.", "Choose a state." */
export function missingText(country: string, field: AddressField): string {
  const label = inSentence(fieldLabel(country, field))
  if (field === 'postcode') return postcodeText(country)
  if (field === 'name' || field.startsWith('line')) return `Enter the ${label}.`
  const article = /^[aeiou]/i.test(label) ? 'an' : 'a'
  const verb = field === 'region' && countryFormat(country).regions.length > 0 ? 'Choose' : 'Enter'
  return `${verb} ${article} ${label}.`
}

/** "Enter a postal code like 2725-079.": for one that is missing and for one that looks wrong. */
export function postcodeText(country: string): string {
  const label = inSentence(fieldLabel(country, 'postcode'))
  const { postcode_example } = countryFormat(country)
  const article = /^[aeiou]/i.test(label) ? 'an' : 'a'
  return postcode_example ? `Enter ${article} ${label} like ${postcode_example}.` : `Enter ${article} ${label}.`
}

/** The help below a field, or ''. `from`: the country the parcel leaves from; a phone is asked for where it crosses a border. */
export function helpText(country: string, field: AddressField, from: string | null): string {
  const { postcode_example, format } = countryFormat(country)
  if (field === 'postcode' && country === 'IE') return `For example ${postcode_example}. Couriers ask for it.`
  if (field === 'postcode' && postcode_example) return `For example ${postcode_example}`
  if (field === 'phone' && from !== null && from !== country) {
    return 'Couriers ask for it when a parcel crosses a border. Only the courier uses it.'
  }
  if (field === 'phone') return 'Only the courier uses it.'
  if (field === 'line1' && country === 'AE' && !format.includes('%C')) return 'P.O. boxes get letters, but no parcels.'
  return ''
}
