import { expect, test } from 'vitest'
import { ATTEMPT_STATES } from '../domain/payments/attempts.ts'
import { RUN_ORDER_STATES } from '../domain/payments/statuses.ts'
import { afterDecline, attemptWord, chargeReason, reasonTitle, runOrderWord } from './charge-text.ts'

test('every state has its word, and no answer is never a failure', () => {
  for (const state of ATTEMPT_STATES) expect(attemptWord(state)).not.toBe(state)
  for (const state of RUN_ORDER_STATES) expect(runOrderWord(state)).not.toBe(state)
  expect([attemptWord('unknown'), runOrderWord('unknown')]).toEqual(['No answer yet', 'No answer yet'])
})

test('a reason is told in words: of the bank, of the lifecycle, or of the gateway', () => {
  expect(chargeReason('declined', 'insufficient_funds')).toBe('not enough funds')
  expect(chargeReason('declined', 'generic_decline'), 'after the word "Declined"').toBe('the bank gave no reason')
  expect(chargeReason('left_out', 'on_hold')).toBe('on hold')
  expect(chargeReason('refused', 'http_401')).toBe('the gateway refused our keys')
  expect(chargeReason('refused', 'some_new_code')).toContain('some new code')
  expect(chargeReason('unknown', 'timeout')).toContain('nothing is charged again')
  expect(chargeReason('succeeded', null)).toBeNull()
  expect(reasonTitle('declined', 'expired_card')).toBe('The card has expired')
  expect([afterDecline('lost_card'), afterDecline('insufficient_funds')]).toEqual(['needs another card', 'may pass another day'])
})
