import { type CountryCode, getExampleNumber, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { z } from 'zod'
import { canonicalPostcode, isUsualPostcode } from './address-postcode.ts'
import { canonicalRegion } from './address-region.ts'
import { missingText, postcodeText } from './address-words.ts'
import { countryFormat, isCountry } from './country-formats.ts'

/**
 * A shipping address. Every part is text, in whatever script it was typed; '' where there is none. `region` is the country's own short key or name
 * where its list knows the region. What a country's form has no field for stands in the lines (`fitAddress`); two lines hold it all.
 */
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
  /** as typed; `phoneE164` makes the form that carriers take */
  phone: string
  delivery_notes: string
}

export type AddressField = keyof Address

/** The most characters of each part: what the schema takes and a form lets people type. */
export const MAX_LENGTH: Record<AddressField, number> = {
  name: 120,
  line1: 200,
  line2: 200,
  sublocality: 120,
  city: 120,
  region: 120,
  postcode: 20,
  country: 2,
  phone: 40,
  delivery_notes: 500,
}

const text = (field: AddressField) => z.string().overwrite(withoutInvisible).max(MAX_LENGTH[field]).default('')

/** An address as forms and the API send it: parts left out are ''. */
export const addressInputSchema = z.strictObject({
  name: text('name'),
  line1: text('line1'),
  line2: text('line2'),
  sublocality: text('sublocality'),
  city: text('city'),
  region: text('region'),
  postcode: text('postcode'),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .toUpperCase()
    .describe('ISO 3166 alpha-2'),
  phone: text('phone'),
  delivery_notes: text('delivery_notes'),
})

export interface AddressRemark {
  field: AddressField
  code: 'country_unknown' | 'missing' | 'postcode_unusual' | 'phone_unusual'
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
    .map((field) => ({ field, code: 'missing' as const, message: missingText(address.country, field) }))
  const warnings = [postcodeWarning(address), phoneWarning(address)].filter((warning) => warning !== null)
  return { errors, warnings }
}

const LETTERS: Record<string, AddressField> = { A: 'line1', D: 'sublocality', C: 'city', S: 'region', Z: 'postcode' }

/** The fields without which a parcel cannot be addressed in this country. */
export function requiredFields(country: string): AddressField[] {
  const { require, format } = countryFormat(country)
  // Some countries require a field that their format does not have: nobody could fill it in.
  const asked = [...require].filter((letter) => format.includes(`%${letter}`)).flatMap((letter) => LETTERS[letter] ?? [])
  return ['name', 'line1', ...asked.filter((field) => field !== 'line1')]
}

function postcodeWarning({ country, postcode }: Address): AddressRemark | null {
  if (isUsualPostcode(country, postcode)) return null
  return { field: 'postcode', code: 'postcode_unusual', message: postcodeText(country) }
}

function phoneWarning({ country, phone }: Address): AddressRemark | null {
  if (phone.trim() === '' || parsePhone(country, phone)?.isValid()) return null
  const example = isSupportedCountry(country) ? getExampleNumber(country, examples)?.formatInternational() : undefined
  return {
    field: 'phone',
    code: 'phone_unusual',
    message: `Enter a phone number the courier can call, like ${example ?? '+44 7400 123456'}.`,
  }
}

function parsePhone(country: string, phone: string, extract = true) {
  return parsePhoneNumberFromString(phone, {
    ...(isSupportedCountry(country) ? { defaultCountry: country as CountryCode } : {}),
    extract,
  })
}

/** The phone of an address as carriers take it ("+351912345678"), read as a number of the address's country; null where it is none. */
export function phoneE164({ country, phone }: Pick<Address, 'country' | 'phone'>): string | null {
  // Nearly all are a number and nothing else: no other text is searched for one.
  return (parsePhone(country, phone, false) ?? parsePhone(country, phone))?.number ?? null
}

/**
 * Tidies what was typed: composed characters, single spaces, ASCII digits in postcode and phone, postcode and region as their country writes them.
 * Guarantees that every other part keeps its letters, in whatever script, and that tidying twice changes nothing.
 */
export function normaliseAddress(input: Partial<Address>): Address {
  const country = oneLine(input.country?.toUpperCase())
  return {
    name: oneLine(input.name),
    line1: oneLine(input.line1),
    line2: oneLine(input.line2),
    sublocality: oneLine(input.sublocality),
    city: oneLine(input.city),
    region: canonicalRegion(country, oneLine(input.region)),
    postcode: canonicalPostcode(country, oneLine(input.postcode)),
    country,
    phone: oneLine(input.phone?.normalize('NFKC')),
    delivery_notes: withoutInvisible(input.delivery_notes ?? '').trim(),
  }
}

function oneLine(value: string | undefined): string {
  return withoutInvisible(value ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Composed, without control characters (PostgreSQL refuses NUL), halves of characters, and marks that turn the direction of what follows. */
function withoutInvisible(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, '')
    .normalize('NFC')
}
