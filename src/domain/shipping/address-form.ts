import { type Address, type AddressField, MAX_LENGTH, requiredFields } from './address.ts'
import { findRegion } from './address-region.ts'
import { fieldLabel, helpText } from './address-words.ts'
import { type CountryFormat, countryFormat } from './country-formats.ts'

/** One field of a country's own form, in its order. Plain data: the page needs none of the tables behind it. */
export interface AddressFormField {
  field: AddressField
  label: string
  required: boolean
  help: string
  autocomplete: string
  inputmode: 'text' | 'tel' | 'numeric'
  max_length: number
  /** regions to choose from, where the country has a list; the label names the region in both scripts */
  options: { value: string; label: string }[]
}

const AUTOCOMPLETE: Record<AddressField, string> = {
  name: 'shipping name',
  line1: 'shipping address-line1',
  line2: 'shipping address-line2',
  sublocality: 'shipping address-level3',
  city: 'shipping address-level2',
  region: 'shipping address-level1',
  postcode: 'shipping postal-code',
  country: 'shipping country',
  phone: 'shipping tel',
  delivery_notes: 'off',
}

const FIELDS_OF: Record<string, AddressField[]> = {
  A: ['line1', 'line2'],
  D: ['sublocality'],
  C: ['city'],
  S: ['region'],
  Z: ['postcode'],
}

/**
 * The form of a country: the fields its own format has, in the order in which its people write them (Japan: postcode, prefecture, street), after
 * the name and before phone and notes. `from`: the country the parcel leaves from, since parcels abroad need a phone; it is never required.
 */
export function addressFormOf(country: string, from: string | null = null): AddressFormField[] {
  const required = requiredFields(country)
  return askedFields(country).map((field) => ({
    field,
    label: fieldLabel(country, field),
    required: required.includes(field),
    help: helpText(country, field, from),
    autocomplete: AUTOCOMPLETE[field],
    inputmode: field === 'phone' ? 'tel' : field === 'postcode' && isNumeric(country) ? 'numeric' : 'text',
    max_length: MAX_LENGTH[field],
    options: field === 'region' ? regionOptions(country) : [],
  }))
}

/** What the form of a country asks for. */
export function askedFields(country: string): AddressField[] {
  const { format } = countryFormat(country)
  const asked = [...format.matchAll(/%([ADCSZ])/g)].flatMap(([, letter]) => FIELDS_OF[letter ?? ''] ?? [])
  return ['name', ...asked, 'phone', 'delivery_notes']
}

/** Digits alone, but for spaces and hyphens that may be left out: the phone shows its number keys. */
function isNumeric(country: string): boolean {
  const { postcode } = countryFormat(country)
  return postcode !== null && !/[A-Z]/.test(postcode.replaceAll('\\d', ''))
}

function regionOptions(country: string): AddressFormField['options'] {
  const options = countryFormat(country).regions.map(({ value, name, latin }) => ({
    value,
    label: name === latin ? name : value === latin ? `${latin} (${name})` : `${name} (${latin})`,
  }))
  // Other scripts keep the order of the data: a prefecture is looked for from north to south, not by code point.
  const inLatin = options.every(({ label }) => /^[\p{Script=Latin}\p{P}\s]/u.test(label))
  return inLatin ? options.sort((a, b) => a.label.localeCompare(b.label)) : options
}

/**
 * The address in its country's own order, a line each, without country, phone and notes. `latin`: in the order and with the region's name for
 * Latin script; left out, the script of street and city decides, since a Japanese order around Latin words is nobody's. Guarantees that every
 * part which is not empty appears: what the format has no place for stands in a line of its own.
 */
export function formatAddress(address: Address, options: { latin?: boolean } = {}): string[] {
  const format = countryFormat(address.country)
  const latin = options.latin ?? isInLatin(address)
  const region = regionToShow(address, format, latin)
  const shown: Address = { ...address, region }
  const used = new Set<AddressField>()
  const lines = (latin ? format.latin_format : format.format).split('%n').flatMap((line) => fillLine(line, shown, used))
  return [...lines, ...PRINTED.filter((field) => !used.has(field)).map((field) => shown[field])].filter((line) => line !== '')
}

const PRINTED = ['name', 'line1', 'line2', 'sublocality', 'city', 'region', 'postcode'] as const

const FIELD_OF: Record<string, AddressField> = { N: 'name', A: 'line1', D: 'sublocality', C: 'city', S: 'region', Z: 'postcode' }

function isInLatin({ line1, line2, city, sublocality }: Address): boolean {
  return /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u.test(line1 + line2 + city + sublocality)
}

/** The short key where the country writes that ("MA"), else the region's name in the script of the address. */
function regionToShow({ country, region }: Address, { regions }: CountryFormat, latin: boolean): string {
  const known = findRegion(country, region)
  if (!known || regions.length === 0) return region
  if (known.value !== known.name && known.value !== known.latin) return known.value
  return latin ? known.latin : known.name
}

/** One line of a format with its fields filled in; the punctuation around an empty field goes with it. */
function fillLine(line: string, address: Address, used: Set<AddressField>): string[] {
  if (line === '%A') {
    used.add('line1').add('line2')
    return [address.line1, address.line2]
  }
  let filled = ''
  let between = ''
  let afterEmpty = false
  for (const [, letter, words = ''] of line.matchAll(/%([A-Z])|([^%]+)/g)) {
    const part = letter ? takePart(letter, address, used) : ''
    if (!letter) between += afterEmpty ? words.replace(/[,/]/g, '') : words
    else if (part === '') between = /\s/.test(between) ? ' ' : ''
    else {
      filled += joint(filled, between, part) + part
      between = ''
    }
    if (letter) afterEmpty = part === ''
  }
  // "GUERNSEY" in a line of its own belongs to the label; a comma left over at the end does not.
  return [line.includes('%') ? filled : line]
}

function takePart(letter: string, address: Address, used: Set<AddressField>): string {
  const field = FIELD_OF[letter]
  if (!field) return ''
  used.add(field)
  if (field !== 'line1') return address[field]
  used.add('line2')
  return [address.line1, address.line2].filter(Boolean).join(', ')
}

/** What stands before a part: nothing twice ("CH-" before "CH-8001"), no comma at the start of a line. */
function joint(filled: string, between: string, part: string): string {
  if (filled !== '') return between.replace(/\s+/g, ' ')
  const prefix = between.replace(/^[\s,/]+/, '')
  return part.toUpperCase().startsWith(prefix.trim().toUpperCase()) ? '' : prefix
}
