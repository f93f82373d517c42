import type { ReactNode } from 'react'
import { Count } from '../ui/numbers.tsx'

/** What a step would do and who stays, a row for each outcome: the same table in every preview. */
export function OutcomeTable({ children }: { children: ReactNode }) {
  return (
    <table className="outcomes">
      <caption className="visually-hidden">Outcome by reason</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col">Orders</th>
          <th scope="col">What to do</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

interface OutcomeProps {
  what: ReactNode
  count: number
  /** the way to deal with it */
  deal?: ReactNode
  /** what the step does, not what it leaves */
  isLoud?: boolean
}

export function Outcome({ what, count, deal, isLoud }: OutcomeProps) {
  return (
    <tr>
      <th scope="row">{what}</th>
      <td>
        {isLoud ? (
          <b>
            <Count of={count} />
          </b>
        ) : (
          <Count of={count} />
        )}
      </td>
      <td>{deal}</td>
    </tr>
  )
}
