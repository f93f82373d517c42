import type { ReactNode } from 'react'
import type { OrderStatus } from '../../../domain/orders/lifecycle.ts'
import { StatusGlyph } from '../status.tsx'

export interface PathStep {
  id: string
  state: 'done' | 'now' | 'later'
  /** Whose glyph stands at `now`. */
  status: OrderStatus
  label: ReactNode
  /** A date, "planned for …", what one can still do. */
  note?: ReactNode
}

/** The lifecycle as a vertical path: ticks for what is done, the status' glyph for now, hollow rings for what comes. */
export function OrderPath({ steps }: { steps: readonly PathStep[] }) {
  return (
    <ol className="path">
      {steps.map((step) => (
        <li key={step.id} data-state={step.state} aria-current={step.state === 'now' ? 'step' : undefined}>
          <PathSign step={step} />
          <div>
            {step.state === 'now' ? <b>{step.label}</b> : step.label}
            {step.state === 'done' && <span className="visually-hidden"> (done)</span>}
            {step.note && <small>{step.note}</small>}
          </div>
        </li>
      ))}
    </ol>
  )
}

function PathSign({ step }: { step: PathStep }) {
  if (step.state === 'now') return <StatusGlyph status={step.status} size={24} />
  return (
    <svg className="glyph" viewBox="0 0 16 16" width={24} height={24} aria-hidden="true" focusable="false">
      {step.state === 'done' ? (
        <path
          d="M2.5 8.6l3.6 3.6L13.5 4.6"
          fill="none"
          stroke="var(--bottle)"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      ) : (
        <circle cx="8" cy="8" r="5" fill="none" stroke="var(--line-strong)" strokeWidth="1.4" />
      )}
    </svg>
  )
}
