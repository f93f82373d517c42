import { countryFromText } from '../../lib/countries.ts'
import { countryName } from '../../lib/country-name.ts'
import { type Address, type AddressField, normaliseAddress } from './address.ts'
import { askedFields } from './address-form.ts'
import { findRegion } from './address-region.ts'
import { isCountry } from './country-formats.ts'

/**
 * An address as a platform's report has it (name, two lines, city, region, postcode, country, phone, notes), as this product keeps it: the country as
 * its code, the region as its country writes it, what the country's form has no field for in the lines. Guarantees that nothing is lost.
 */
export function addressFromReport(report: Partial<Address>): Address {
  const country = countryFromText(report.country ?? '') ?? report.country ?? ''
  return fitAddress(normaliseAddress({ ...report, country }))
}

/**
 * The same address in the fields of its country's form: what the form has no field for moves into the lines, so that nothing is lost when the form
 * is shown and sent again. Left away is only what says nothing new: a repetition ("Singapore, Singapore"), zeros in place of a postcode where
 * there are none. An address without a known country stays as it is.
 */
export function fitAddress(address: Address): Address {
  const asked = new Set(askedFields(address.country))
  const homeless = MOVABLE.filter((field) => address[field] !== '' && !asked.has(field))
  if (!isCountry(address.country) || homeless.length === 0) return address
  const kept = { ...address }
  for (const field of homeless) kept[field] = ''
  const places = homeless
    .filter((field) => !(field === 'postcode' && /^[0\s./-]*$|^n\/?a$/i.test(address.postcode)))
    .map((field) => address[field])
    .filter((place, index, all) => all.findIndex((other) => isSame(other, place)) === index)
    .filter((place) => !saidAlready(kept, place))
  return addPlaces(kept, places)
}

const MOVABLE = ['sublocality', 'city', 'region', 'postcode'] as const

/** Regardless of case and of Latin accents. */
function isSame(a: string, b: string): boolean {
  const fold = (text: string) =>
    text
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
  return fold(a) === fold(b)
}

function saidAlready({ country, line1, line2, sublocality, city, region }: Address, place: string): boolean {
  return [countryName(country), line1, line2, sublocality, city, region].some((said) => said && isSame(said, place))
}

/** In Chinese characters and kana the place comes before the street, without a space; elsewhere after it. */
function addPlaces(address: Address, places: string[]): Address {
  if (places.length === 0) return address
  const eastern =
    address.country === 'JP' && places.every((place) => /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u.test(place))
  if (eastern) return { ...address, line1: [...places.reverse(), address.line1].join('') }
  const line = address.line1 === '' ? 'line1' : 'line2'
  return { ...address, [line]: [address[line], ...places].filter(Boolean).join(', ') }
}

/** The address after its country was changed: person, lines, phone and notes stay; a place stays only where the new country's form asks for it too. */
export function changeCountry(address: Address, country: string): Address {
  if (address.country === country) return address
  const asked = new Set(askedFields(country))
  const keep = (field: AddressField) => (asked.has(field) ? address[field] : '')
  return {
    ...address,
    country,
    region: asked.has('region') ? (findRegion(country, address.region)?.value ?? '') : '',
    city: keep('city'),
    sublocality: keep('sublocality'),
    postcode: keep('postcode'),
  }
}
