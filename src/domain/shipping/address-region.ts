import { type CountryRegion, countryFormat } from './country-formats.ts'

/**
 * The region of a country that a text means: by code, by name in its own or Latin script, with or without accents and words like
 * "province" or 県. null where the country has no list, or the text means none of it, or more than one.
 */
export function findRegion(country: string, text: string): CountryRegion | null {
  const exact = fold(text)
  if (exact === '') return null
  const regions = countryFormat(country).regions.map((region) => ({ region, names: namesOf(region) }))
  const same = regions.find(({ names }) => names.includes(exact))
  if (same) return same.region
  const typed = [exact, shorten(text)]
  const alike = regions.filter(({ region, names }) => {
    const shortened = [region.name, region.latin, ...region.others].map(shorten)
    return [...names, ...shortened].some((name) => name.length > 1 && typed.includes(name))
  })
  return alike.length === 1 ? (alike[0]?.region ?? null) : null
}

/** How a region is stored, whatever way it was typed. What no list knows stays as it is. */
export function canonicalRegion(country: string, text: string): string {
  return findRegion(country, text)?.value ?? text
}

function namesOf({ value, name, latin, others }: CountryRegion): string[] {
  return [value, name, latin, ...others].map(fold)
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
