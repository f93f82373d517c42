/*
 * A quote's lines in words: the same on the backer's pages, on the creator's and in mails. Amounts are integer minor units.
 */
import { countryName } from './country-name.ts'
import { formatMoney } from './money.ts'

/** What is needed of a quote's line (domain/orders/price-order.ts). */
export interface PricedLine {
  kind: string
  label: string
  quantity: number
  unit: number
  reason: string
}

export interface LineWords {
  label: string
  /** Why this line is there, in a few words; null where the label says it all. */
  why: string | null
}

/** The words of one line: what it is, and why it costs or pays what it does. */
export function quoteLineWords(line: PricedLine, currency: string, locale = 'en'): LineWords {
  const each = () => `${line.quantity} at ${formatMoney(line.unit, currency, locale)}`
  switch (line.kind) {
    case 'level':
      return { label: line.label, why: 'pledge level' }
    case 'addon_pledged':
      return { label: line.label, why: line.quantity > 1 ? `${each()}, from the pledge` : 'from the pledge' }
    case 'addon':
      return { label: line.label, why: line.quantity > 1 ? `${each()}, added here` : 'added here' }
    case 'shipping':
      return shippingWords(line, locale)
    case 'pledged':
      return { label: 'Paid with the pledge', why: null }
    case 'shipping_paid':
      return { label: 'Shipping paid with the pledge', why: 'counts towards shipping only' }
    default:
      return { label: line.label, why: null }
  }
}

/**
 * Ledger accounts that are no line of a quote: what was done about the balance since. `amount` as it stands on the line: positive adds to
 * what is owed.
 */
export function ledgerAccountWords(account: string, amount = 0, reason = ''): LineWords | null {
  switch (account) {
    case 'settled_outside':
      return { label: amount > 0 ? 'Paid back in another way' : 'Settled in another way', why: 'agreed with the creator' }
    case 'credit':
      return { label: 'Taken off the price', why: null }
    case 'card':
      return { label: amount > 0 ? (CARD_BACK[reason] ?? 'Given back to the card') : 'Paid by card', why: null }
    case 'at_gateway':
      if (amount > 0 && reason === 'refund') return { label: 'On its way back to the card', why: null }
      return { label: 'Not decided yet', why: 'it does not count towards the balance' }
    default:
      return null
  }
}

/** The same in words for the backer, who has nothing to decide. */
export function backersAccountWords(account: string, amount: number, reason: string): LineWords | null {
  if (account === 'at_gateway' && reason !== 'refund')
    return { label: 'Being looked at by the creator', why: 'it does not count towards what you pay' }
  return ledgerAccountWords(account, amount, reason)
}

const CARD_BACK: Readonly<Record<string, string>> = {
  refunded_elsewhere: 'Given back at the payment service',
  dispute_lost: 'Taken back by the bank',
}

/** "Shipping to Portugal", with the region where it says more than the country does. */
function shippingWords({ reason, label }: PricedLine, locale: string): LineWords {
  const code = /^to_([A-Z]{2})$/.exec(reason)?.[1]
  const country = code ? countryName(code, locale) : null
  return { label: country ? `Shipping to ${country}` : 'Shipping', why: label === country ? null : label || null }
}
