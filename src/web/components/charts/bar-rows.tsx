import { GridColumns } from '@visx/grid'
import { scaleLinear } from '@visx/scale'
import { Bar } from '@visx/shape'
import type { ReactNode } from 'react'

export interface BarRow {
  key: string
  name: ReactNode
  /** How long the bar is; all of one list are in one unit. */
  size: number
  /** The number as it is written, with its link. */
  value: ReactNode
  /** A part of the row above. */
  part?: boolean
  tone?: 'failed' | 'rest'
}

const THICK = 14
const HEIGHT = 22

/** Bars from zero, each with its name and number beside it: a list to read, with a drawing in each row. */
export function BarRows({ rows }: { rows: readonly BarRow[] }) {
  const most = Math.max(1, ...rows.map(({ size }) => size))
  const scale = scaleLinear<number>({ domain: [0, most], range: [0, 100] })
  const ticks = scale.ticks(4)
  return (
    <ul className="bar-rows">
      {rows.map((row) => (
        <li key={row.key} data-part={row.part ? '' : undefined}>
          <span className="bar-name">{row.name}</span>
          <svg className="bar-drawing" viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <GridColumns
              scale={scale}
              height={HEIGHT}
              tickValues={ticks}
              className="plot-grid"
              lineStyle={{ vectorEffect: 'non-scaling-stroke' }}
            />
            <Bar
              className="plot-bar"
              data-tone={row.tone}
              x={0}
              y={(HEIGHT - THICK) / 2}
              height={THICK}
              // What is there at all is seen.
              width={row.size > 0 ? Math.max(0.6, scale(row.size)) : 0}
            />
          </svg>
          <span className="bar-value">{row.value}</span>
        </li>
      ))}
    </ul>
  )
}
