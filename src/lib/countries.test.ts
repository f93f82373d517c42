import { expect, test } from 'vitest'
import { COUNTRIES, countriesByName, countryFromText } from './countries.ts'

test.each([
  ['United States', 'US'],
  ['US', 'US'],
  ['us ', 'US'],
  ['USA', 'US'],
  ['U.S.A.', 'US'],
  ['Deutschland', 'DE'],
  ['Allemagne', 'DE'],
  ['UK', 'GB'],
  ['England', 'GB'],
  ['GBR', 'GB'],
  ['España', 'ES'],
  ['ESPANA', 'ES'],
  ['日本', 'JP'],
  ['대한민국', 'KR'],
  ['South Korea', 'KR'],
  ['Korea, Republic of', 'KR'],
  ['中国', 'CN'],
  ['Hong Kong', 'HK'],
  ['香港', 'HK'],
  ['الإمارات العربية المتحدة', 'AE'],
  ['The Netherlands', 'NL'],
  ['Czech Republic', 'CZ'],
  ['Türkiye', 'TR'],
  ['Côte d’Ivoire', 'CI'],
  ["Cote d'Ivoire", 'CI'],
  ['Saint Lucia', 'LC'],
  ['St. Lucia', 'LC'],
  ['Trinidad & Tobago', 'TT'],
  ['Trinidad and Tobago', 'TT'],
  ['Georgia', 'GE'],
  ['Niger', 'NE'],
  ['Kosovo', 'XK'],
  ['XKX', 'XK'],
  ['Ascension Island', 'AC'],
  ['AC', 'AC'],
  ['Atlantis', null],
  ['ZZ', null],
  ['QQ', null],
  ['', null],
])('%s is %s', (text, code) => {
  expect(countryFromText(text)).toBe(code)
})

test('every country is found by its own English name, and by its names in other languages or not at all wrongly', () => {
  for (const { value, label } of countriesByName('en')) expect([label, countryFromText(label)]).toEqual([label, value])
  for (const locale of ['de', 'fr', 'ja', 'ru', 'ar', 'pt', 'zh-Hans']) {
    const wrong = countriesByName(locale).filter(({ value, label }) => ![value, null].includes(countryFromText(label)))
    expect({ locale, wrong }).toEqual({ locale, wrong: [] })
  }
})

test('the list of a select is complete and sorted as its reader sorts', () => {
  expect(COUNTRIES).toHaveLength(252)
  const german = countriesByName('de')
  expect(german).toHaveLength(252)
  expect(german.find(({ value }) => value === 'AT')?.label).toBe('Österreich')
  expect(german.findIndex(({ value }) => value === 'AT')).toBeLessThan(german.findIndex(({ value }) => value === 'PL'))
})
