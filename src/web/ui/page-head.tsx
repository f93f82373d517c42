import type { ReactNode } from 'react'
import { Link } from 'react-router'

interface PageHeadProps {
  title: ReactNode
  /** Beside the title: the one status chip of the page, a name. */
  beside?: ReactNode
  /** One line of facts under the title. */
  facts?: ReactNode
  /** Way back up: "Orders / status: open · 12 of 143". */
  crumbs?: { label: string; to: string; rest?: ReactNode }
  /** At the end of that line: the way to the one before and the one after. */
  neighbours?: ReactNode
  /** A link to the guide. */
  help?: ReactNode
  /** At most three buttons, the primary last; the rest goes under More. */
  actions?: ReactNode
}

export function PageHead({ title, beside, facts, crumbs, neighbours, help, actions }: PageHeadProps) {
  return (
    <>
      {crumbs && (
        <div className="crumbs">
          <p>
            <Link to={crumbs.to}>{crumbs.label}</Link>
            {crumbs.rest && <> / {crumbs.rest}</>}
          </p>
          {neighbours}
        </div>
      )}
      <div className="page-head">
        <div>
          <div className="page-head-title">
            <h1>{title}</h1>
            {beside}
          </div>
          {facts && <p className="page-head-facts">{facts}</p>}
          {help && <p className="page-head-help">{help}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </div>
    </>
  )
}
