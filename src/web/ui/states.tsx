import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { Note } from './note.tsx'

interface EmptyProps {
  title: ReactNode
  /** What will appear here, and how many things wait for it. */
  children: ReactNode
  /** One button. */
  action?: ReactNode
}

/** Nothing here yet. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <h2 className="empty-title">{title}</h2>
      <p>{children}</p>
      {action && <div className="button-row">{action}</div>}
    </div>
  )
}

interface NoMatchProps {
  /** "No order matches all three filters" */
  title: ReactNode
  /** Which filter costs most: "Without wave 2 there would be 41." */
  children?: ReactNode
  /** "Drop …" and "Clear all filters". */
  actions?: ReactNode
}

/** Filters that leave nothing. */
export function NoMatch({ title, children, actions }: NoMatchProps) {
  return (
    <div className="empty" role="status">
      <h2 className="empty-title">{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="button-row">{actions}</div>}
    </div>
  )
}

const BARS = ['92%', '74%', '86%', '60%', '80%', '68%']

/** Nothing for 300 ms, then still bars in the rhythm of rows. */
export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <div className="loading" role="status" aria-label={`Loading ${what}`}>
      {BARS.slice(0, rows).map((width) => (
        <span key={width} style={{ inlineSize: width }} />
      ))}
    </div>
  )
}

interface ErrorNoteProps {
  /** What failed: "The list could not be loaded." */
  title: ReactNode
  /** Why, and that nothing changed. */
  children: ReactNode
  /** Address to load again. */
  again_to?: string
  /** The request's id, for support. */
  report?: string | null
}

/** What failed, that nothing changed, what to do, and the number to report. */
export function ErrorNote({ title, children, again_to, report }: ErrorNoteProps) {
  return (
    <Note tone="danger" icon={CloudOff} live>
      <b>{title}</b>
      <br />
      {children} {again_to && <a href={again_to}>Load again</a>}
      {report && (
        <>
          <br />
          <small className="quiet">
            Report number <bdi>{report}</bdi>
          </small>
        </>
      )}
    </Note>
  )
}
