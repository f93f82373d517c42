import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { z } from 'zod'
import { countryFormat, isCountry } from './country-formats.ts'

/** A shipping address. Every part is text; '' where there is none. `region` and `postcode` only where the country's form asks for them. */
export interface Address {
  name: string
  line1: string
  line2: string
  sublocality: string
  city: string
  region: string
  postcode: string
  /** ISO 3166 alpha-2 */
  country: string
  phone: string
  delivery_notes: string
}

const text = (max: number) => z.string().max(max).default('')

export const addressInputSchema = z.strictObject({
  name: text(120),
  line1: text(200),
  line2: text(200),
  sublocality: text(120),
  city: text(120),
  region: text(120),
  postcode: text(20),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .toUpperCase()
    .describe('ISO 3166 alpha-2'),
  phone: text(40),
  delivery_notes: text(500),
})

export type AddressField = keyof Address

export interface AddressRemark {
  field: AddressField
  code: string
  message: string
}

/**
 * Checks an address. Errors: what its country requires and is missing. Warnings: a postcode or phone that does not fit its pattern; the backer may
 * go on with "it is right as it is" (lifecycle.md, Address warnings), since the patterns are not always right.
 */
export function checkAddress(address: Address): { errors: AddressRemark[]; warnings: AddressRemark[] } {
  if (!isCountry(address.country)) {
    return { errors: [{ field: 'country', code: 'country_unknown', message: 'Choose a country.' }], warnings: [] }
  }
  const errors = requiredFields(address.country)
    .filter((field) => address[field].trim() === '')
    .map((field) => ({ field, code: 'missing', message: missingText(address.country, field) }))
  const warnings = [postcodeWarning(address), phoneWarning(address)].filter((warning) => warning !== null)
  return { errors, warnings }
}

const LETTERS: Record<string, AddressField> = { A: 'line1', D: 'sublocality', C: 'city', S: 'region', Z: 'postcode' }

/** The fields without which a parcel cannot be addressed in this country. */
export function requiredFields(country: string): AddressField[] {
  const { require, format } = countryFormat(country)
  // Some countries require a field that their format does not have (Japan has no city field): nobody could fill it in.
  const asked = [...require].filter((letter) => format.includes(`%${letter}`)).flatMap((letter) => LETTERS[letter] ?? [])
  return ['name', 'line1', ...asked.filter((field) => field !== 'line1')]
}

const MISSING: Partial<Record<AddressField, string>> = {
  name: 'Enter the name of the person who receives the parcel.',
  line1: 'Enter the street and house number.',
}

function missingText(country: string, field: AddressField): string {
  const sentence = MISSING[field]
  if (sentence) return sentence
  const label = fieldLabel(country, field).toLowerCase()
  const { postcode_example, regions } = countryFormat(country)
  if (field === 'postcode' && postcode_example) return `Enter a ${label} like ${postcode_example}.`
  const article = /^[aeiou]/.test(label) ? 'an' : 'a'
  return field === 'region' && regions.length > 0 ? `Choose ${article} ${label}.` : `Enter ${article} ${label}.`
}

const LABELS: Record<string, string> = {
  postal: 'Postal code',
  zip: 'ZIP code',
  pin: 'PIN code',
  eircode: 'Eircode',
  city: 'City',
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
  oblast: 'Oblast',
  county: 'County',
  do_si: 'Do/Si',
  emirate: 'Emirate',
  prefecture: 'Prefecture',
  region: 'Region',
  area: 'Area',
}

/** What this country calls a field. */
export function fieldLabel(country: string, field: AddressField): string {
  const format = countryFormat(country)
  const type: Partial<Record<AddressField, string>> = {
    postcode: format.postcode_label,
    city: format.city_label,
    region: format.region_label,
    sublocality: format.sublocality_label,
  }
  const label = LABELS[type[field] ?? '']
  if (label) return label
  return (
    { name: 'Full name', line1: 'Street and house number', line2: 'Flat, floor, company', phone: 'Phone', country: 'Country' }[
      field as string
    ] ?? 'Delivery notes'
  )
}

function postcodeWarning(address: Address): AddressRemark | null {
  const { postcode: pattern, postcode_example } = countryFormat(address.country)
  const given = address.postcode.trim()
  if (!pattern || given === '') return null
  const whole = new RegExp(`^(?:${pattern})$`, 'i')
  // Spaces and hyphens are written and left out freely; the pattern is asked about each way of writing it.
  const bare = given.replace(/[\s-]/g, '')
  const ways = [
    given,
    bare,
    ...[2, 3, 4, 5].flatMap((at) => [`${bare.slice(0, at)} ${bare.slice(at)}`, `${bare.slice(0, at)}-${bare.slice(at)}`]),
  ]
  if (ways.some((way) => whole.test(way))) return null
  const label = fieldLabel(address.country, 'postcode').toLowerCase()
  return {
    field: 'postcode',
    code: 'postcode_unusual',
    message: `Enter a ${label} like ${postcode_example ?? 'your post office uses'}.`,
  }
}

function phoneWarning(address: Address): AddressRemark | null {
  const given = address.phone.trim()
  if (given === '') return null
  const number = parsePhoneNumberFromString(given, address.country as never)
  if (number?.isValid()) return null
  return {
    field: 'phone',
    code: 'phone_unusual',
    message: 'This does not look like a phone number. Write it with its country code, like +49 30 1234567.',
  }
}

/** Tidies what was typed: composed characters, single spaces, half-width digits, the region as its country writes it. Loses nothing. */
export function normaliseAddress(input: Partial<Address>): Address {
  const tidy = (value: string | undefined) => (value ?? '').normalize('NFC').replace(/\s+/g, ' ').trim()
  const country = tidy(input.country).toUpperCase()
  return {
    name: tidy(input.name),
    line1: tidy(input.line1),
    line2: tidy(input.line2),
    sublocality: tidy(input.sublocality),
    city: tidy(input.city),
    region: canonicalRegion(country, tidy(input.region)),
    postcode: tidy(input.postcode?.normalize('NFKC')).toUpperCase(),
    country,
    phone: tidy(input.phone?.normalize('NFKC')),
    delivery_notes: (input.delivery_notes ?? '').normalize('NFC').trim(),
  }
}

/** "são paulo", "SP" and "Sao Paulo" are one region of Brazil; the script stays the one that was typed. What no list knows stays as it is. */
function canonicalRegion(country: string, typed: string): string {
  if (typed === '') return ''
  const wanted = fold(typed)
  for (const { value, name, latin } of countryFormat(country).regions) {
    if (fold(value) === wanted) return value
    if (latin !== null && fold(latin) === wanted) return isLatin(value) ? value : latin
    if (fold(name) === wanted) return isLatin(name) === isLatin(value) ? value : name
  }
  return typed
}

function isLatin(value: string): boolean {
  return /^[\p{Script=Latin}\p{N}\p{P}\s]+$/u.test(value)
}

function fold(value: string): string {
  return value
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/^(co|county)\.? /, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}
