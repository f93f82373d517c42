import { expect, test } from 'vitest'
import { REASON_CODES, STAFF_TRANSITIONS } from '../domain/orders/lifecycle.ts'
import { hasOperationText } from './operation-text.ts'
import { hasReasonText } from './reason-text.ts'

const OTHERS = [
  'hold',
  'release',
  'lock_notice',
  'finalize_notice',
  'move_notice',
  'withdraw_notice',
  'send_surveys',
  'remind_backers',
  'ask_payment_method',
  'import',
  'charge',
  'waive',
  'apply_tracking',
  'tracking_mails',
]

test('every operation says what it does and what it did', () => {
  expect([...STAFF_TRANSITIONS, ...OTHERS].filter((kind) => !hasOperationText(kind))).toEqual([])
})

test('every reason code of the lifecycle has its sentence', () => {
  expect(REASON_CODES.filter((code) => !hasReasonText(code))).toEqual([])
})
