import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { OrderStatus, SurveyState } from '../../domain/orders/lifecycle.ts'
import { Count } from '../ui/numbers.tsx'
import { Status, StatusGlyph } from './status.tsx'

export interface Basin {
  /** `sent` stands for every survey that is out and not answered. */
  status: 'sent' | 'open' | 'locked' | 'paid' | 'ready_to_ship' | 'shipped'
  count: number
  to: string
  /** The next sensible action, where there is one. */
  action?: { label: string; to: string }
  /** One fact. */
  fact?: ReactNode
}

export interface SideBasin {
  status: 'errored' | 'canceled'
  count: number
  to: string
  fact?: ReactNode
}

interface PictureProps {
  /** The six in order: survey out, open, locked, paid, ready to ship, shipped. */
  basins: readonly Basin[]
  sides: readonly SideBasin[]
}

/** The lifecycle as basins, each filled to its share of the largest: an ordered list of links with text, no picture to decode. */
export function LifecyclePicture({ basins, sides }: PictureProps) {
  const largest = Math.max(1, ...basins.map((one) => one.count))
  return (
    <div className="basins-box">
      <div className="basins">
        <div className="basins-phase">Survey</div>
        <div className="basins-phase">Shipping</div>
        <ol>
          {basins.map((basin) => (
            <li key={basin.status}>
              <Link
                className="basin"
                to={basin.to}
                data-status={basin.status}
                data-empty={basin.count === 0 ? '' : undefined}
                style={{ ['--share' as string]: String(share(basin.count, largest)) }}
              >
                <Status status={basin.status}>{basin.status === 'sent' ? 'Survey out' : undefined}</Status>
                <span className="basin-count">
                  <Count of={basin.count} />
                </span>
              </Link>
              <div className="basin-todo">
                {basin.action && <Link to={basin.action.to}>{basin.action.label}</Link>}
                {basin.fact && <span>{basin.fact}</span>}
              </div>
            </li>
          ))}
        </ol>
        {sides.map((side) => (
          <Link key={side.status} className="basin-side" to={side.to}>
            <Status status={side.status} />
            <strong>
              <Count of={side.count} />
            </strong>
            {side.fact && <span className="quiet">{side.fact}</span>}
          </Link>
        ))}
      </div>
    </div>
  )
}

/** Height of the water, 0 to 1. What is there at all is seen: the least is 4%. */
export function share(count: number, largest: number): number {
  if (count <= 0) return 0
  return Math.max(0.04, Math.round((count / largest) * 100) / 100)
}

interface NextStepProps {
  /** Whose glyph stands before it. */
  status: OrderStatus | SurveyState
  /** "Next: lock the orders that are complete." */
  title: ReactNode
  children?: ReactNode
  /** The only primary button of the page. */
  action?: ReactNode
}

/** The loudest place of the page, on marigold ground; stands on top of the sheet that holds the picture. */
export function NextStep({ status, title, children, action }: NextStepProps) {
  return (
    <div className="next-step">
      <StatusGlyph status={status} size={20} />
      <p>
        <strong>{title}</strong> {children && <span className="quiet">{children}</span>}
      </p>
      {action}
    </div>
  )
}

export interface Waiting {
  id: string
  sign: ReactNode
  title: ReactNode
  note?: ReactNode
  action?: ReactNode
}

/** "Waiting for you": what needs a person, one row each. */
export function WaitingList({ entries }: { entries: readonly Waiting[] }) {
  return (
    <ul className="todo-list">
      {entries.map((entry) => (
        <li key={entry.id}>
          {entry.sign}
          <div>
            <b>{entry.title}</b> {entry.note && <span className="quiet">· {entry.note}</span>}
          </div>
          {entry.action}
        </li>
      ))}
    </ul>
  )
}
