import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namedMinimum, smallestCharge, stepOf, unchargeablePart } from './charge-limits.ts'
import { CURRENCIES } from './currencies.ts'
import { exponentOf } from './money.ts'

/* Golden: written here once more, by the same page of Stripe's documentation ("Supported currencies"), so that a slip in one is seen. */

describe('the decimals that the gateway counts in', () => {
  const zero = ['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']
  const three = ['BHD', 'JOD', 'KWD', 'OMR', 'TND']

  test('are none for the zero-decimal ones, three for the three-decimal ones, two for all others', () => {
    for (const currency of CURRENCIES) {
      expect([currency, exponentOf(currency)]).toEqual([currency, zero.includes(currency) ? 0 : three.includes(currency) ? 3 : 2])
    }
  })

  test("differ from Intl's where the gateway says so", () => {
    const intl = (currency: string) =>
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
    // No coin below one unit, and counted in hundredths all the same.
    expect(['ISK', 'UGX'].map((currency) => [intl(currency), exponentOf(currency)])).toEqual([
      [0, 2],
      [0, 2],
    ])
    // Paid out in whole units only, charged in hundredths.
    expect(['HUF', 'TWD'].map((currency) => [exponentOf(currency), stepOf(currency)])).toEqual([
      [2, 1],
      [2, 1],
    ])
  })

  test('leave a step where the last digits must be zero', () => {
    for (const currency of CURRENCIES) {
      const step = three.includes(currency) ? 10 : currency === 'ISK' || currency === 'UGX' ? 100 : 1
      expect([currency, stepOf(currency)]).toEqual([currency, step])
    }
  })
})

test('the smallest charges are those that the gateway names', () => {
  const named = {
    ...{ AED: 200, AUD: 50, BGN: 100, BRL: 50, CAD: 50, CHF: 50, CZK: 1500, DKK: 250, EUR: 50, GBP: 30, HKD: 400, HUF: 17500 },
    ...{ INR: 50, JPY: 50, MXN: 1000, MYR: 200, NOK: 300, NZD: 50, PLN: 200, RON: 200, SEK: 300, SGD: 50, THB: 1000, USD: 50 },
  }
  const found = Object.fromEntries(
    CURRENCIES.flatMap((code) => (namedMinimum(code) === null ? [] : [[code, namedMinimum(code)]])),
  )
  expect(found).toEqual(named)
  for (const currency of CURRENCIES) expect(smallestCharge(currency) % stepOf(currency)).toBe(0)
})

test.each([
  ['USD', 49, 49],
  ['USD', 50, 0],
  ['USD', 1234, 0],
  ['USD', 0, 0],
  ['USD', -5, 0],
  ['JPY', 49, 49],
  ['JPY', 51, 0],
  ['ISK', 99, 99],
  ['ISK', 100, 0],
  ['ISK', 12_345, 45],
  ['UGX', 350_001, 1],
  ['KWD', 9, 9],
  ['KWD', 1234, 4],
  ['HUF', 17_499, 17_499],
  ['HUF', 17_501, 0],
  ['TWD', 101, 0],
])('of a balance of %s %i, %i cannot be charged', (currency, balance, rest) => {
  expect(unchargeablePart(balance, currency)).toBe(rest)
})

test('what is left after waiving is charged to the last unit, or nothing is', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CURRENCIES), fc.integer({ min: -10_000_000, max: 100_000_000 }), (currency, balance) => {
      const waived = unchargeablePart(balance, currency)
      const rest = balance - waived
      expect(waived).toBeGreaterThanOrEqual(0)
      expect(balance > 0 || waived === 0).toBe(true)
      if (balance <= 0) return
      expect(rest === 0 || (rest >= smallestCharge(currency) && rest % stepOf(currency) === 0)).toBe(true)
      expect(waived === balance || waived < stepOf(currency)).toBe(true)
      expect(unchargeablePart(rest, currency)).toBe(0)
    }),
  )
})
