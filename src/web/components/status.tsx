import { CircleSlash, Hourglass, type LucideIcon, Send } from 'lucide-react'
import type { ReactNode } from 'react'
import { type OrderStatus, STATUS, SURVEY_LABEL, type SurveyState } from '../../domain/orders/lifecycle.ts'
import { Icon } from '../ui/icon.tsx'

type Shown = OrderStatus | SurveyState

const CUT = {
  stroke: 'var(--cut, var(--sheet))',
  strokeWidth: 1.9,
  fill: 'none',
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

/** Our own 16-px drawings: the silhouettes differ at 12 px and in print; cut-outs take `--cut`, the ground they stand on. */
const DRAWINGS: Record<OrderStatus | 'not_sent' | 'sent' | 'started', ReactNode> = {
  open: <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="2.6" />,
  locked: (
    <>
      <path d="M4.8 7V5.2a3.2 3.2 0 0 1 6.4 0V7" fill="none" stroke="currentColor" strokeWidth="2" />
      <rect x="2.2" y="6.6" width="11.6" height="8.6" rx="1.4" fill="currentColor" />
      <path d="M8 10v2" {...CUT} />
    </>
  ),
  paid: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M5 8.2l2.2 2.2L11.2 6" {...CUT} />
    </>
  ),
  errored: (
    <>
      <path d="M8 .9 15.7 14.6H.3z" fill="currentColor" stroke="currentColor" strokeWidth=".6" strokeLinejoin="round" />
      <path d="M8 6v3.4M8 12v.1" {...CUT} />
    </>
  ),
  ready_to_ship: (
    <>
      <path d="M8 .8l6.4 3.6v7.2L8 15.2l-6.4-3.6V4.4z" fill="currentColor" />
      <path d="M3 5.3l5 2.8 5-2.8M8 8.2v5.3" {...CUT} strokeWidth={1.5} />
    </>
  ),
  shipped: <path d="M1 2.6h8.2L15.2 8l-6 5.4H1L4.6 8z" fill="currentColor" />,
  canceled: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M3.9 12.1l8.2-8.2" stroke="currentColor" strokeWidth="1.8" />
    </>
  ),
  not_sent: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" strokeDasharray="2.4 2.3" />,
  sent: (
    <>
      <rect x="1.4" y="3.2" width="13.2" height="9.6" rx="1.3" fill="none" stroke="currentColor" strokeWidth="1.7" />
      <path d="M2 4.4l6 4.6 6-4.6" fill="none" stroke="currentColor" strokeWidth="1.7" />
    </>
  ),
  started: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </>
  ),
}

/** Survey states that have no drawing of their own take a Lucide icon. */
const ICONS: Record<'waiting' | 'withdrawn' | 'completed', LucideIcon> = {
  waiting: Hourglass,
  withdrawn: CircleSlash,
  completed: Send,
}

/** The glyph of a status in its hue. It says nothing to assistive technology: its word stands beside it. */
export function StatusGlyph({ status, size = 14 }: { status: Shown; size?: number }) {
  if (status === 'waiting' || status === 'withdrawn' || status === 'completed') return <Icon of={ICONS[status]} size={size} />
  return (
    <svg
      className={status === 'shipped' ? 'glyph mirrors' : 'glyph'}
      data-status={status}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      {DRAWINGS[status]}
    </svg>
  )
}

interface StatusProps {
  status: Shown
  /** With ground: once per page, beside the title. */
  chip?: boolean
  /** Another word than the status' own, such as "Survey out". */
  children?: ReactNode
}

/** Glyph and word, always both; colour is the third sign. */
export function Status({ status, chip, children }: StatusProps) {
  return (
    <span className="status" data-status={status} data-chip={chip ? '' : undefined}>
      <StatusGlyph status={status} />
      {children ?? statusWord(status)}
    </span>
  )
}

export function statusWord(status: Shown): string {
  return isOrderStatus(status) ? STATUS[status].label : SURVEY_LABEL[status]
}

function isOrderStatus(status: Shown): status is OrderStatus {
  return Object.hasOwn(STATUS, status)
}

interface MarkProps {
  icon: LucideIcon
  tone?: 'warn' | 'danger' | 'quiet'
  children: ReactNode
}

/** What is not one of the seven (on hold, no payment method, expired card): an icon and its words, never a chip. */
export function Mark({ icon, tone = 'warn', children }: MarkProps) {
  return (
    <span className="mark" data-tone={tone}>
      <Icon of={icon} size={14} />
      {children}
    </span>
  )
}
