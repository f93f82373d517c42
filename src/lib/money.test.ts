import { expect, test } from 'vitest'
import { decimalText, exponentOf, formatAmount, formatMoney, parseMoneyText } from './money.ts'

test.each([
  ['$17.17 AUD', 'AUD', 1717],
  ['$98.9', 'USD', 9890],
  ['SEK 1,000.00', 'SEK', 100000],
  ['$ 59', 'USD', 5900],
  ['$1,234.00', 'CAD', 123400],
  ['CA$ 25', 'CAD', 2500],
  ['CA$25.50', 'CAD', 2550],
  ['£25.00', 'GBP', 2500],
  ['€25,00', 'EUR', 2500],
  ['1.234,56', 'EUR', 123456],
  ['1.234', 'EUR', 123400],
  ['1,234', 'USD', 123400],
  ['1.234.567,8', 'EUR', 123456780],
  ["1'234.50", 'CHF', 123450],
  ['1 234,50 €', 'EUR', 123450],
  ['25,00 €', 'EUR', 2500],
  ['₹1,23,456.00', 'INR', 12345600],
  ['¥1,000', 'JPY', 1000],
  ['¥1000.00', 'JPY', 1000],
  ['1.000', 'JPY', 1000],
  ['KWD 1.234', 'KWD', 1234],
  ['KWD 1,234', 'KWD', 1234000],
  ['KWD 1,234.5', 'KWD', 1234500],
  ['-$0.00', 'USD', 0],
  ['+5', 'USD', 500],
  ['$59.000', 'USD', 5900000],
  ['0', 'USD', 0],
  ['kr 100', 'NOK', 10000],
  ['MX$ 400', 'MXN', 40000],
  ['1000 kr', 'SEK', 100000],
  ['US$ 5', 'USD', 500],
])('reads %s as %s', (text, currency, minor) => {
  expect(parseMoneyText(text, currency)).toMatchObject({ ok: true, minor })
})

test.each([
  ['', 'amount_invalid'],
  ['abc', 'amount_invalid'],
  ['$', 'amount_invalid'],
  ['1.2.3', 'amount_invalid'],
  ['1,23', null],
  ['12,34,5', 'amount_invalid'],
  ['$5.001', null],
  ['$5.0015', 'amount_invalid'],
  ['9.25E+11', 'amount_invalid'],
  ['5 USD 6', 'amount_invalid'],
  ['=1+1', 'amount_invalid'],
  ['99999999999999999999', 'amount_invalid'],
  ['-5', 'amount_negative'],
  ['−5.00', 'amount_negative'],
  ['-$5', 'amount_negative'],
  ['($5.00)', 'amount_negative'],
  ['€5', 'currency_differs'],
  ['5 AUD', 'currency_differs'],
  ['CA$5', 'currency_differs'],
  ['$5 AUD', 'currency_differs'],
])('judges %s as %s for USD', (text, code) => {
  const read = parseMoneyText(text, 'USD')
  expect(read.ok ? null : read.code).toBe(code)
})

test('a bare dollar sign names no currency and fits dollars only', () => {
  expect(parseMoneyText('$5', 'AUD')).toEqual({ ok: true, minor: 500, stated: null })
  expect(parseMoneyText('$5 AUD', 'AUD')).toEqual({ ok: true, minor: 500, stated: 'AUD' })
  expect(parseMoneyText('$5', 'EUR')).toEqual({ ok: false, code: 'currency_differs', stated: null })
})

test("exponents are the gateway's own", () => {
  expect(['USD', 'JPY', 'KWD', 'HUF', 'ISK', 'UGX', 'TWD', 'XPF', 'TND'].map(exponentOf)).toEqual([2, 0, 3, 2, 2, 2, 2, 0, 3])
})

test('writes amounts with a true minus and without rounding', () => {
  expect(formatMoney(-500, 'USD')).toBe('−$5.00')
  expect(formatAmount(-500, 'USD')).toBe('−5.00')
  expect(formatMoney(1000, 'JPY')).toBe('¥1,000')
  expect(formatMoney(1234, 'KWD').replace(/\s/u, ' ')).toBe('KWD 1.234')
  expect(formatMoney(50000, 'ISK').replace(/\s/u, ' ')).toBe('ISK 500')
  expect(formatMoney(123456, 'EUR', 'de').replace(/\s/u, ' ')).toBe('1.234,56 €')
  expect(formatAmount(900719925474099, 'USD')).toBe('9,007,199,254,740.99')
  expect([decimalText(-5, 'USD'), decimalText(7, 'JPY'), decimalText(1, 'KWD')]).toEqual(['-0.05', '7', '0.001'])
})

test('what is written is read back', () => {
  for (const currency of ['USD', 'EUR', 'JPY', 'KWD', 'INR', 'CHF', 'ISK', 'SEK', 'AUD']) {
    for (const minor of [0, 1, 99, 100, 5900, 123456, 99999999]) {
      expect(parseMoneyText(formatMoney(minor, currency), currency)).toMatchObject({ ok: true, minor })
      expect(parseMoneyText(decimalText(minor, currency), currency)).toMatchObject({ ok: true, minor })
    }
  }
})
