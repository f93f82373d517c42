import { describe, expect, test } from 'vitest'
import { normaliseAddress } from './address.ts'
import { addressFromReport, changeCountry } from './address-fit.ts'

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
