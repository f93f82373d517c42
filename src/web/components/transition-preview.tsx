import type { ReactNode } from 'react'
import type { OrderStatus } from '../../domain/orders/lifecycle.ts'
import { reasonText } from '../../lib/reason-text.ts'
import { type Share, ShareBar } from '../ui/figures.tsx'
import { countText } from '../ui/numbers.tsx'
import { Outcome, OutcomeTable } from './outcome-table.tsx'
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
      <OutcomeTable>
        {shown.map((row) => (
          <Outcome
            key={`${row.status} ${row.code}`}
            what={
              <>
                {row.status && <Status status={row.status} />}
                {row.code === null ? effect : `${row.status ? 'stays' : 'stay as they are'}, ${reasonText(row.code)}`}
              </>
            }
            count={row.count}
            deal={row.deal}
            isLoud={row.code === null}
          />
        ))}
      </OutcomeTable>
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
