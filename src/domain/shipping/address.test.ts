import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, addressInputSchema, checkAddress, normaliseAddress, phoneE164, requiredFields } from './address.ts'
import { COUNTRY_CODES } from './country-formats.ts'

const home = (over: Partial<Address>): Address =>
  normaliseAddress({ name: 'Ada Byrne', line1: '12 Sample Street', city: 'Town', ...over })

const remarks = (over: Partial<Address>, field: keyof Address) => {
  const { errors, warnings } = checkAddress(home(over))
  return {
    errors: errors.filter((error) => error.field === field),
    warnings: warnings.filter((warning) => warning.field === field),
  }
}

describe('postcodes: a pattern warns, it never stops', () => {
  test.each([
    ['US', 'MA', '02108', '02108'],
    ['US', 'MA', '021081234', '02108-1234'],
    ['US', 'MA', '02108 1234', '02108 1234'],
    ['CA', 'ON', 'K1A 0B1', 'K1A 0B1'],
    ['CA', 'ON', 'k1a0b1', 'K1A 0B1'],
    ['GB', '', 'SW1A 1AA', 'SW1A 1AA'],
    ['GB', '', 'sw1a1aa', 'SW1A 1AA'],
    ['GB', '', 'm11ae', 'M1 1AE'],
    ['GB', '', 'GIR 0AA', 'GIR 0AA'],
    ['GB', '', 'BFPO 61', 'BFPO 61'],
    ['DE', '', '10115', '10115'],
    ['DE', '', 'D-10115', '10115'],
    ['FR', '', '75008', '75008'],
    ['FR', '', '75 008', '75 008'],
    ['JP', '東京都', '100-0001', '100-0001'],
    ['JP', '東京都', '1000001', '100-0001'],
    ['JP', '東京都', '〒１００－０００１', '100-0001'],
    ['JP', '東京都', '１００ー０００１', '100-0001'],
    ['AU', 'NSW', '2000', '2000'],
    ['BR', 'SP', '01310-100', '01310-100'],
    ['BR', 'SP', '01310100', '01310-100'],
    ['IN', 'Delhi', '110 001', '110 001'],
    ['IN', 'Delhi', '११०००१', '110001'],
    ['CN', '北京市', '100096', '100096'],
    ['HK', 'Kowloon', '', ''],
    ['HK', 'Kowloon', '999077', '999077'],
    ['IE', 'Co. Dublin', 'D02 AF30', 'D02 AF30'],
    ['IE', 'Co. Dublin', 'd02af30', 'D02 AF30'],
    ['IE', 'Co. Dublin', 'D6W XY00', 'D6W XY00'],
    ['IE', 'Co. Dublin', '', ''],
    ['AE', 'Dubai', '', ''],
    ['SG', '', '018956', '018956'],
    ['KR', '서울특별시', '04524', '04524'],
    ['PT', '', '4050262', '4050-262'],
    ['SE', '', 'SE-114 55', '114 55'],
    ['NL', '', '1017ab', '1017 AB'],
    ['EG', '', '١١٥١١', '11511'],
  ])('%s %s %s is right, and kept as %s', (country, region, typed, kept) => {
    expect(home({ country, region, postcode: typed }).postcode).toBe(kept)
    expect(remarks({ country, region, postcode: typed }, 'postcode')).toEqual({ errors: [], warnings: [] })
  })

  test.each([
    ['US', '2108', 'Enter a ZIP code like 95014.'],
    ['CA', 'D1A 0B1', 'Enter a postal code like H3Z 2Y7.'],
    ['GB', 'SW1A', 'Enter a postcode like EC1Y 8SY.'],
    ['DE', '1011', 'Enter a postal code like 26133.'],
    ['FR', '7500', 'Enter a postal code like 33380.'],
    ['JP', '100-001', 'Enter a postal code like 154-0023.'],
    ['AU', '200', 'Enter a postcode like 2060.'],
    ['BR', '0131-100', 'Enter a postal code like 40301-110.'],
    ['IN', '010001', 'Enter a PIN code like 110034.'],
    ['CN', '1000', 'Enter a postal code like 266033.'],
    ['IE', '1234567', 'Enter an Eircode like A65 F4E2.'],
    ['SG', '18956', 'Enter a postal code like 546080.'],
    ['KR', '0452', 'Enter a postal code like 03051.'],
    ['PT', '405O-262', 'Enter a postal code like 2725-079.'],
  ])('%s %s is unusual, and no error', (country, typed, message) => {
    const found = remarks({ country, postcode: typed }, 'postcode')
    expect(found).toEqual({ errors: [], warnings: [{ field: 'postcode', code: 'postcode_unusual', message }] })
  })
})

test('what a country requires is an error that says what to enter', () => {
  const messages = (address: Partial<Address>) => checkAddress(normaliseAddress(address)).errors.map(({ message }) => message)
  expect(messages({ country: 'US' })).toEqual([
    'Enter the name on the parcel.',
    'Enter the street and number.',
    'Enter a town or city.',
    'Choose a state.',
    'Enter a ZIP code like 95014.',
  ])
  expect(messages({ country: 'JP', name: '山田' })).toEqual([
    'Enter the city, ward, district and block.',
    'Choose a prefecture.',
    'Enter a postal code like 154-0023.',
  ])
  expect(messages({ country: 'AE', name: 'A', line1: 'B' })).toEqual(['Choose an emirate.'])
  expect(messages({ country: 'QQ' })).toEqual(['Choose a country.'])
  expect(messages({})).toEqual(['Choose a country.'])
})

test('a postcode is never required where there is none, nor a city where the format has none', () => {
  for (const country of ['HK', 'AE', 'IE']) expect(requiredFields(country)).not.toContain('postcode')
  expect(requiredFields('JP')).not.toContain('city')
})

test.each([
  ['BR', 'são paulo', 'SP'],
  ['BR', 'Sao Paulo', 'SP'],
  ['US', 'massachusetts', 'MA'],
  ['US', 'ma', 'MA'],
  ['US', 'D.C.', 'DC'],
  ['CA', 'Québec', 'QC'],
  ['CA', 'Colombie-Britannique', 'BC'],
  ['AU', 'New South Wales', 'NSW'],
  ['IE', 'Dublin', 'Co. Dublin'],
  ['IE', 'Co. Dublin', 'Co. Dublin'],
  ['IE', 'County Cork', 'Co. Cork'],
  ['ES', 'Lleida', 'Lérida'],
  ['ES', 'Alacant', 'Alicante'],
  ['JP', 'Tokyo', '東京都'],
  ['JP', 'Tokyo-to', '東京都'],
  ['JP', '東京', '東京都'],
  ['JP', '京都', '京都府'],
  ['JP', 'Osaka', '大阪府'],
  ['CN', '北京', '北京市'],
  ['CN', 'Beijing', '北京市'],
  ['CN', 'Guangdong Province', '广东省'],
  ['KR', '서울특별시', '서울'],
  ['KR', 'Seoul', '서울'],
  ['AE', 'Dubai', 'Dubai'],
  ['AE', 'دبي', 'Dubai'],
  ['HK', '九龍', 'Kowloon'],
  ['HK', 'kowloon', 'Kowloon'],
  ['MX', 'Mexico City', 'Mexico City'],
  ['DE', 'Bayern', 'Bayern'],
  ['US', 'Atlantis', 'Atlantis'],
])('%s: the region %s is kept as %s', (country, typed, kept) => {
  expect(normaliseAddress({ country, region: typed }).region).toBe(kept)
})

describe('phones', () => {
  test.each([
    ['030 1234567', 'DE', '+49301234567'],
    ['+971 50 123 4567', 'AE', '+971501234567'],
    ['٠٥٠١٢٣٤٥٦٧', 'AE', '+971501234567'],
    ['０９０－１２３４－５６７８', 'JP', '+819012345678'],
    ['+353 1 555 0100', 'IE', '+35315550100'],
    ['0049 30 5550104', 'DE', '+49305550104'],
    ['+44 7400 123456', 'PT', '+447400123456'],
  ])('%s in %s is %s', (phone, country, e164) => {
    expect(phoneE164(home({ phone, country }))).toBe(e164)
    expect(remarks({ phone, country }, 'phone').warnings).toEqual([])
  })

  test('one that is not a number warns with an example of the country, and stays as it was typed', () => {
    const found = remarks({ phone: '12', country: 'PT' }, 'phone')
    expect(found.errors).toEqual([])
    expect(found.warnings).toEqual([
      { field: 'phone', code: 'phone_unusual', message: 'Enter a phone number the courier can call, like +351 912 345 678.' },
    ])
    expect(home({ phone: 'call my sister', country: 'PT' }).phone).toBe('call my sister')
    expect(phoneE164({ phone: 'call my sister', country: 'PT' })).toBeNull()
    expect(remarks({ phone: '12', country: 'AQ' }, 'phone').warnings).toHaveLength(1)
  })
})

test('Arabic, Hebrew and combined characters stand as they are', () => {
  const address = home({ name: 'ليلى المنصوري', line1: 'شارع النخيل ١٢', country: 'AE', region: 'دبي' })
  expect(address).toMatchObject({ name: 'ليلى المنصوري', line1: 'شارع النخيل ١٢', region: 'Dubai' })
  expect(checkAddress(address)).toEqual({ errors: [], warnings: [] })
  expect(home({ name: 'נועה לוי' }).name).toBe('נועה לוי')
  expect(home({ name: ' Zoe\u0308 \u00a0\u3000 Bell\n' }).name).toBe('Zoë Bell')
  // joiners belong to Persian spelling; turned directions and NUL belong to nobody's name
  expect(home({ name: 'می‌خواهم' }).name).toBe('می‌خواهم')
  expect(home({ name: 'A\u0000d\u202ea\ud800' }).name).toBe('Ada\ufffd')
})

test('the schema takes an address with parts left out, and refuses what is too long or not a part', () => {
  expect(addressInputSchema.parse({ country: 'de', line1: 'x\u0000' })).toEqual({
    ...{ name: '', line1: 'x', line2: '', sublocality: '', city: '', region: '', postcode: '', phone: '', delivery_notes: '' },
    country: 'DE',
  })
  expect(addressInputSchema.safeParse({ country: 'DE', line3: 'x' }).success).toBe(false)
  expect(addressInputSchema.safeParse({ country: 'Germany' }).success).toBe(false)
  expect(addressInputSchema.safeParse({ country: 'DE', name: 'x'.repeat(121) }).success).toBe(false)
})

const anyText = fc.string({ unit: 'grapheme', maxLength: 20 })

test('tidying twice changes nothing more, and checking never fails, whatever is typed', () => {
  const typed = fc.record({
    ...{ name: anyText, line1: anyText, line2: anyText, sublocality: anyText, city: anyText, region: anyText },
    ...{ postcode: anyText, phone: anyText, delivery_notes: anyText },
    country: fc.oneof(fc.constantFrom(...COUNTRY_CODES), anyText),
  })
  fc.assert(
    fc.property(typed, (input) => {
      const once = normaliseAddress(input)
      expect(normaliseAddress(once)).toEqual(once)
      checkAddress(once)
      phoneE164(once)
    }),
    { numRuns: 1_000 },
  )
})
