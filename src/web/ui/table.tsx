import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Icon } from './icon.tsx'

interface TableProps {
  /** Says what the table holds; read out, not shown. */
  caption: string
  /** Rows of 30 instead of 36 px. */
  compact?: boolean
  children: ReactNode
}

/** Rows on hairlines, head on sunk ground. Put it in a flush Sheet, which scrolls when the screen is narrow. */
export function Table({ caption, compact, children }: TableProps) {
  return (
    <table className="table" data-compact={compact ? '' : undefined}>
      <caption className="visually-hidden">{caption}</caption>
      {children}
    </table>
  )
}

interface HeadProps {
  /** Numbers are end-aligned with their heads. */
  number?: boolean
  /** Only for assistive technology: a column of buttons or checkboxes. */
  hidden?: boolean
  /** Takes what is left over and cuts long words with "…"; its cells need the class `cut`. */
  cut?: boolean
  /** Left out on a phone, where a cell of the row says it in small (`narrow-only`); its cells need the class `wide-only`. */
  wide_only?: boolean
  width?: string
  /** A sorting head: where a click leads, and how the list is sorted by this column now. */
  sort?: { to: string; direction: 'ascending' | 'descending' | null }
  children: ReactNode
}

export function Head({ number, hidden, cut, wide_only, width, sort, children }: HeadProps) {
  return (
    <th
      scope="col"
      className={[number && 'number', cut && 'cut', wide_only && 'wide-only'].filter(Boolean).join(' ') || undefined}
      style={width ? { inlineSize: width } : undefined}
      aria-sort={sort?.direction ?? undefined}
    >
      {sort ? (
        <Link to={sort.to} preventScrollReset>
          {children}
          {sort.direction && <Icon of={sort.direction === 'ascending' ? ArrowUp : ArrowDown} size={13} />}
        </Link>
      ) : hidden ? (
        <span className="visually-hidden">{children}</span>
      ) : (
        children
      )}
    </th>
  )
}

/** Cursor pages: newest first, no page numbers, since rows move. An address that is missing is not shown. */
export function Pages({ shown, newer_to, older_to }: { shown?: ReactNode; newer_to?: string | null; older_to?: string | null }) {
  return (
    <nav className="pages" aria-label="Pages">
      {shown && <span>{shown}</span>}
      {newer_to && (
        <Link to={newer_to} rel="prev">
          newer
        </Link>
      )}
      {older_to && (
        <Link to={older_to} rel="next">
          older
        </Link>
      )}
    </nav>
  )
}
