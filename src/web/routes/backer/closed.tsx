import { ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Time } from '../../ui/time.tsx'
import { type Frame, PledgePage, SupportLink } from './frame.tsx'

/** Choices that can no longer be changed: why, since when, and what somebody had just typed. */
export interface Closed {
  /** the refusal's code (lifecycle.ts) */
  code: string
  /** ISO */
  since: string | null
  /** it happened while the page was open */
  while_open: boolean
  typed: readonly { label: string; before: string; after: string }[]
}

const TITLES: Record<string, string> = {
  order_locked: 'Your choices are locked',
  order_canceled: 'This order was canceled',
  reopen_first: 'Your parcel is packed next',
  already_shipped: 'Your parcel is on its way',
}

export function closedTitle({ code, while_open }: Closed): string {
  return `${while_open ? 'Error: ' : ''}${TITLES[code] ?? 'This can no longer be changed'}`
}

/** Instead of a step whose order is past `open`. */
export function ClosedPage({ frame, closed, order_path }: { frame: Frame; closed: Closed; order_path: string }) {
  return (
    <PledgePage frame={frame} title={closedTitle(closed)}>
      <h1>{TITLES[closed.code] ?? 'This can no longer be changed'}</h1>
      <p className="lead">
        <WhatHappened closed={closed} />
      </p>
      {closed.typed.length > 0 && <NotTakenOver typed={closed.typed} />}
      <p className="stack">
        <span>
          Your order stands as you confirmed it last. If something in it is wrong,{' '}
          <SupportLink frame={frame}>write to {frame.campaign.by}</SupportLink>.
        </span>
      </p>
      <ButtonLink to={order_path} variant="primary" wide reload>
        Show my order
      </ButtonLink>
    </PledgePage>
  )
}

function WhatHappened({ closed }: { closed: Closed }) {
  const what = WHAT_HAPPENED[closed.code] ?? 'These choices were locked'
  return (
    <>
      {what}
      {closed.since && (
        <>
          {' '}
          on <Time at={closed.since} as="moment" />
        </>
      )}
      {closed.while_open && ', while this page was open'}.{' '}
      {closed.code === 'order_locked' && 'They can no longer be changed here.'}
    </>
  )
}

const WHAT_HAPPENED: Record<string, string> = {
  order_locked: 'These choices were locked',
  order_canceled: 'The order was canceled',
  reopen_first: 'The address was made final',
  already_shipped: 'It left',
}

/** What was typed and did not become part of the order. */
export function NotTakenOver({ typed }: { typed: Closed['typed'] }) {
  return (
    <Note tone="warn" live>
      <b>Too late: these changes are not in your order</b>
      <ChangeList changes={typed} />
    </Note>
  )
}

/** What was chosen, and what the order says instead. */
export function ChangeList({ changes }: { changes: Closed['typed'] }) {
  return (
    <ul className="plain-list">
      {changes.map((one) => (
        <li key={one.label}>
          <bdi>{one.label}</bdi>: <bdi>{one.after || 'nothing'}</bdi>
          <small>
            your order says: <bdi>{one.before || 'nothing'}</bdi>
          </small>
        </li>
      ))}
    </ul>
  )
}
