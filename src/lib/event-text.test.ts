import { expect, test } from 'vitest'
import { TRANSITION_NAMES } from '../domain/orders/lifecycle.ts'
import { EVENT_KINDS } from '../domain/shared/events.ts'
import { eventSentence, eventWords, hasEventText, type ToldEvent } from './event-text.ts'

const event = (more: Partial<ToldEvent>): ToldEvent => ({
  kind: 'lock',
  actor: { kind: 'staff', name: 'Ada' },
  from: 'open',
  to: 'locked',
  code: null,
  reason: null,
  data: {},
  ...more,
})
const telling = { currency: 'USD' }

test('every kind of event and every transition has its words', () => {
  const kinds = [...EVENT_KINDS, ...TRANSITION_NAMES]
  expect(kinds.filter((kind) => !hasEventText(kind))).toEqual([])
})

test('a sentence says who, what and why', () => {
  expect(eventSentence(event({}), telling)).toBe('Ada locked the order.')
  expect(eventSentence(event({ kind: 'held', reason: 'Wrong size?' }), telling)).toBe('Ada put the order on hold: Wrong size?')
  expect(eventSentence(event({ actor: { kind: 'clock', name: null } }), telling)).toBe(
    'The notice that ran out locked the order.',
  )
  const settled = event({ kind: 'settled_outside', code: 'paid_elsewhere', reason: 'bank transfer', data: { amount: 1250 } })
  expect(eventSentence(settled, telling)).toBe('Ada recorded $12.50 as paid in another way: bank transfer.')
})

test('an edit names its fields and what it costs', () => {
  const edit = event({
    kind: 'order_changed',
    actor: { kind: 'backer', name: 'Grace' },
    data: { fields: ['addons', 'address'], balance_change: 500 },
  })
  expect(eventWords(edit, telling)).toEqual({
    who: 'Grace',
    did: 'changed the add-ons and the address',
    why: '$5.00 more to pay',
  })
  expect(eventWords(edit, { ...telling, reader: 'backer' }).who).toBe('You')
})

test('a backer reads that the creator acted, never who', () => {
  expect(eventSentence(event({ kind: 'complete_survey' }), { ...telling, reader: 'backer' })).toBe(
    'The creator completed the survey for you.',
  )
})

test('a kind nobody knows is shown, not hidden', () => {
  expect(eventSentence(event({ kind: 'some_new_kind' }), telling)).toBe('Ada some new kind.')
})
