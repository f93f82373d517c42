import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, checkAddress, normaliseAddress, requiredFields } from './address.ts'
import { addressFormOf, addressFromReport, formatAddress } from './address-form.ts'
import { COUNTRY_CODES } from './country-formats.ts'

const home = (over: Partial<Address>): Address =>
  normaliseAddress({ name: 'Ada Byrne', line1: '12 Sample Street', city: 'Town', ...over })

describe('postcodes: a pattern warns, it never stops', () => {
  test.each([
    ['US', 'MA', '02108', true],
    ['US', 'MA', '2108', false],
    ['CA', 'ON', 'K1A 0B1', true],
    ['CA', 'ON', 'K1A0B1', true],
    ['CA', 'ON', 'D1A 0B1x', false],
    ['GB', '', 'SW1A 1AA', true],
    ['GB', '', 'sw1a1aa', true],
    ['GB', '', 'SW1A', false],
    ['DE', '', '10115', true],
    ['DE', '', '1011', false],
    ['FR', '', '75008', true],
    ['JP', '東京都', '100-0001', true],
    ['JP', '東京都', '1000001', true],
    ['JP', '東京都', '１００−０００１'.replace('−', '-'), true],
    ['AU', 'NSW', '2000', true],
    ['BR', 'SP', '01310-100', true],
    ['BR', 'SP', '01310100', true],
    ['IN', 'Delhi', '110 001', true],
    ['IN', 'Delhi', '11001', false],
    ['CN', '北京市', '100096', true],
    ['HK', 'Kowloon', '', true],
    ['HK', 'Kowloon', '999077', true],
    ['IE', 'Co. Dublin', 'D02 AF30', true],
    ['IE', 'Co. Dublin', 'D02AF30', true],
    ['IE', 'Co. Dublin', '', true],
    ['AE', 'Dubai', '', true],
    ['SG', '', '018956', true],
    ['KR', '서울특별시', '04524', true],
  ])('%s %s %s', (country, region, postcode, usual) => {
    const check = checkAddress(home({ country, region, postcode }))
    expect(check.warnings.filter(({ field }) => field === 'postcode')).toHaveLength(usual ? 0 : 1)
    expect(check.errors.filter(({ field }) => field === 'postcode')).toEqual([])
  })
})

test('what a country requires is an error that says what to enter', () => {
  const errors = checkAddress({ ...home({ country: 'US' }), city: '' }).errors
  expect(errors.map(({ field, message }) => [field, message])).toEqual([
    ['city', 'Enter a city.'],
    ['region', 'Choose a state.'],
    ['postcode', 'Enter a zip code like 95014.'],
  ])
})

test('a postcode is never asked where there is none, nor a city where the format has none', () => {
  expect(addressFormOf('HK').map(({ field }) => field)).not.toContain('postcode')
  expect(addressFormOf('AE').map(({ field }) => field)).not.toContain('postcode')
  expect(addressFormOf('JP').map(({ field }) => field)).not.toContain('city')
  expect(requiredFields('JP')).not.toContain('city')
})

test('a region is the country’s own, however it was typed, in the script it was typed in', () => {
  const region = (country: string, typed: string) => normaliseAddress({ country, region: typed }).region
  expect(region('BR', 'são paulo')).toBe('SP')
  expect(region('US', 'massachusetts')).toBe('MA')
  expect(region('IE', 'Dublin')).toBe('Co. Dublin')
  expect(region('JP', 'Tokyo')).toBe('Tokyo')
  expect(region('JP', '東京都')).toBe('東京都')
  expect(region('AE', 'Dubai')).toBe('Dubai')
  expect(region('HK', 'kowloon')).toBe('Kowloon')
  expect(region('DE', 'Bayern')).toBe('Bayern')
})

test('an unusual phone warns; a usual one in its country’s writing does not', () => {
  const warned = (phone: string, country: string) =>
    checkAddress(home({ country, phone })).warnings.some(({ field }) => field === 'phone')
  expect(warned('030 1234567', 'DE')).toBe(false)
  expect(warned('+971 50 123 4567', 'AE')).toBe(false)
  expect(warned('12', 'DE')).toBe(true)
})

test('a report’s address keeps everything, in the fields of its country', () => {
  expect(
    addressFromReport({ name: 'Chan', line1: 'Unit 5', line2: '1 Road', city: 'Mong Kok', region: 'Kowloon', country: 'HK' }),
  ).toMatchObject({
    city: 'Mong Kok',
    region: 'Kowloon',
  })
  expect(addressFromReport({ name: 'Kenji', line1: '1-1', city: '千代田区', region: '東京都', country: 'JP' })).toMatchObject({
    city: '',
    line2: '千代田区',
  })
  expect(
    addressFromReport({ name: 'Zoë', line1: 'Musterstraße 7', city: 'Berlin', region: 'Berlin State', country: 'DE' }),
  ).toMatchObject({
    city: 'Berlin',
    region: '',
    line2: 'Berlin State',
  })
})

test('Arabic names and streets stand as they are', () => {
  const address = home({ name: 'ليلى المنصوري', line1: 'شارع النخيل ١٢', country: 'AE', region: 'دبي' })
  expect(formatAddress(address).join('\n')).toContain('ليلى المنصوري')
  expect(checkAddress(address)).toEqual({ errors: [], warnings: [] })
})

const word = fc.stringMatching(/^[A-Za-zäß漢字ا-ي0-9]{1,12}$/)
const anyAddress = fc.record({
  name: word,
  line1: word,
  line2: fc.option(word, { nil: '' }),
  sublocality: fc.option(word, { nil: '' }),
  city: fc.option(word, { nil: '' }),
  region: fc.option(word, { nil: '' }),
  postcode: fc.option(word, { nil: '' }),
  phone: fc.constant(''),
  delivery_notes: fc.constant(''),
  country: fc.constantFrom(...COUNTRY_CODES),
})

test('no field is lost: every part of an address appears on the label of every country, in both orders', () => {
  fc.assert(
    fc.property(anyAddress, fc.boolean(), (address, latin) => {
      const label = formatAddress(address, { latin }).join('\n')
      for (const field of ['name', 'line1', 'line2', 'sublocality', 'city', 'region', 'postcode'] as const) {
        expect(label).toContain(address[field])
      }
    }),
    { numRuns: 1_000 },
  )
})

test('no field is lost from a report either', () => {
  fc.assert(
    fc.property(anyAddress, (report) => {
      const kept = addressFromReport(report)
      const label = formatAddress(kept).join('\n')
      const tidy = normaliseAddress(report)
      for (const field of ['name', 'line1', 'line2', 'city', 'region', 'postcode'] as const) expect(label).toContain(tidy[field])
    }),
    { numRuns: 1_000 },
  )
})
