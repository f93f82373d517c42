import { formatAmount, parseMoneyText } from '../lib/money.ts'

/** An amount as it stands in a field: "1234.50", without grouping, so that it can be edited and read back. */
export function moneyField(minor: number | null, currency: string): string {
  return minor === null ? '' : formatAmount(minor, currency, 'en').replaceAll(',', '').replace('−', '-')
}

/** A typed amount: null for an empty field, or the sentence that says what is wrong with it. */
export function readMoneyField(
  text: string | undefined,
  currency: string,
): { minor: number | null; problem: null } | { minor: null; problem: string } {
  if (!text?.trim()) return { minor: null, problem: null }
  const parsed = parseMoneyText(text, currency)
  if (parsed.ok) return { minor: parsed.minor, problem: null }
  const example = moneyField(4900, currency)
  if (parsed.code === 'currency_differs') return { minor: null, problem: `This campaign is counted in ${currency}.` }
  return { minor: null, problem: `Enter an amount like ${example}.` }
}
