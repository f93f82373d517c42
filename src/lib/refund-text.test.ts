import { expect, test } from 'vitest'
import { REFUND_STATES } from '../domain/refunds/states.ts'
import { refundReason, refundWord } from './refund-text.ts'

test('every state has a word of its own, and no answer is no failure', () => {
  const words = REFUND_STATES.map(refundWord)
  expect(new Set(words).size).toBe(REFUND_STATES.length)
  for (const [at, state] of REFUND_STATES.entries()) expect(words[at]).not.toBe(state)
  expect(refundWord('unknown')).toBe('No answer yet')
})

test('a code that nobody has words for is shown, not hidden', () => {
  expect(refundReason('charge_disputed')).toContain('disputed')
  expect(refundReason('some_new_code')).toContain('some new code')
  expect(refundReason(null)).toBe('the bank gave no reason')
})
