import type { ReactNode } from 'react'

interface PlainPageProps {
  title: ReactNode
  lead?: ReactNode
  /** Wider than a sign-in: for what has more to read. */
  wide?: boolean
  /** Below the sheet. */
  foot?: ReactNode
  children?: ReactNode
}

/** Sign-in, first run, errors: one sheet under the mark. */
export function PlainPage({ title, lead, wide, foot, children }: PlainPageProps) {
  return (
    <main className="plain" id="main">
      <div className="plain-inner" data-wide={wide ? '' : undefined}>
        <span className="plain-brand">
          <picture>
            <img src="/logo.svg" alt="Afterfund" width={165} height={34} />
          </picture>
        </span>
        <h1>{title}</h1>
        {lead && <p className="plain-lead">{lead}</p>}
        {children}
        {foot && <div className="plain-foot">{foot}</div>}
      </div>
    </main>
  )
}
