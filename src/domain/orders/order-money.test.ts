import { expect, test } from 'vitest'
import { bookedSince } from './order-money.ts'

test('what lies at the gateway is two lines: a refund on its way, and what waits for a decision', () => {
  const terms = [
    { account: 'card' as const, reason: 'charge', amount: 5000 },
    { account: 'card' as const, reason: 'refund', amount: -700 },
    { account: 'at_gateway' as const, reason: 'refund', amount: -300 },
    { account: 'at_gateway' as const, reason: 'refund_failed', amount: -1300 },
    { account: 'at_gateway' as const, reason: 'refunded_elsewhere', amount: 200 },
  ]
  expect(bookedSince(terms)).toEqual([
    { account: 'card', reason: '', amount: 4300 },
    { account: 'at_gateway', reason: 'refund', amount: -300 },
    { account: 'at_gateway', reason: 'undecided', amount: -1100 },
  ])
  const decided = { account: 'at_gateway' as const, reason: 'decided', amount: 1100 }
  expect(bookedSince([...terms, decided]).map(({ reason }) => reason)).toEqual(['', 'refund'])
})
