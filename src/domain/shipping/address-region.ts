import { type CountryRegion, countryFormat } from './country-formats.ts'

/**
 * The region of a country that a text means: by code, by name in its own or Latin script, with or without accents and words like
 * "province" or 県. null where the country has no list, or the text means none of it, or more than one.
 */
export function findRegion(country: string, text: string): CountryRegion | null {
  const exact = fold(text)
  if (exact === '') return null
  const { names, alike } = indexOf(country)
  return names.get(exact) ?? alike.get(exact) ?? alike.get(shorten(text)) ?? null
}

interface Index {
  names: Map<string, CountryRegion>
  /** without the words around them; null where two regions share one */
  alike: Map<string, CountryRegion | null>
}

const indexes = new Map<string, Index>()

function indexOf(country: string): Index {
  const before = indexes.get(country)
  if (before) return before
  const index: Index = { names: new Map(), alike: new Map() }
  const { regions } = countryFormat(country)
  if (regions.length === 0) return index
  // Values first: a code that is also another region's name in a second language means the code.
  for (const region of regions) index.names.set(fold(region.value), region)
  for (const region of regions) {
    for (const name of namesOf(region)) if (!index.names.has(fold(name))) index.names.set(fold(name), region)
    for (const name of new Set(namesOf(region).flatMap((one) => [fold(one), shorten(one)]))) {
      if (name.length > 1) index.alike.set(name, index.alike.has(name) && index.alike.get(name) !== region ? null : region)
    }
  }
  indexes.set(country, index)
  return index
}

function namesOf({ name, latin, others }: CountryRegion): string[] {
  return [name, latin, ...others]
}

/** How a region is stored, whatever way it was typed. What no list knows stays as it is. */
export function canonicalRegion(country: string, text: string): string {
  return findRegion(country, text)?.value ?? text
}

// One of them, at the start or the end of a name, is not what tells regions apart.
const AROUND =
  /^(?:co\.?|county|state of|province of|provincia de|departamento de|emirate of) | (?:county|province|governorate|prefecture|oblast'?|kra[iy]|sheng|shi|state|emirate|region)$|-(?:ken|fu|to|do|si|shi)$|(?<=..)[省市県府都도시]$|(?<=..)(?:특별시|광역시|특별자치시|특별자치도|自治区|自治區|特别行政区|回族自治区|壮族自治区|维吾尔自治区)$/u

function shorten(name: string): string {
  return fold(name.normalize('NFC').trim().toLowerCase().replace(AROUND, ''))
}

function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
}
