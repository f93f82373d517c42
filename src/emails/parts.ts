import type { MailFacts, OrderFacts } from '../domain/messages/mail-facts.ts'
import { type Address, checkAddress } from '../domain/shipping/address.ts'
import { formatAddress } from '../domain/shipping/address-form.ts'
import { cardText } from '../lib/card-text.ts'
import { unchargeablePart } from '../lib/charge-limits.ts'
import { countryName } from '../lib/country-name.ts'
import { formatMoney } from '../lib/money.ts'
import { backersAccountWords, quoteLineWords } from '../lib/quote-text.ts'
import { dayText, fullTime } from '../lib/time-text.ts'
import type { Letter, MoneyRow, Section } from './letter.ts'

/** Pieces that several mails share. Amounts come in minor units of the campaign's currency. */

export function money(facts: MailFacts, amount: number): string {
  return formatMoney(amount, facts.campaign.currency)
}

/** "30 November", the day that backers were told; null without one. */
export function lockdownDay({ campaign, now }: MailFacts): string | null {
  if (!campaign.lockdown_on) return null
  return dayText(new Date(`${campaign.lockdown_on}T12:00:00Z`), { time_zone: 'UTC', now })
}

/** "Monday 23 November 2026 at 09:02 CET", in the campaign's zone. */
export function moment({ campaign }: MailFacts, at: Date): string {
  return fullTime(at, { time_zone: campaign.time_zone })
}

/** What was pledged, and by when to answer. */
export function pledgeFacts(facts: MailFacts): Letter['facts'] {
  const { backer, level_name } = facts
  const isPaid = backer.pledge_status === 'collected'
  const level = level_name ?? 'no reward'
  const day = lockdownDay(facts)
  return [
    { label: 'You pledged for', value: isPaid ? `${level}, ${money(facts, backer.pledge_amount)}` : level },
    ...(day ? [{ label: 'Please answer by', value: day }] : []),
  ]
}

/** The order's number and what is left to pay. */
export function orderFacts(facts: MailFacts, order: OrderFacts): Letter['facts'] {
  return [{ label: 'Order', value: String(order.number) }, balanceFact(facts, order.balance_due)]
}

export function balanceFact(facts: MailFacts, balance: number): { label: string; value: string } {
  if (balance > 0) return { label: 'Still to pay', value: money(facts, balance) }
  if (balance < 0) return { label: 'Your credit', value: money(facts, -balance) }
  return { label: 'Still to pay', value: 'nothing' }
}

/** The whole order: lines, address, every money line. */
export function orderSections(facts: MailFacts, order: OrderFacts): Section[] {
  const lines = lineTexts(order.lines)
  return [
    ...(lines.length > 0 ? [{ kind: 'list' as const, title: 'What you get', lines }] : []),
    ...addressSection(order),
    { kind: 'money', title: 'What you pay', rows: moneyRows(facts, order) },
  ]
}

/** "2 × Playmat, Blue" */
export function lineTexts(lines: OrderFacts['lines']): string[] {
  return lines.map(({ name, option, quantity }) => {
    const what = option ? `${name}, ${option}` : name
    return quantity > 1 ? `${quantity} × ${what}` : what
  })
}

/** Where the order goes; nothing where nothing ships or no address is known. */
export function addressSection(order: OrderFacts): Section[] {
  if (!order.ships || !order.address) return []
  return [{ kind: 'address', title: 'Where it goes', lines: addressLines(order.address) }]
}

/** What looks unusual in the address and was not said to be right: sentences that tell what to do. */
export function addressRemarks(order: OrderFacts): string[] {
  if (!order.address || !order.address_warning) return []
  const { errors, warnings } = checkAddress(order.address)
  return [...errors, ...warnings].map((remark) => remark.message)
}

export function addressLines(address: Address): string[] {
  return [...formatAddress(address), countryName(address.country)]
}

function moneyRows(facts: MailFacts, order: OrderFacts): MoneyRow[] {
  const { currency } = facts.campaign
  const quoted = order.quote.lines.map((line) => ({ ...quoteLineWords(line, currency), amount: money(facts, line.amount) }))
  const since = order.settled
    .filter(({ amount }) => amount !== 0)
    .map(({ account, reason, amount }) => ({
      ...(backersAccountWords(account, -amount, reason) ?? { label: account, why: null }),
      amount: money(facts, -amount),
    }))
  const { label } = balanceFact(facts, order.balance_due)
  return [...quoted, ...since, { label, why: null, amount: money(facts, Math.abs(order.balance_due)), is_sum: true }]
}

/** What may be changed, and until when. */
export function mayChange(facts: MailFacts, order: OrderFacts): string {
  if (order.status === 'open') {
    const day = lockdownDay(facts)
    const planned = day ? `, planned for ${day}` : ''
    return `You can change everything until your order is locked${planned}. What is locked is always what you confirmed last.`
  }
  if (order.status === 'locked' || order.status === 'paid' || order.status === 'errored') {
    return 'The contents are locked down. You can still change the address until it is final.'
  }
  return 'Nothing can be changed on your page any more. Answer this mail if something is wrong.'
}

/** Said where something is owed and nothing is on file to pay it with. */
export function paymentMethodSentences(facts: MailFacts, order: OrderFacts): string[] {
  const isNeeded = order.balance_due > 0 || facts.campaign.payment_method_required
  if (!isNeeded || order.payment_method || order.status !== 'open') return []
  return ['There is no payment method on file. Without one your order stays open and cannot be locked and packed.']
}

/** What is left to do once everything in the mail is right: pay, where something is owed that cannot just be charged; else nothing. */
export function toDoSentences(facts: MailFacts, order: OrderFacts): string[] {
  const missing = paymentMethodSentences(facts, order)
  if (missing.length > 0) return missing
  const isOwed = order.balance_due > 0 && unchargeablePart(order.balance_due, facts.campaign.currency) !== order.balance_due
  if (isOwed && order.status === 'errored')
    return ['The payment of your order did not go through yet. Your page says what you can do.']
  if (isOwed && order.status === 'locked' && !order.payment_method) {
    return ['There is no payment method on file. Put one in on your page: until it is paid, your order waits and is not packed.']
  }
  return ['If everything is right, there is nothing you need to do.']
}

/** A number that the cause of the mail left with it. */
export function amountOf(facts: MailFacts, name: string): number | null {
  const value = facts.data[name]
  return typeof value === 'number' ? value : null
}

/** The card that the mail is about: "Visa ending 4242"; null where the cause of the mail left none. */
export function cardOf(facts: MailFacts): string | null {
  const { payment_method } = facts.data as { payment_method?: { brand?: unknown; last4?: unknown } | null }
  if (typeof payment_method?.brand !== 'string' || typeof payment_method.last4 !== 'string') return null
  return cardText({ brand: payment_method.brand, last4: payment_method.last4 })
}

/** What a charge was for, in minor units. */
export function paidAmount(facts: MailFacts): number {
  return amountOf(facts, 'amount') ?? facts.attempt?.amount ?? 0
}

/** When the card was asked for the money. */
export function chargedAt({ attempt, now }: MailFacts): Date {
  return attempt?.sent_at ?? attempt?.created_at ?? now
}

/** What happens to the card by itself, as it is planned now. */
export function retrySentence({ follow_up, campaign, now }: MailFacts): string {
  if (!campaign.retry_failed_cards || !follow_up?.retry_at) return 'This card is not tried again by itself.'
  const at = follow_up.retry_at > now ? follow_up.retry_at : now
  return `This card is tried again by itself, the next time on ${dayText(at, { time_zone: campaign.time_zone, now })}.`
}

export const NAME_A_DAY = 'Not a good moment? Name a day on the same page: we wait until then, and remind you.'

/** When an announced act happens, as it stands now. */
export function noticeTime({ notice, data, now }: MailFacts): Date {
  return notice?.due_at ?? (typeof data.due_at === 'string' ? new Date(data.due_at) : now)
}

/** The facts of a mail that is about an order; whyNotMail has seen to it that there is one. */
export function orderOf(facts: MailFacts): OrderFacts {
  if (!facts.order) throw new Error(`A mail of kind ${facts.kind} needs an order`)
  return facts.order
}
