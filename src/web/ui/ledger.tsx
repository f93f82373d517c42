import type { ReactNode } from 'react'
import { Amount, Money } from './numbers.tsx'

export interface LedgerRow {
  label: ReactNode
  /** Why, in small below. */
  reason?: ReactNode
  /** Integer minor units; credit is negative. A text like "included" where there is no amount. */
  amount: number | string
  /** `sum` has a rule above, `due` is the last line with the double rule. */
  kind?: 'line' | 'sum' | 'due'
}

interface LedgerProps {
  /** What the table tells, for assistive technology: "What you pay and why". */
  caption: string
  currency: string
  rows: readonly LedgerRow[]
  /** `due`: only the last sum carries its currency, the head or title names it (desk). `all`: every amount does (backer). */
  currency_on?: 'due' | 'all'
}

/** The accountant's page: a line each with its reason, a rule above a sum, the double rule under what remains. */
export function Ledger({ caption, currency, rows, currency_on = 'due' }: LedgerProps) {
  return (
    <table className="ledger">
      <caption className="visually-hidden">{caption}</caption>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same, and their order is their identity
          <tr key={index} className={row.kind === 'sum' ? 'ledger-sum' : row.kind === 'due' ? 'ledger-due' : undefined}>
            <th scope="row">
              {row.label}
              {row.reason && <small>{row.reason}</small>}
            </th>
            <td>
              <span>{amountOf(row, currency, currency_on)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function amountOf(row: LedgerRow, currency: string, on: 'due' | 'all') {
  if (typeof row.amount === 'string') return row.amount
  if (on === 'all' || row.kind === 'due') return <Money minor={row.amount} currency={currency} />
  return <Amount minor={row.amount} currency={currency} />
}
