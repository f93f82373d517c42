import { backersAccountWords, quoteLineWords } from '../../../lib/quote-text.ts'
import { Ledger, type LedgerRow } from '../../ui/ledger.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Time } from '../../ui/time.tsx'

/** A quote's line as it is stored (domain/orders/price-order.ts). */
export interface MoneyLine {
  kind: string
  label: string
  quantity: number
  unit: number
  amount: number
  reason: string
}

export interface MoneyProps {
  lines: MoneyLine[]
  currency: string
  /** shipping paid with the pledge that this order does not use up */
  shipping_left_over: number
  /** what was booked about the balance since, by ledger account and, at the gateway, reason; negative: in the backer's favour */
  booked: { account: string; reason: string; amount: number }[]
  /** what is owed; negative is credit */
  balance: number
  /** what was charged to cards, each with when and which: said instead of the sum of them */
  receipts?: readonly { amount: number; at: string; card: string }[]
  /** what went back to cards */
  refunds?: readonly { amount: number; at: string; card: string; is_on_its_way: boolean }[]
}

function receiptRow({ amount, at, card }: { amount: number; at: string; card: string }): LedgerRow {
  return {
    label: (
      <>
        Charged on <Time at={at} as="day" />
      </>
    ),
    reason: <bdi>{card}</bdi>,
    amount: -amount,
  }
}

function refundRow({ amount, at, card, is_on_its_way }: NonNullable<MoneyProps['refunds']>[number]): LedgerRow {
  return {
    label: (
      <>
        Given back on <Time at={at} as="day" />
      </>
    ),
    reason: (
      <>
        <bdi>{card}</bdi>
        {is_on_its_way ? ', on its way' : ', 5 to 10 days until your bank shows it'}
      </>
    ),
    amount,
  }
}

const PAID = new Set(['pledged', 'shipping_paid'])

/**
 * Every money line with its reason, and what remains under the double rule. `due`: how that line is called. `is_fixed`: nothing can be
 * chosen any more.
 */
export function MoneyLines({ money, due, is_fixed }: { money: MoneyProps; due: string; is_fixed?: boolean }) {
  const { currency } = money
  const row = (line: MoneyLine): LedgerRow => {
    const words = quoteLineWords(line, currency)
    return { label: <bdi>{words.label}</bdi>, reason: words.why && <bdi>{words.why}</bdi>, amount: line.amount }
  }
  const costs = money.lines.filter(({ kind }) => !PAID.has(kind))
  const paid = money.lines.filter(({ kind }) => PAID.has(kind))
  const together: LedgerRow = { label: 'Together', amount: costs.reduce((sum, { amount }) => sum + amount, 0), kind: 'sum' }
  // Where all of it went back, the sum is nothing, and is told all the same.
  const isEven = money.refunds?.length && !money.booked.some(({ account }) => account === 'card')
  const booked = [...(isEven ? [{ account: 'card', reason: '', amount: 0 }] : []), ...money.booked].flatMap(
    ({ account, reason, amount }): LedgerRow[] => {
      const [receipts, refunds] = account === 'card' ? [money.receipts ?? [], money.refunds ?? []] : [[], []]
      const sum = (list: readonly { amount: number }[]) => list.reduce((total, each) => total + each.amount, 0)
      if (receipts.length > 0 && sum(refunds) - sum(receipts) === amount)
        return [...receipts.map(receiptRow), ...refunds.map(refundRow)]
      const words = backersAccountWords(account, amount, reason)
      return [{ label: words?.label ?? account, reason: words?.why, amount }]
    },
  )
  const rest: LedgerRow = { label: money.balance < 0 ? 'Credit' : due, amount: money.balance, kind: 'due' }
  return (
    <>
      <Ledger
        caption="What you pay and why"
        currency={currency}
        currency_on="all"
        rows={[...costs.map(row), together, ...paid.map(row), ...booked, rest]}
      />
      {money.shipping_left_over > 0 && (
        <p className="small quiet">
          <Money minor={money.shipping_left_over} currency={currency} /> that you paid for shipping with your pledge is not needed
          for this address. It counts towards shipping only.
        </p>
      )}
      {money.balance < 0 && (
        <p className="small quiet">
          {is_fixed
            ? 'Your choices are fixed, so credit cannot be spent on add-ons any more. It stays on record: ask what becomes of it.'
            : 'Credit can be spent on add-ons while your order is open.'}
        </p>
      )}
    </>
  )
}
