import { expect, test } from 'vitest'
import { countryFromText } from './countries.ts'
import { countriesOfGroup } from './country-groups.ts'

test('“EU” is the European Union and not a country of another language', () => {
  expect(countriesOfGroup(' EU ')).toHaveLength(27)
  expect(countriesOfGroup('the European Union')).toEqual(countriesOfGroup('eu'))
  expect(new Set(countriesOfGroup('EU')?.map((code) => countryFromText(code))).size).toBe(27)
  for (const text of ['Germany', 'US', 'Europe', '']) expect(countriesOfGroup(text)).toBeNull()
})
