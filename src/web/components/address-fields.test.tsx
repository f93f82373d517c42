import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Address, AddressField } from '../../domain/shipping/address.ts'
import { addressFormOf } from '../../domain/shipping/address-form.ts'
import { AddressFields } from './address-fields.tsx'

interface Shown {
  values?: Partial<Address>
  errors?: Partial<Record<AddressField, string[]>>
  warnings?: Partial<Record<AddressField, string>>
}

const page = (country: string, shown: Shown = {}) =>
  renderToStaticMarkup(<AddressFields prefix="address." form={addressFormOf(country, 'US')} values={{}} {...shown} />)

test('every field has its label, its autocomplete token and its own direction', () => {
  const html = page('PT', { values: { name: 'ליאת', postcode: '4050-262', phone: '+351 912 345 678' } })
  expect(html).toContain('<label class="field-label" for="address.postcode">Postal code</label>')
  expect(html).toMatch(
    /<input[^>]*inputMode="numeric"[^>]*name="address.postcode"|<input[^>]*name="address.postcode"[^>]*inputMode="numeric"/,
  )
  expect(html).toContain('autoComplete="shipping postal-code"')
  expect(html).toMatch(/dir="auto"[^>]*value="ליאת"/)
  expect(html).toMatch(/type="tel"/)
  expect(html).not.toContain('address.region')
})

test('an error and a warning stand between help and field, and describe it', () => {
  const html = page('PT', {
    errors: { city: ['Enter a town or city.'] },
    warnings: { postcode: 'Enter a postal code like 2725-079.' },
  })
  expect(html).toMatch(/id="address.city-error".*Enter a town or city\..*<input[^>]*aria-describedby="address.city-error"/s)
  expect(html).toMatch(/aria-invalid="true"/)
  expect(html).toMatch(
    /id="address.postcode-help".*id="address.postcode-warning".*aria-describedby="address.postcode-help address.postcode-warning"/s,
  )
})

test('regions are chosen from a list; one that the list does not know stays choosable', () => {
  expect(page('JP', { values: { region: '東京都' } })).toContain('<option value="東京都" selected="">東京都 (Tokyo)</option>')
  expect(page('IE', { values: { region: 'Leinster' } })).toContain('<option value="Leinster" selected="">Leinster</option>')
  expect(page('US', { values: {} })).toContain('<option value="" selected="">Choose…</option>')
})

test('required fields are required of the browser too, the others are marked optional', () => {
  const html = page('HK')
  expect(html).toMatch(/<select[^>]*required=""/)
  expect(html).toMatch(/for="address.line2">Flat, floor or company<span class="field-optional"> \(optional\)<\/span>/)
  expect(html).not.toContain('address.postcode')
})
