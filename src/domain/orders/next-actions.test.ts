import { expect, test } from 'vitest'
import { actionText, hasActionText } from '../../lib/action-text.ts'
import type { LifecycleCounts } from './counts.ts'
import { ORDER_STATUSES, SURVEY_STATES } from './lifecycle.ts'
import { NEXT_ACTIONS, nextActions } from './next-actions.ts'

function counts(surveys: Partial<LifecycleCounts['surveys']>, lock: Partial<LifecycleCounts['lock']> = {}): LifecycleCounts {
  const none = { count: 0, owed: 0, credit: 0, on_hold: 0 }
  return {
    surveys: { ...(Object.fromEntries(SURVEY_STATES.map((state) => [state, 0])) as LifecycleCounts['surveys']), ...surveys },
    orders: Object.fromEntries(ORDER_STATUSES.map((status) => [status, none])) as LifecycleCounts['orders'],
    lock: { can: 0, left: [], payment_method_missing: 0, on_hold: 0, ...lock },
  }
}
const codes = (facts: Parameters<typeof nextActions>[0]) => nextActions(facts).map(({ code }) => code)

test('a campaign is led from its report to its lock', () => {
  expect(codes({ counts: counts({}), prices_saved: false, owe_nothing: 0 })).toEqual(['import_report'])
  expect(codes({ counts: counts({ not_sent: 9 }), prices_saved: false, owe_nothing: 0 })).toEqual(['save_prices'])
  expect(codes({ counts: counts({ not_sent: 9 }), prices_saved: true, owe_nothing: 0 })).toEqual(['send_surveys'])
  const ready = counts({ completed: 44, sent: 2 }, { can: 41, payment_method_missing: 3 })
  expect(codes({ counts: ready, prices_saved: true, owe_nothing: 0 })).toEqual(['lock', 'ask_payment_method', 'remind'])
  expect(codes({ counts: counts({ completed: 4 }), prices_saved: true, owe_nothing: 0 })).toEqual([])
})

test('every action has its sentence, with who is left out and why', () => {
  expect(NEXT_ACTIONS.filter((code) => !hasActionText(code))).toEqual([])
  const left = [
    { code: 'payment_method_missing', count: 3 },
    { code: 'on_hold', count: 1 },
  ]
  expect(actionText({ code: 'lock', count: 41, left })).toBe('41 orders can be locked; 3 lack a payment method, 1 is on hold.')
  expect(actionText({ code: 'lock', count: 1, left: [] })).toBe('1 order can be locked.')
})
