import { expect, test } from 'vitest'
import type { Catalog } from '../catalog/load-catalog.ts'
import { type Address, normaliseAddress } from '../shipping/address.ts'
import { describeChanges } from './describe-changes.ts'
import type { SurveyFile } from './drafts.ts'
import type { SurveyData } from './schema.ts'

const catalog = { addons: [{ id: 'mat', name: 'Playmat', contents: [] }], levels: [], questions: [] } as unknown as Catalog
const home = normaliseAddress({ name: 'Ada', line1: 'Rua das Flores 118', postcode: '4050-262', city: 'Porto', country: 'PT' })
const unusual = { ...home, postcode: '99' }

/** What an edit changes of an order with this address; `warned`: it looks unusual, and nobody has said that it is right. */
function changes(order: { address: Address | null; warned?: boolean }, edit: Partial<SurveyData>) {
  const { address, warned = false } = order
  const confirmed = { answers: {}, options: {}, country: 'PT', address, address_warning: warned, quote: { addons: {} } }
  const file = { backer: { level_id: null }, order: confirmed, pledged_addons: {}, draft: null } as unknown as SurveyFile
  const data = { answers: {}, options: {}, addons: {}, country: 'PT', address, address_accepted: false, ...edit }
  return describeChanges(catalog, file, data)
}

test('delivery notes are a change in words, and line breaks as a browser sends them are none', () => {
  const notes = { ...home, delivery_notes: 'Ring twice.\nSecond floor.' }
  expect(changes({ address: home }, { address: notes })).toEqual([
    { kind: 'address', label: 'Delivery notes', before: '', after: 'Ring twice.\nSecond floor.' },
  ])
  const sent = { ...notes, delivery_notes: 'Ring twice.\r\nSecond floor.' }
  expect(changes({ address: notes }, { address: sent })).toEqual([])
})

test('an unusual address that is said to be right is a change of its own', () => {
  const [looks, right] = ['It looks unusual', 'It is right as it is']
  expect(changes({ address: unusual, warned: true }, { address_accepted: true })).toEqual([
    { kind: 'address', label: 'Address', before: looks, after: right },
  ])
  expect(changes({ address: unusual }, { address_accepted: false })).toEqual([
    { kind: 'address', label: 'Address', before: right, after: looks },
  ])
  expect(changes({ address: unusual, warned: true }, { address_accepted: false })).toEqual([])
  expect(changes({ address: unusual }, { address_accepted: true })).toEqual([])
})

test('nothing is said of a tick without an address, at one that looks as it should, or beside a new one', () => {
  expect(changes({ address: null }, { address_accepted: true })).toEqual([])
  expect(changes({ address: home }, { address_accepted: false })).toEqual([])
  expect(changes({ address: home }, { address: unusual, address_accepted: true })).toMatchObject([
    { label: 'Address', after: expect.stringContaining('99') },
  ])
  expect(changes({ address: unusual, warned: true }, { address: home })).toMatchObject([
    { label: 'Address', before: expect.stringContaining('99'), after: expect.stringContaining('4050-262') },
  ])
})

test('a number of none that the add-ons step writes changes nothing', () => {
  expect(changes({ address: home }, { addons: { mat: 0 } })).toEqual([])
  expect(changes({ address: home }, { addons: { mat: 1 } })).toMatchObject([{ label: 'Playmat', before: '0', after: '1' }])
})
