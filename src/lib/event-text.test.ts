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

test('a charge names its amount, its card and what the bank said', () => {
  const bank = { kind: 'gateway', name: null }
  const data = { attempt_id: 'a', amount: 10832, brand: 'visa', last4: '4242' }
  const say = (more: Partial<ToldEvent>, reader: 'creator' | 'backer' = 'creator') =>
    eventSentence(event({ actor: bank, data, ...more }), { ...telling, reader })
  expect(say({ kind: 'charge_succeeded' })).toBe('The bank confirmed the charge of $108.32 (Visa ending 4242).')
  expect(say({ kind: 'charge_failed', code: 'insufficient_funds' }, 'backer')).toBe(
    'The bank declined the charge of $108.32 (Visa ending 4242): not enough funds.',
  )
  expect(say({ kind: 'charge_failed', code: 'stolen_card' })).toMatch(/: the card was reported stolen\.$/)
  expect(say({ kind: 'charge_failed', code: 'stolen_card' }, 'backer')).toBe(
    'The bank declined the charge of $108.32 (Visa ending 4242).',
  )
  expect(say({ kind: 'charge_refused', code: 'resource_missing' })).toBe(
    'The bank did not carry out the charge of $108.32 (Visa ending 4242): the request did not pass, and nothing was taken.',
  )
  const run = { kind: 'run', name: null }
  expect(say({ kind: 'start_charge', actor: run })).toBe('The charge run started a charge of $108.32 (Visa ending 4242).')
  expect(say({ kind: 'charge_refused', actor: run, code: 'run_paused', data: {} })).toBe(
    'The charge run did not carry out the charge: the charge run was paused before its turn came.',
  )
})

test('cards, requests, runs and parcels have their words', () => {
  const say = (more: Partial<ToldEvent>) => eventSentence(event(more), telling)
  expect(say({ kind: 'payment_method_changed', data: { brand: 'visa', last4: '4242' } })).toBe('Ada put in Visa ending 4242.')
  expect(say({ kind: 'noticed', data: { notice_kind: 'finalize_address' } })).toBe('Ada gave notice of the final address.')
  expect(say({ kind: 'noticed' })).toBe('Ada gave notice of the lock.')
  expect(say({ kind: 'change_request_answered', data: { decision: 'approve' } })).toBe(
    'Ada approved the request for another address.',
  )
  const closed = { actor: { kind: 'system', name: null }, code: 'already_shipped', data: { decision: 'decline' } }
  expect(say({ kind: 'change_request_answered', ...closed })).toBe(
    'Afterfund declined the request for another address: a parcel is handed over.',
  )
  expect(say({ kind: 'charge_run_started', data: { orders: 1204, amount: 500 } })).toBe(
    'Ada started a charge run of 1,204 orders, $5.00.',
  )
  expect(say({ kind: 'ready_orders_exported', data: { orders: 1 } })).toBe('Ada exported 1 order that is ready to ship.')
})

test('a kind nobody knows is shown, not hidden', () => {
  expect(eventSentence(event({ kind: 'some_new_kind' }), telling)).toBe('Ada some new kind.')
})
