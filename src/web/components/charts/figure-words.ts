import type { Figures } from '../../../domain/campaigns/figures.ts'
import { reasonTitle } from '../../../lib/charge-text.ts'
import { countryName } from '../../../lib/country-name.ts'
import { formatMoney } from '../../../lib/money.ts'
import { dayText as longDay, shortTime } from '../../../lib/time-text.ts'
import { countText, plural } from '../../ui/numbers.tsx'

/* What the pictures say, as sentences. A day is one of the campaign's, written 2026-11-23; nothing here moves it into another zone. */

const DAY = 86_400_000

const noon = (day: string) => new Date(`${day}T12:00:00Z`)

/** "2 Nov": a day below a plot or in a table. */
export function shortDay(day: string, today: string): string {
  const at = noon(day)
  // An hour away, so that today is written as a day and not as a clock.
  const now = new Date(noon(today).getTime() + (day === today ? DAY : 0))
  return shortTime(at, { time_zone: 'UTC', now: at.getUTCFullYear() === noon(today).getUTCFullYear() ? now : null })
}

/** "2 November": a day in a sentence. */
export function dayInWords(day: string, today: string): string {
  return day === today ? 'today' : longDay(noon(day), { time_zone: 'UTC', now: noon(today) })
}

export function percentText(part: number, whole: number, locale = 'en'): string {
  const share = whole === 0 ? 0 : part / whole
  // Nearly all is not all, and hardly any is not none.
  const shown = share >= 1 || share <= 0 ? share : Math.min(0.999, Math.max(0.001, share))
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(shown)
}

/** "253 of 268 backers have answered. The most on one day: 51, on 2 November. In the last 7 days: 12." */
export function answersFinding({ asked, answers }: Pick<Figures, 'asked' | 'answers'>): string {
  const { answered, days, today } = answers
  const best = days.reduce<(typeof days)[number] | null>((most, one) => (most && most.answers >= one.answers ? most : one), null)
  if (!best) return 'Nobody has answered yet.'
  const weekAgo = noon(today).getTime() - 7 * DAY
  const lately = days.reduce((sum, one) => (noon(one.day).getTime() > weekAgo ? sum + one.answers : sum), 0)
  const came =
    days.length === 1
      ? `All came ${onDay(best.day, today)}`
      : `The most on one day: ${countText(best.answers)}, ${onDay(best.day, today)}`
  const last = days.length > 1 ? ` In the last 7 days: ${countText(lately)}.` : ''
  return `${countText(answered)} of ${plural(asked, 'backer has', 'backers have')} answered. ${came}.${last}`
}

function onDay(day: string, today: string): string {
  return day === today ? 'today' : `on ${dayInWords(day, today)}`
}

/** "Backers added $3,412.00 here (14% on top of what the platform took). $900.00 of it is collected, $2,512.00 is still open." */
export function moneyFinding({ pledged, added, collected, settled, open, credit }: Figures['money'], currency: string): string {
  const money = (minor: number) => formatMoney(minor, currency)
  const owing = credit === 0 ? '' : ` Credit of backers: ${money(credit)}.`
  if (added === 0) return `Nothing was added to the pledges here so far.${owing}`
  const top = pledged > 0 ? ` (${percentText(added, pledged)} on top of what the platform took)` : ''
  const elsewhere = settled === 0 ? '' : ` ${money(settled)} was paid elsewhere or waived,`
  return `Backers added ${money(added)} here${top}. ${money(collected)} of it is collected,${elsewhere} ${money(open)} is still open.${owing}`
}

/** "Orders go to 22 countries. The most to one: United States, 61 orders, 25% of all." */
export function countriesFinding(countries: Figures['countries']): string {
  const named = countries.flatMap(({ country, orders }) => (country === null ? [] : [{ country, orders }]))
  const [most] = named
  if (!most) return 'No order names a country.'
  const all = countries.reduce((sum, { orders }) => sum + orders, 0)
  if (named.length === 1) return `All orders that name a country go to one: ${countryName(most.country)}.`
  return `Orders go to ${countText(named.length)} countries. The most to one: ${countryName(most.country)}, ${plural(most.orders, 'order', 'orders')}, ${percentText(most.orders, all)} of all.`
}

/** "9 orders failed to pay, $312.00 in all. Most often: not enough funds, 4 times." */
export function failuresFinding({ orders, amount, by_code }: Figures['failures'], currency: string): string {
  const [most] = by_code
  if (!most) return 'No payment has failed, or all that did are mended.'
  const reason = reasonTitle('declined', most.code)
  const often =
    by_code.length === 1 ? `The reason: ${reason}.` : `Most often: ${reason}, ${plural(most.count, 'order', 'orders')}.`
  return `${plural(orders, 'order', 'orders')} could not be charged; ${formatMoney(amount, currency)} is at stake. ${often}`
}
