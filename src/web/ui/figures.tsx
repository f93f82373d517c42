import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Count } from './numbers.tsx'

export interface Share {
  label: ReactNode
  count: number
  /** Colours it as that status. */
  status?: string
  /** `waiting` is marigold, `rest` is the empty part of the bar. */
  tone?: 'waiting' | 'rest'
}

interface ShareBarProps {
  shares: readonly Share[]
  /** Says the numbers: "4,812 will lock, 37 will stay open". */
  label: string
  size?: 's' | 'm' | 'l'
  /** Numbers below the bar; leave it out only where a table beside it says them. */
  legend?: boolean
}

/** A bar of shares with gaps between neighbours. */
export function ShareBar({ shares, label, size = 's', legend }: ShareBarProps) {
  const total = shares.reduce((sum, one) => sum + one.count, 0)
  return (
    <>
      <div className="bar" data-size={size} role="img" aria-label={label}>
        {shares
          .filter((one) => one.count > 0)
          .map((one, index) => (
            // a share below 1% would vanish, so it gets the width of one
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: shares have a fixed order
              key={index}
              data-status={one.status}
              data-tone={one.tone}
              style={{ flexGrow: Math.max(one.count, total / 100), flexBasis: 0 }}
            />
          ))}
      </div>
      {legend && (
        <ul className="legend">
          {shares.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: shares have a fixed order
            <li key={index}>
              <i data-status={one.status} data-tone={one.tone} />
              {one.label} <Count of={one.count} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** How far a job is: done and failed of all. Announced by steps of 10%, changes without animation. */
export function ProgressBar({
  done,
  total,
  label,
  size = 's',
}: {
  done: number
  total: number
  label: string
  size?: 's' | 'm' | 'l'
}) {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  return (
    <div
      className="bar"
      data-size={size}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.floor(percent / 10) * 10}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i style={{ inlineSize: `${percent}%` }} />
    </div>
  )
}

export interface FigureProps {
  count: number
  label: ReactNode
  note?: ReactNode
  /** Every number can be opened. */
  to?: string
  /** The marigold mark: the one that needs a look. */
  marked?: boolean
}

/** Big numbers side by side, each a link to its rows. */
export function Figures({ label, figures }: { label: string; figures: readonly FigureProps[] }) {
  return (
    <section className="sheet" aria-label={label}>
      <ul className="figures">
        {figures.map((figure, index) => {
          const words = (
            <>
              <span className="figure-number">
                <Count of={figure.count} />
              </span>
              <b>{figure.label}</b>
              {figure.note && <small>{figure.note}</small>}
            </>
          )
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: figures have a fixed order
            <li key={index}>
              {figure.to ? (
                <Link className="figure" to={figure.to} data-marked={figure.marked ? '' : undefined}>
                  {words}
                </Link>
              ) : (
                <div className="figure" data-marked={figure.marked ? '' : undefined}>
                  {words}
                </div>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
