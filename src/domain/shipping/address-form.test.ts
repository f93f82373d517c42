import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COUNTRIES } from '../../lib/countries.ts'
import { type Address, normaliseAddress } from './address.ts'
import { addressFromReport, changeCountry, fitAddress } from './address-fit.ts'
import { addressFormOf, formatAddress } from './address-form.ts'
import { COUNTRY_CODES, countryFormat } from './country-formats.ts'

const fieldsOf = (country: string) =>
  addressFormOf(country)
    .map(({ field }) => field)
    .filter((field) => !['name', 'line1', 'line2', 'phone', 'delivery_notes'].includes(field))

const asked = (country: string, field: string, from: string | null = null) =>
  addressFormOf(country, from).find((one) => one.field === field)

describe('the form of a country', () => {
  test.each([
    ['US', ['city', 'region', 'postcode']],
    ['CA', ['city', 'region', 'postcode']],
    ['GB', ['city', 'postcode']],
    ['DE', ['postcode', 'city']],
    ['FR', ['postcode', 'city']],
    ['JP', ['postcode', 'region']],
    ['AU', ['city', 'region', 'postcode']],
    ['BR', ['sublocality', 'city', 'region', 'postcode']],
    ['IN', ['city', 'postcode', 'region']],
    ['CN', ['postcode', 'region', 'city', 'sublocality']],
    ['HK', ['region', 'city']],
    ['IE', ['sublocality', 'city', 'region', 'postcode']],
    ['AE', ['region']],
    ['SG', ['postcode']],
    ['KR', ['region', 'city', 'sublocality', 'postcode']],
  ])('%s asks for %j', (country, fields) => {
    expect(fieldsOf(country)).toEqual(fields)
  })

  test('asks in each country’s words and order', () => {
    const labels = (country: string) => addressFormOf(country).map(({ label }) => label)
    expect(labels('JP')).toEqual([
      ...['Name on the parcel', 'Postal code', 'Prefecture', 'City, ward, district and block', 'Building and room'],
      ...['Phone', 'Delivery notes'],
    ])
    expect(labels('US')).toEqual([
      ...['Name on the parcel', 'Street and number', 'Flat, floor or company', 'Town or city', 'State', 'ZIP code'],
      ...['Phone', 'Delivery notes'],
    ])
    expect(asked('IE', 'postcode')).toMatchObject({ label: 'Eircode', required: false })
    expect(asked('IE', 'region')?.label).toBe('County')
    expect(asked('IN', 'postcode')?.label).toBe('PIN code')
    expect(asked('AE', 'region')?.label).toBe('Emirate')
    expect(asked('CA', 'region')?.label).toBe('Province')
    expect(asked('AU', 'city')?.label).toBe('Suburb')
    expect(asked('GB', 'city')?.label).toBe('Town or city')
  })

  test('helps the browser: tokens, keyboards, widths', () => {
    expect(asked('PT', 'postcode')).toMatchObject({ autocomplete: 'shipping postal-code', inputmode: 'numeric', max_length: 20 })
    expect(asked('US', 'postcode')?.inputmode).toBe('numeric')
    expect(asked('GB', 'postcode')?.inputmode).toBe('text')
    expect(asked('CA', 'postcode')?.inputmode).toBe('text')
    expect(asked('US', 'line1')?.autocomplete).toBe('shipping address-line1')
  })

  test('asks for a phone with its reason when the parcel goes abroad, and never requires it', () => {
    expect(asked('DE', 'phone', 'DE')).toMatchObject({ required: false, help: 'Only the courier uses it.' })
    expect(asked('DE', 'phone', 'US')).toMatchObject({
      required: false,
      help: 'Couriers ask for it when a parcel crosses a border. Only the courier uses it.',
    })
  })

  test('offers regions in both scripts, and stores one value', () => {
    const option = (country: string, value: string) => asked(country, 'region')?.options.find((one) => one.value === value)?.label
    expect(option('US', 'MA')).toBe('Massachusetts')
    expect(option('BR', 'SP')).toBe('São Paulo')
    expect(option('AE', 'Dubai')).toBe('Dubai (دبي)')
    expect(option('HK', 'Kowloon')).toBe('Kowloon (九龍)')
    expect(option('JP', '東京都')).toBe('東京都 (Tokyo)')
    expect(option('IE', 'Co. Dublin')).toBe('Co. Dublin')
    expect(asked('JP', 'region')?.options[0]?.label).toBe('北海道 (Hokkaido)')
    expect(asked('DE', 'region')).toBeUndefined()
  })

  test('every value of every list is one that tidying keeps', () => {
    for (const country of COUNTRY_CODES) {
      for (const { value } of asked(country, 'region')?.options ?? []) {
        expect([country, normaliseAddress({ country, region: value }).region]).toEqual([country, value])
      }
    }
  })

  test('every country of the lists has a format', () => {
    expect(COUNTRIES.filter((country) => !COUNTRY_CODES.includes(country))).toEqual([])
  })

  test('every example of a postcode is usual in its own country', () => {
    const odd = COUNTRY_CODES.filter((country) => {
      const { postcode, postcode_example } = countryFormat(country)
      return postcode !== null && postcode_example !== null && !new RegExp(`^(?:${postcode})$`).test(postcode_example)
    })
    expect(odd).toEqual([])
  })
})

describe('an address in lines', () => {
  const lines = (address: Partial<Address>, options = {}) => formatAddress(normaliseAddress(address), options)

  test.each<[string, Partial<Address>, string[]]>([
    [
      'US',
      { line1: '1 Main St', line2: 'Apt 2', city: 'Boston', region: 'Massachusetts', postcode: '02108' },
      ['1 Main St', 'Apt 2', 'Boston, MA 02108'],
    ],
    ['US', { line1: '1 Main St', city: 'Boston', postcode: '02108' }, ['1 Main St', 'Boston 02108']],
    ['US', { line1: '1 Main St', region: 'MA', postcode: '02108' }, ['1 Main St', 'MA 02108']],
    ['PT', { line1: 'Rua das Flores 118', city: 'Porto', postcode: '4050262' }, ['Rua das Flores 118', '4050-262 Porto']],
    ['CH', { line1: 'Gasse 1', city: 'Zürich', postcode: '8001' }, ['Gasse 1', 'CH-8001 Zürich']],
    ['CH', { line1: 'Gasse 1', city: 'Zürich', postcode: 'CH-8001' }, ['Gasse 1', 'CH-8001 Zürich']],
    ['CH', { line1: 'Gasse 1', city: 'Zürich' }, ['Gasse 1', 'Zürich']],
    ['TR', { line1: 'Cadde 1', region: 'İstanbul', postcode: '34000' }, ['Cadde 1', '34000 İstanbul']],
    ['SG', { line1: '1 Marina', postcode: '018956' }, ['1 Marina', 'SINGAPORE 018956']],
    [
      'BR',
      { line1: 'Rua 45', city: 'São Paulo', sublocality: 'Sé', region: 'SP', postcode: '01310-100' },
      ['Rua 45', 'Sé', 'São Paulo-SP', '01310-100'],
    ],
    ['JP', { line1: '千代田区丸の内1-1', region: '東京', postcode: '1000001' }, ['〒100-0001', '東京都', '千代田区丸の内1-1']],
    [
      'JP',
      { line1: '1-1 Marunouchi, Chiyoda-ku', region: 'Tokyo', postcode: '1000001' },
      ['1-1 Marunouchi, Chiyoda-ku, Tokyo', '100-0001'],
    ],
    ['HK', { line1: '1 Road', city: 'Mong Kok', region: '九龍' }, ['1 Road', 'Mong Kok', 'Kowloon']],
    [
      'CN',
      { line1: '长安街1号', region: 'Beijing', city: '东城区', postcode: '100005' },
      ['100005', '北京市东城区', '长安街1号'],
    ],
    [
      'KR',
      { line1: '세종대로 110', region: 'Seoul', city: '', sublocality: '중구', postcode: '04524' },
      ['서울 중구', '세종대로 110', '04524'],
    ],
    ['GG', { line1: '1 Lane', city: 'St Peter Port', postcode: 'GY1 1AA' }, ['1 Lane', 'St Peter Port', 'GUERNSEY', 'GY1 1AA']],
  ])('%s %j', (country, address, expected) => {
    const name = '名'
    const found = lines({ ...address, name, country })
    expect(found.filter((line) => line !== name)).toEqual(expected)
    expect(found).toContain(name)
  })

  test('the order for Latin labels can be asked for, with the region’s Latin name', () => {
    const address = { name: '山田', line1: '千代田区1-1', region: '東京都', postcode: '100-0001', country: 'JP' }
    expect(lines(address, { latin: true })).toEqual(['山田', '千代田区1-1, Tokyo', '100-0001'])
    expect(lines(address)).toEqual(['〒100-0001', '東京都', '千代田区1-1', '山田'])
  })
})

describe('an address of a report', () => {
  test('keeps everything, in the fields of its country', () => {
    expect(
      addressFromReport({ name: 'Chan', line1: 'Unit 5', line2: '1 Road', city: 'Mong Kok', region: 'Kowloon', country: 'HK' }),
    ).toMatchObject({ line1: 'Unit 5', line2: '1 Road', city: 'Mong Kok', region: 'Kowloon' })
    expect(
      addressFromReport({
        line1: '12 Sample Street',
        line2: 'Flat 3',
        city: 'Dublin',
        region: 'Co. Dublin',
        postcode: 'd02af30',
        country: 'Ireland',
      }),
    ).toMatchObject({
      line1: '12 Sample Street',
      line2: 'Flat 3',
      city: 'Dublin',
      region: 'Co. Dublin',
      postcode: 'D02 AF30',
      country: 'IE',
    })
    expect(addressFromReport({ line1: 'Rua 45', city: 'São Paulo', region: 'SP', country: 'BR' })).toMatchObject({ region: 'SP' })
    expect(
      addressFromReport({ line1: '1 Main St', city: 'Boston', region: 'Massachusetts', country: 'United States' }),
    ).toMatchObject({
      region: 'MA',
      country: 'US',
    })
    expect(addressFromReport({ line1: '1 High St', city: 'Hove', region: 'East Sussex', country: 'UK' })).toMatchObject({
      city: 'Hove',
      region: '',
      line2: 'East Sussex',
      country: 'GB',
    })
  })

  test('Japan has no city: it goes before the street in Japanese, after it in Latin letters', () => {
    expect(addressFromReport({ line1: '丸の内1-1', city: '千代田区', region: 'Tokyo', country: 'JP' })).toMatchObject({
      line1: '千代田区丸の内1-1',
      line2: '',
      city: '',
      region: '東京都',
    })
    expect(addressFromReport({ line1: '1-1 Marunouchi', city: 'Chiyoda-ku', region: 'Tokyo', country: 'JP' })).toMatchObject({
      line1: '1-1 Marunouchi',
      line2: 'Chiyoda-ku',
      city: '',
    })
  })

  test('what says nothing new is not repeated on the label', () => {
    expect(
      addressFromReport({ line1: '1 Marina', city: 'Singapore', region: 'Singapore', postcode: '018956', country: 'SG' }),
    ).toMatchObject({
      line2: '',
      city: '',
      region: '',
      postcode: '018956',
    })
    expect(
      addressFromReport({ line1: 'Gasse 7', city: 'Berlin', region: 'BERLIN', postcode: '10115', country: 'DE' }),
    ).toMatchObject({
      line2: '',
      city: 'Berlin',
      region: '',
    })
    expect(
      addressFromReport({ line1: 'Tower', city: 'Mong Kok', region: 'Kowloon', postcode: '00000', country: 'HK' }),
    ).toMatchObject({
      line2: '',
      postcode: '',
    })
  })

  test('without a country it knows, it stays as it is', () => {
    const report = { line1: '1 Road', city: 'Town', region: 'Somewhere', postcode: '1', country: 'Atlantis' }
    expect(addressFromReport(report)).toMatchObject({ ...report, country: 'ATLANTIS' })
    expect(addressFromReport({ ...report, country: '' })).toMatchObject({ ...report, country: '' })
  })
})

test('a change of country keeps person and lines, and a place only where it can be meant', () => {
  const from = normaliseAddress({
    ...{
      name: 'Ada',
      line1: '1 Main St',
      line2: 'Apt 2',
      city: 'Boston',
      region: 'MA',
      postcode: '02108',
      country: 'US',
      phone: '1',
    },
  })
  expect(changeCountry(from, 'JP')).toEqual({ ...from, country: 'JP', city: '', region: '' })
  expect(changeCountry(from, 'GB')).toEqual({ ...from, country: 'GB', region: '' })
  expect(changeCountry(from, 'HK')).toEqual({ ...from, country: 'HK', region: '', postcode: '' })
  expect(changeCountry(from, 'US')).toBe(from)
})

const word = fc.oneof(fc.stringMatching(/^[A-Za-zäß漢字ا-ي0-9]{1,12}$/), fc.string({ unit: 'grapheme', maxLength: 12 }))
const part = fc.option(word, { nil: '' })
const anyAddress = fc.record({
  ...{ name: word, line1: word, line2: part, sublocality: part, city: part, region: part, postcode: part },
  ...{ phone: fc.constant(''), delivery_notes: fc.constant('') },
  country: fc.constantFrom(...COUNTRY_CODES),
})

const PARTS = ['name', 'line1', 'line2', 'sublocality', 'city', 'region', 'postcode'] as const

test('no field is lost: every part of an address appears on the label of every country, in both orders', () => {
  fc.assert(
    fc.property(anyAddress, fc.constantFrom(true, false, undefined), (given, latin) => {
      const address = normaliseAddress(given)
      const label = formatAddress(address, latin === undefined ? {} : { latin }).join('\n')
      for (const field of PARTS) {
        const known = countryFormat(address.country).regions.find(({ value }) => field === 'region' && value === address.region)
        const ways = known ? [known.value, known.name, known.latin] : [address[field]]
        expect([label, ways.some((way) => label.includes(way))]).toEqual([label, true])
      }
    }),
    { numRuns: 1_000 },
  )
})

test('no field is lost from a report either, and its form shows every part that is left', () => {
  fc.assert(
    fc.property(anyAddress, (report) => {
      const tidy = normaliseAddress(report)
      const kept = addressFromReport(report)
      expect(fitAddress(kept)).toEqual(kept)
      const fields = addressFormOf(kept.country).map(({ field }) => field)
      for (const field of PARTS) if (kept[field] !== '') expect(fields).toContain(field)
      const all = PARTS.map((field) => kept[field].toLowerCase()).join('\n')
      for (const field of PARTS) {
        if (field === 'postcode' && /^[0\s./-]*$|^n\/?a$/i.test(tidy.postcode)) continue
        const said = [tidy[field].toLowerCase(), tidy[field].normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()]
        expect([
          field,
          tidy,
          said.some((way) => all.includes(way) || all.normalize('NFD').replace(/\p{M}/gu, '').includes(way)),
        ]).toEqual([field, tidy, true])
      }
    }),
    { numRuns: 1_000 },
  )
})
