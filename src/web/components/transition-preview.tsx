import type { ReactNode } from 'react'
import type { OrderStatus } from '../../domain/orders/lifecycle.ts'
import { reasonText } from '../../lib/reason-text.ts'
import { type Share, ShareBar } from '../ui/figures.tsx'
import { Count, countText } from '../ui/numbers.tsx'
import { Status } from './status.tsx'

export interface PreviewRow {
  /** null: these move. Else the reason code that keeps them where they are. */
  code: string | null
  /** The status these orders will have; null where they are in several. */
  status: OrderStatus | null
  count: number
  /** A way to deal with it: a link like "Mail these 35…". */
  deal?: ReactNode
}

interface TransitionPreviewProps {
  rows: readonly PreviewRow[]
  /** What moving means, after the new status: "from now on". */
  effect: string
}

/** What will happen and what will not: a bar and one row per reason with its count. Same layout for preview and result. */
export function TransitionPreview({ rows, effect }: TransitionPreviewProps) {
  const shown = rows.filter((row) => row.count > 0)
  const moving = shown.filter((row) => row.code === null)
  const staying = shown.filter((row) => row.code !== null).reduce((sum, row) => sum + row.count, 0)
  const label = [
    ...moving.map((row) => `${countText(row.count)} ${effect}`),
    ...(staying > 0 ? [`${countText(staying)} stay as they are`] : []),
  ].join(', ')
  return (
    <div>
      <ShareBar size="m" label={label} shares={sharesOf(shown)} />
      <table className="outcomes">
        <caption className="visually-hidden">Outcome by reason</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Orders</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={`${row.status} ${row.code}`}>
              <th scope="row">
                {row.status && <Status status={row.status} />}
                {row.code === null ? effect : `${row.status ? 'stays' : 'stay as they are'}, ${reasonText(row.code)}`}
              </th>
              <td>
                {row.code === null ? (
                  <b>
                    <Count of={row.count} />
                  </b>
                ) : (
                  <Count of={row.count} />
                )}
              </td>
              <td>{row.deal}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One share per status: what stays is one piece, whatever keeps it. */
function sharesOf(rows: readonly PreviewRow[]): Share[] {
  return [...new Set(rows.map((row) => row.status))].map((status) => ({
    label: status ?? 'as they are',
    ...(status ? { status } : { tone: 'rest' as const }),
    count: rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0),
  }))
}
