import { expect, test } from 'vitest'
import { backersAccountWords, ledgerAccountWords, quoteLineWords } from './quote-text.ts'

const words = (line: { kind: string; label?: string; quantity?: number; unit?: number; reason?: string }) =>
  quoteLineWords({ label: '', quantity: 1, unit: 0, reason: '', ...line }, 'USD')

test('a line says what it is and why', () => {
  expect(words({ kind: 'addon', label: 'Playmat', quantity: 2, unit: 3200 })).toEqual({
    label: 'Playmat',
    why: '2 at $32.00, added here',
  })
  expect(words({ kind: 'addon_pledged', label: 'Playmat' }).why).toContain('pledge')
  expect(words({ kind: 'shipping_paid' }).why).toBe('counts towards shipping only')
})

test('shipping names its country, and its region where that says more', () => {
  expect(words({ kind: 'shipping', reason: 'to_PT', label: 'Everywhere else' })).toEqual({
    label: 'Shipping to Portugal',
    why: 'Everywhere else',
  })
  expect(words({ kind: 'shipping', reason: 'to_DE', label: 'Germany' })).toEqual({ label: 'Shipping to Germany', why: null })
})

test('accounts that a quote has lines for have no words of their own', () => {
  expect(ledgerAccountWords('settled_outside')?.label).toBeTruthy()
  expect(ledgerAccountWords('goods')).toBeNull()
})

test('money that went back is not called paid', () => {
  expect(ledgerAccountWords('card', -1300)?.label).toBe('Paid by card')
  expect(ledgerAccountWords('card', 1300, 'refund')?.label).toBe('Given back to the card')
  expect(ledgerAccountWords('card', 1300, 'dispute_lost')?.label).toBe('Taken back by the bank')
  expect(ledgerAccountWords('settled_outside', 1300)?.label).toBe('Paid back in another way')
  expect(ledgerAccountWords('at_gateway', 1300, 'refund')?.label).toBe('On its way back to the card')
  expect(ledgerAccountWords('at_gateway', -1300, 'refunded_elsewhere')?.label).toBe('Not decided yet')
})

test('a backer is not told that a refund is on its way which came back', () => {
  expect(backersAccountWords('at_gateway', 1300, 'refund')?.label).toBe('On its way back to the card')
  expect(backersAccountWords('at_gateway', 1300, 'undecided')?.label).toBe('Being looked at by the creator')
  expect(backersAccountWords('card', -1300, '')?.label).toBe('Paid by card')
})
