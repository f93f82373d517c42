import type { LedgerAccount } from '../../db/tables/orders.ts'
import type { Quote, QuoteLine } from './price-order.ts'

/** One line that explains the balance: of the quote, or of what was done about it since. */
export interface MoneyLine {
  kind: QuoteLine['kind'] | 'tax' | 'surcharge' | 'credit' | 'card' | 'settled_outside' | 'at_gateway'
  /** the level's or add-on's id */
  ref: string | null
  label: string
  quantity: number
  unit: number
  /** positive adds to what is owed; minor units */
  amount: number
  reason: string
}

export interface OrderMoney {
  lines: MoneyLine[]
  goods: number
  shipping: number
  tax: number
  surcharge: number
  pledged: number
  credit: number
  captured: number
  refunded: number
  settled_outside: number
  /** shipping already paid that this order's shipping does not use up */
  shipping_left_over: number
  balance_due: number
}

/** What the ledger says for an order, by account and reason. */
export interface LedgerTerm {
  account: LedgerAccount
  reason: string
  amount: number
}

/** Accounts that are no part of a quote: what was done about the balance since. */
export const BOOKED_SINCE = ['credit', 'card', 'settled_outside', 'at_gateway'] as const

/**
 * Explains a balance: a rule. Guarantees: the lines sum to what is owed, to the cent, as long as quote and ledger agree (verify checks that).
 */
export function explainBalance(
  order: { balance_due: number; captured: number; refunded: number; quote: Quote },
  terms: LedgerTerm[],
): OrderMoney {
  const { quote } = order
  const since = undecidedAsOne(terms).flatMap(({ account, reason, amount }): MoneyLine[] => {
    const kind = BOOKED_SINCE.find((each) => each === account)
    return kind && amount !== 0 ? [{ kind, ref: null, label: '', quantity: 1, unit: -amount, amount: -amount, reason }] : []
  })
  const sumOf = (kind: MoneyLine['kind']) => since.reduce((sum, line) => (line.kind === kind ? sum - line.amount : sum), 0)
  return {
    lines: [...quote.lines, ...since],
    goods: quote.goods,
    shipping: quote.shipping,
    tax: quote.tax,
    surcharge: quote.surcharge,
    pledged: quote.pledged,
    credit: sumOf('credit'),
    captured: order.captured,
    refunded: order.refunded,
    settled_outside: sumOf('settled_outside'),
    shipping_left_over: quote.shipping_left_over,
    balance_due: order.balance_due,
  }
}

/** What was done about the balance since the quote, for its backer: a line for each account, two for what lies at the gateway. */
export function bookedSince(terms: LedgerTerm[]): LedgerTerm[] {
  const lines = new Map<string, LedgerTerm>()
  for (const { account, reason, amount } of undecidedAsOne(terms)) {
    const key = account === 'at_gateway' ? `${account} ${reason}` : account
    const sum = (lines.get(key)?.amount ?? 0) + Number(amount)
    lines.set(key, { account, reason: account === 'at_gateway' ? reason : '', amount: sum })
  }
  return [...lines.values()].filter(({ amount }) => amount !== 0)
}

/**
 * What the gateway reported and what staff decided about it are one line: nothing is left of it once it is decided. A refund on its way
 * stands by itself.
 */
function undecidedAsOne(terms: LedgerTerm[]): LedgerTerm[] {
  const isUndecided = ({ account, reason }: LedgerTerm) => account === 'at_gateway' && reason !== 'refund'
  const amount = terms.filter(isUndecided).reduce((sum, term) => sum + Number(term.amount), 0)
  return [...terms.filter((term) => !isUndecided(term)), { account: 'at_gateway', reason: 'undecided', amount }]
}
