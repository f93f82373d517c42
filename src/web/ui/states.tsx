import type { ReactNode } from 'react'

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
