import { describe, expect, test } from 'vitest'
import { COUNTRIES } from '../../lib/countries.ts'
import { type Address, normaliseAddress } from './address.ts'
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
