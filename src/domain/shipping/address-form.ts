import { type Address, type AddressField, fieldLabel, normaliseAddress, requiredFields } from './address.ts'
import { countryFormat } from './country-formats.ts'

/** One field of a country's own form, in its order. Plain data: the page needs none of the tables behind it. */
export interface AddressFormField {
  field: AddressField
  label: string
  required: boolean
  help: string
  autocomplete: string
  inputmode: 'text' | 'tel' | 'numeric'
  max_length: number
  /** regions to choose from, where the country has a list; `also` is the same region in the other script */
  options: { value: string; label: string; also: string | null }[]
}

const AUTOCOMPLETE: Record<AddressField, string> = {
  name: 'name',
  line1: 'address-line1',
  line2: 'address-line2',
  sublocality: 'address-level3',
  city: 'address-level2',
  region: 'address-level1',
  postcode: 'postal-code',
  country: 'country',
  phone: 'tel',
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
 * The form of a country. Typed in the order in which its people write an address in a form: name and street first, what the
 * format names after; phone last. `from`: the country the parcel leaves from, since parcels abroad need a phone.
 */
export function addressFormOf(country: string, from: string | null = null): AddressFormField[] {
  const { format, latin_format } = countryFormat(country)
  const order = latin_format.includes('%A') ? latin_format : format
  const asked = [...order.matchAll(/%([ADCSZ])/g)].flatMap(([, letter]) => FIELDS_OF[letter ?? ''] ?? [])
  const required = requiredFields(country)
  const fields: AddressField[] = ['name', ...new Set(asked), 'phone', 'delivery_notes']
  return fields.map((field) => ({
    field,
    label: fieldLabel(country, field),
    required: required.includes(field),
    help: helpOf(country, field, from),
    autocomplete: `shipping ${AUTOCOMPLETE[field]}`.replace('shipping off', 'off'),
    inputmode: field === 'phone' ? 'tel' : field === 'postcode' && isNumeric(country) ? 'numeric' : 'text',
    max_length:
      field === 'postcode'
        ? 20
        : field === 'phone'
          ? 40
          : field === 'delivery_notes'
            ? 500
            : field.startsWith('line')
              ? 200
              : 120,
    options: field === 'region' ? regionOptions(country) : [],
  }))
}

function helpOf(country: string, field: AddressField, from: string | null): string {
  const { postcode_example } = countryFormat(country)
  if (field === 'postcode' && postcode_example) return `For example ${postcode_example}`
  if (field === 'phone' && from !== null && from !== country) return 'The carrier asks for it when a parcel crosses a border.'
  if (field === 'phone') return 'For the carrier only.'
  return ''
}

/** Digits alone: a hyphen or letter could not be typed on a numeric keyboard. */
function isNumeric(country: string): boolean {
  const { postcode } = countryFormat(country)
  return postcode !== null && /^(\\d|\{|\}|\d|\[|\]|-|\||\(|\)|\?:)+$/.test(postcode) && !postcode.includes('-?')
}

function regionOptions(country: string): AddressFormField['options'] {
  return countryFormat(country)
    .regions.map(({ value, name, latin }) => ({
      value,
      label: regionLabel(value, name, latin),
      also: [name, latin].find((form) => form !== value) ?? null,
    }))
    .sort((a, b) => a.label.localeCompare(b.label))
}

function regionLabel(value: string, name: string, latin: string | null): string {
  const other = [name, latin].find((form): form is string => form !== null && form !== value && form.length > 3)
  if (!other) return name
  return value.length <= 3 ? other : `${value} (${other})`
}

/**
 * The address in its country's own order, a line each, without the country. `latin`: the order for labels in Latin script. Guarantees that
 * every part which is not empty appears: what the format has no place for stands in a line of its own.
 */
export function formatAddress(address: Address, options: { latin?: boolean } = {}): string[] {
  const { format, latin_format } = countryFormat(address.country)
  const used = new Set<AddressField>()
  const lines = (options.latin ? latin_format : format).split('%n').flatMap((part) => {
    if (part.trim() === '%A') {
      used.add('line1').add('line2')
      return [address.line1, address.line2]
    }
    return [fillIn(part, address, used)]
  })
  const left = (['name', 'line1', 'line2', 'sublocality', 'city', 'region', 'postcode'] as const).filter(
    (field) => !used.has(field) && address[field] !== '',
  )
  return [...lines, ...left.map((field) => address[field])].map((line) => line.trim()).filter((line) => line !== '')
}

const FIELD_OF: Record<string, AddressField> = { N: 'name', D: 'sublocality', C: 'city', S: 'region', Z: 'postcode', A: 'line1' }

function fillIn(part: string, address: Address, used: Set<AddressField>): string {
  const filled = part.replace(/%([A-Z])/g, (_, letter: string) => {
    const field = FIELD_OF[letter]
    if (!field) return ''
    used.add(field)
    if (field === 'line1') used.add('line2')
    return field === 'line1' ? [address.line1, address.line2].filter(Boolean).join(', ') : address[field]
  })
  // Punctuation that stood between two parts of which one is empty.
  const cleaned = filled.replace(/^[\s,·〒-]+|[\s,·-]+$/g, '').replace(/\s+/g, ' ')
  return part.startsWith('〒') && cleaned !== '' ? `〒${cleaned}` : cleaned
}

/** An address of a report, as this product keeps it. What the country's own form has no field for goes into the second line. */
export function addressFromReport(report: Partial<Address>): Address {
  const address = normaliseAddress(report)
  const asked = new Set(addressFormOf(address.country).map(({ field }) => field))
  const homeless = (['city', 'region', 'sublocality', 'postcode'] as const).filter(
    (field) => !asked.has(field) && address[field] !== '',
  )
  if (homeless.length === 0) return address
  const moved = homeless.map((field) => address[field]).join(', ')
  const kept = { ...address, line2: [address.line2, moved].filter(Boolean).join(', ') }
  for (const field of homeless) kept[field] = ''
  return kept
}
