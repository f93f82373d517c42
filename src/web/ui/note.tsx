import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Icon } from './icon.tsx'

export type NoteTone = 'good' | 'warn' | 'danger' | 'info'

const SIGN: Record<NoteTone, LucideIcon> = { good: CircleCheck, warn: TriangleAlert, danger: CircleAlert, info: Info }

interface NoteProps {
  tone?: NoteTone
  icon?: LucideIcon
  /** At the end: a link or a button. */
  end?: ReactNode
  /** Address of the same page without this note; shows a cross that leads there. */
  dismiss_to?: string
  /** Read out when it appears: results, refusals. */
  live?: boolean
  id?: string
  children: ReactNode
}

/** What happened, inline, where the eye is; it stays until dismissed. */
export function Note({ tone = 'info', icon, end, dismiss_to, live, id, children }: NoteProps) {
  return (
    <div className="note" data-tone={tone} id={id} role={live ? (tone === 'danger' ? 'alert' : 'status') : undefined}>
      <Icon of={icon ?? SIGN[tone]} />
      <div className="note-body">{children}</div>
      {end && <div className="note-end">{end}</div>}
      {dismiss_to && (
        <Link to={dismiss_to} className="token-remove" aria-label="Dismiss this note" preventScrollReset replace>
          <Icon of={X} />
        </Link>
      )}
    </div>
  )
}
