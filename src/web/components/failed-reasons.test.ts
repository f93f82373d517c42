import { expect, test } from 'vitest'
import type { FailedReason } from '../../domain/follow-ups/find-failed-payments.ts'
import { codesOf, groupReasons } from './failed-reasons.ts'

const reason = (code: string, over: Partial<FailedReason> = {}): FailedReason => ({
  code,
  decline_class: 'soft',
  orders: 1,
  amount: 1300,
  retries: { orders: 0, next_at: null },
  reminders: { orders: 0, next_at: null },
  days_named: { orders: 0, next_on: null },
  under_way: 0,
  on_hold: 0,
  nothing_follows: 0,
  ...over,
})

test('codes that read the same are one reason, with their sums and what comes first', () => {
  const [early, late] = [new Date('2026-11-24T09:00:00Z'), new Date('2026-11-26T09:00:00Z')]
  const groups = groupReasons([
    reason('insufficient_funds', { orders: 3 }),
    reason('generic_decline', { orders: 2, retries: { orders: 2, next_at: late } }),
    reason('do_not_honor', { orders: 2, amount: 700, retries: { orders: 1, next_at: early }, nothing_follows: 1 }),
    // The bank’s advice made it one for good: that is another matter.
    reason('generic_decline', { decline_class: 'hard' }),
  ])
  expect(groups.map(({ codes, orders }) => [codes, orders])).toEqual([
    [['generic_decline', 'do_not_honor'], 4],
    [['insufficient_funds'], 3],
    [['generic_decline'], 1],
  ])
  expect(groups[0]).toMatchObject({ amount: 2000, retries: { orders: 3, next_at: early }, nothing_follows: 1 })
})

test('a ticked box stands for its codes; what is none is left out', () => {
  expect(codesOf(['generic_decline,do_not_honor', 'lost_card', 'generic_decline', '<script>', ''])).toEqual([
    'generic_decline',
    'do_not_honor',
    'lost_card',
  ])
})
