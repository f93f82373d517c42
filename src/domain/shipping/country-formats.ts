import data from './country-formats.json' with { type: 'json' }

/** How a country writes an address: Google's address data, boiled down by tools/make-country-formats.ts. */
export interface CountryFormat {
  /** %N name, %O organisation, %A street lines, %D sublocality, %C city, %S region, %Z postcode, %X sorting code, %n new line */
  format: string
  latin_format: string
  require: string
  postcode: string | null
  postcode_example: string | null
  region_label: string
  city_label: string
  sublocality_label: string
  postcode_label: string
  regions: CountryRegion[]
}

export interface CountryRegion {
  /** as it is stored: the short key where the country writes that into an address ("MA"), else its name */
  value: string
  /** in the country's own script */
  name: string
  latin: string
  /** other ways to write it: codes, names in the country's other languages */
  others: string[]
}

interface Stored {
  format?: string
  latin_format?: string
  require?: string
  postcode?: string
  postcode_example?: string
  region_label?: string
  city_label?: string
  sublocality_label?: string
  postcode_label?: string
  regions?: string[][]
}

const stored = data as Record<string, Stored>

// What Google's data says of a country it knows nothing of.
const DEFAULT_FORMAT = '%N%n%O%n%A%n%C'

/** Every country that an address can go to, as ISO codes. */
export const COUNTRY_CODES: readonly string[] = Object.keys(stored)

/** Whether this is the code of a country that an address can go to, in capitals. */
export function isCountry(code: string): boolean {
  return Object.hasOwn(stored, code)
}

const read = new Map<string, CountryFormat>()

/** Guarantees an answer for any text: a country that is not known gets the plainest form there is. */
export function countryFormat(country: string): CountryFormat {
  const known = isCountry(country) ? country : ''
  const before = read.get(known)
  if (before) return before
  const found = stored[known] ?? {}
  const format = found.format ?? DEFAULT_FORMAT
  const result: CountryFormat = {
    format,
    latin_format: found.latin_format ?? format,
    require: found.require ?? 'AC',
    postcode: found.postcode ?? null,
    postcode_example: found.postcode_example ?? null,
    region_label: found.region_label ?? 'province',
    city_label: found.city_label ?? 'city',
    sublocality_label: found.sublocality_label ?? 'suburb',
    postcode_label: found.postcode_label ?? 'postal',
    regions: (found.regions ?? []).map(([value = '', name = '', latin = '', ...others]) => ({
      value,
      name,
      latin: latin || name,
      others,
    })),
  }
  read.set(known, result)
  return result
}
