import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normaliseAddress } from './address.ts'
import { addressFromReport, fitAddress } from './address-fit.ts'
import { addressFormOf, formatAddress } from './address-form.ts'
import { COUNTRY_CODES, countryFormat } from './country-formats.ts'

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
