import { expect, test } from 'vitest'
import { actionText, hasActionText } from '../../lib/action-text.ts'
import type { LifecycleCounts } from './counts.ts'
import { ORDER_STATUSES, SURVEY_STATES } from './lifecycle.ts'
import { answersNeedUntil, NEXT_ACTIONS, nextActions } from './next-actions.ts'

function counts(surveys: Partial<LifecycleCounts['surveys']>, lock: Partial<LifecycleCounts['lock']> = {}): LifecycleCounts {
  const none = { count: 0, owed: 0, credit: 0, on_hold: 0 }
  return {
    surveys: { ...(Object.fromEntries(SURVEY_STATES.map((state) => [state, 0])) as LifecycleCounts['surveys']), ...surveys },
    orders: Object.fromEntries(ORDER_STATUSES.map((status) => [status, none])) as LifecycleCounts['orders'],
    lock: { can: 0, left: [], payment_method_missing: 0, on_hold: 0, ...lock },
  }
}
const codes = (facts: Parameters<typeof nextActions>[0]) => nextActions(facts).map(({ code }) => code)

const now = new Date('2026-03-10T12:00:00Z')
const setup = {
  regions: 2,
  hidden_addons: 0,
  mailed_at: null as Date | null,
  is_past_deadline: false,
  handed_over: false,
  untold_parcels: 0,
}
const calm = {
  now,
  setup,
  prices_saved: true,
  owe_nothing: 0,
  charge: { orders: 0, amount: 0, left: [] },
  finalize: { moved: 0, left: [] },
  requests: 0,
  run_under_way: false,
}

test('a campaign is led from its report to its lock', () => {
  expect(codes({ ...calm, counts: counts({}), prices_saved: false })).toEqual(['import_report'])
  expect(codes({ ...calm, counts: counts({ not_sent: 9 }), prices_saved: false })).toEqual(['save_prices'])
  expect(codes({ ...calm, counts: counts({ not_sent: 9 }) })).toEqual(['send_surveys'])
  const ready = counts({ completed: 44, sent: 2 }, { can: 41, payment_method_missing: 3 })
  expect(codes({ ...calm, counts: ready })).toEqual(['lock', 'ask_payment_method', 'remind'])
  expect(codes({ ...calm, counts: counts({ completed: 4 }) })).toEqual([])
})

test('and from its lock to the parcels', () => {
  const answered = counts({ completed: 44 })
  const charge = { orders: 30, amount: 96_000, left: [{ code: 'on_hold', count: 1, sample_ids: [] }] }
  expect(nextActions({ ...calm, counts: answered, charge, owe_nothing: 5 })).toEqual([
    { code: 'charge', count: 30, amount: 96_000, left: [{ code: 'on_hold', count: 1 }] },
  ])
  expect(codes({ ...calm, counts: answered, owe_nothing: 5 })).toEqual(['nothing_owed'])
  const without_card = { orders: 0, amount: 0, left: [{ code: 'payment_method_missing', count: 2 }] }
  expect(nextActions({ ...calm, counts: answered, charge: without_card })).toMatchObject([
    { code: 'ask_payment_method', count: 2 },
  ])
  const errored = { count: 3, owed: 9_000, credit: 0, on_hold: 0 }
  const ready_to_ship = { count: 12, owed: 0, credit: 0, on_hold: 2 }
  const late = { ...answered, orders: { ...answered.orders, errored, ready_to_ship } }
  const actions = nextActions({ ...calm, counts: late, finalize: { moved: 7, left: [] }, requests: 1 })
  expect(actions.map(({ code, count }) => [code, count])).toEqual([
    ['answer_requests', 1],
    ['hand_over', 10],
    ['look_at_failed', 3],
    ['finalize_address', 7],
    ['look_at_holds', 2],
  ])
})

test('before anybody is asked, what backers could not add and what would ship at no charge come first', () => {
  const bare = { ...calm, setup: { ...setup, regions: 0, hidden_addons: 2 } }
  const actions = nextActions({ ...bare, counts: counts({ not_sent: 9 }) })
  expect(actions.map(({ code, count }) => [code, count])).toEqual([
    ['offer_addons', 2],
    ['set_shipping', 0],
    ['send_surveys', 9],
  ])
  expect(codes({ ...bare, counts: counts({ not_sent: 9, completed: 1 }) })).toEqual(['send_surveys'])
  expect(codes({ ...bare, counts: counts({ not_sent: 9 }), prices_saved: false })).toEqual(['save_prices'])
})

test('who was just asked is given three days before a reminder, and a lock waits behind', () => {
  const mailed_at = new Date('2026-03-09T12:00:00Z')
  const asked = { ...calm, setup: { ...setup, mailed_at }, counts: counts({ sent: 9, completed: 3 }, { can: 3 }) }
  expect(codes(asked)).toEqual(['wait_for_answers', 'lock'])
  expect(answersNeedUntil(asked.setup, now)).toEqual(new Date('2026-03-12T12:00:00Z'))
  expect(codes({ ...asked, now: new Date('2026-03-12T12:00:00Z') })).toEqual(['lock', 'remind'])
  expect(codes({ ...asked, setup: { ...asked.setup, is_past_deadline: true } })).toEqual(['lock', 'remind'])
  expect(codes({ ...asked, counts: counts({ completed: 12 }, { can: 12 }) })).toEqual(['lock'])
})

test('what was handed over waits for its numbers, and what left for its mails', () => {
  const ready_to_ship = { count: 5, owed: 0, credit: 0, on_hold: 0 }
  const answered = counts({ completed: 9 })
  const facts = { ...calm, counts: { ...answered, orders: { ...answered.orders, ready_to_ship } } }
  expect(codes({ ...facts, setup: { ...setup, handed_over: true } })).toEqual(['apply_tracking'])
  expect(codes({ ...facts, setup: { ...setup, untold_parcels: 4 } })).toEqual(['hand_over', 'send_tracking'])
})

test('every action has its sentence, with who is left out and why', () => {
  expect(NEXT_ACTIONS.filter((code) => !hasActionText(code))).toEqual([])
  const left = [
    { code: 'payment_method_missing', count: 3 },
    { code: 'on_hold', count: 1 },
  ]
  expect(actionText({ code: 'lock', count: 41, left })).toBe('41 orders can be locked; 3 lack a payment method, 1 is on hold.')
  expect(actionText({ code: 'lock', count: 1, left: [] })).toBe('1 order can be locked.')
  const charge = { code: 'charge', count: 1014, amount: 5_891_120, left: [{ code: 'on_hold', count: 2 }] }
  expect(actionText(charge, 'USD')).toBe('1,014 locked orders can be charged, $58,911.20; 2 are on hold.')
})
