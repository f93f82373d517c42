import type { ReactNode } from 'react'
import { Time } from './time.tsx'

export interface TimelineEntry {
  id: string
  at: Date | string
  /** A StatusGlyph or an Icon. */
  sign: ReactNode
  /** Who did what, as a sentence; the subject strong. */
  what: ReactNode
  /** Why, and what follows from it. */
  why?: ReactNode
}

/** What happened, newest first, on a thread. */
export function Timeline({ entries, label = 'Timeline' }: { entries: readonly TimelineEntry[]; label?: string }) {
  return (
    <ol className="timeline" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.id}>
          <span className="timeline-sign">{entry.sign}</span>
          <div>
            {entry.what}
            {entry.why && <small>{entry.why}</small>}
          </div>
          <Time at={entry.at} />
        </li>
      ))}
    </ol>
  )
}
