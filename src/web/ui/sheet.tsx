import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

interface SheetProps {
  title?: ReactNode
  /** Facts or links at the end of the head. */
  aside?: ReactNode
  /** `padded` for text and forms, `flush` for tables and lists that reach the edges (they scroll inside it). */
  body?: 'padded' | 'flush'
  id?: string
  /** Names the sheet for assistive technology where it has no visible title. */
  label?: string
  children: ReactNode
}

/** A sheet of paper: a hairline, no shadow. With a title it is a landmark of that name. */
export function Sheet({ title, aside, body = 'padded', id, label, children }: SheetProps) {
  const heading = useId()
  return (
    <section className="sheet" id={id} aria-labelledby={title ? heading : undefined} aria-label={title ? undefined : label}>
      {title && (
        <header className="sheet-head">
          <h2 id={heading}>{title}</h2>
          {aside && <div className="sheet-aside">{aside}</div>}
        </header>
      )}
      {body === 'padded' ? <div className="sheet-body">{children}</div> : <Scroller label={title ?? label}>{children}</Scroller>}
    </section>
  )
}

/** Scrolls sideways inside its sheet when the screen is narrow; only then it takes the focus, so that keys can scroll it. */
export function Scroller({ label, children }: { label: ReactNode; children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const focus = scrolls ? { tabIndex: 0, role: 'group', 'aria-label': typeof label === 'string' ? label : 'Table' } : {}
  return (
    <div className="sheet-scroll" ref={ref} {...focus}>
      {children}
    </div>
  )
}

/** Sheets under or beside each other: `main-side` and `halves` from 900 px on, one column below. */
export function Sheets({ columns, children }: { columns?: 'main-side' | 'halves'; children: ReactNode }) {
  return (
    <div className="sheets" data-columns={columns}>
      {children}
    </div>
  )
}

/** Term and fact pairs. A fact that is missing is left out, not shown empty. */
export function Facts({ facts }: { facts: readonly { term: string; fact: ReactNode }[] }) {
  return (
    <dl className="facts">
      {facts
        .filter((one) => one.fact !== null && one.fact !== undefined && one.fact !== '')
        .map((one) => [<dt key={one.term}>{one.term}</dt>, <dd key={`${one.term} fact`}>{one.fact}</dd>])}
    </dl>
  )
}
