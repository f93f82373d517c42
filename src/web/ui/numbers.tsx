import { formatAmount, formatMoney } from '../../lib/money.ts'
import { useReader } from './reader.tsx'

/** An amount with its currency, for prose: "$108.32", "−$5.00". Never breaks. */
export function Money({ minor, currency }: { minor: number; currency: string }) {
  const { locale } = useReader()
  return <bdi className="nowrap">{formatMoney(minor, currency, locale)}</bdi>
}

/** An amount for a column whose head names the currency. */
export function Amount({ minor, currency }: { minor: number; currency: string }) {
  const { locale } = useReader()
  return <bdi className="nowrap">{formatAmount(minor, currency, locale)}</bdi>
}

/** A count, grouped: 4,812. Identifiers (order and line numbers) are never counts: write them as they are. */
export function Count({ of }: { of: number }) {
  const { locale } = useReader()
  return <>{countText(of, locale)}</>
}

export function countText(count: number, locale = 'en'): string {
  return new Intl.NumberFormat(locale).format(count).replace('-', '−')
}

/** "1 order", "4,812 orders": a count with its noun in the right number. */
export function plural(count: number, one: string, many: string, locale = 'en'): string {
  return `${countText(count, locale)} ${count === 1 ? one : many}`
}
