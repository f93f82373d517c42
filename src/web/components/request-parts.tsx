import { Link } from 'react-router'
import type { OrderStatus } from '../../domain/orders/lifecycle.ts'
import { STATUS } from '../../domain/orders/lifecycle.ts'
import { paths } from '../paths.ts'
import { Note } from '../ui/note.tsx'
import { Money } from '../ui/numbers.tsx'
import { Time } from '../ui/time.tsx'

/** A change request as its pages show it; addresses as lines of print. */
export interface RequestView {
  id: string
  state: 'open' | 'approved' | 'declined' | 'withdrawn'
  order: { id: string; number: number; status: OrderStatus; currency: string }
  backer: { id: string; name: string }
  wanted: AddressLines
  /** null once it was answered: the order has the address that was decided on */
  now: AddressLines | null
  note: string
  answer: string
  code: string | null
  answered_by: string | null
  created_at: Date
  answered_at: Date | null
  /** what approving would do; null where nothing waits */
  preview: {
    balance_before: number
    balance_after: number
    shipping_before: number
    shipping_after: number
    agreed_balance: number
    price_changed: boolean
    leads_to: OrderStatus
    /** what looks unusual in the new address, where its backer did not say that it is right */
    warnings: string[]
    /** why the new address cannot be saved at all */
    problems: string[]
  } | null
}

export interface AddressLines {
  lines: string[]
  phone: string
  notes: string
}

export const REQUEST_STATE: Record<RequestView['state'], string> = {
  open: 'Waits for your answer',
  approved: 'Approved',
  declined: 'Declined',
  withdrawn: 'Withdrawn by its backer',
}

/** Whether approving needs a look at the request's own page first. */
export function needsLook({ preview }: RequestView): boolean {
  return preview !== null && (preview.price_changed || preview.warnings.length > 0 || preview.problems.length > 0)
}

/** Which order, and since when its backer asks. */
export function RequestHead({ campaign_id, request }: { campaign_id: string; request: RequestView }) {
  return (
    <>
      <Link to={paths.order(campaign_id, request.order.id)}>Order {request.order.number}</Link> · asked{' '}
      <Time at={request.created_at} as="moment" />
    </>
  )
}

/** The address that the order has beside the one asked for, what its backer says, and what it costs. */
export function RequestBody({ request }: { request: RequestView }) {
  const { preview, order } = request
  return (
    <div className="grid gap-4">
      <div className="addresses">
        {request.now && <PrintedAddress title="Now" address={request.now} other={request.wanted} />}
        <PrintedAddress title="Asked for" address={request.wanted} other={request.now} />
      </div>
      {request.note !== '' && (
        <p>
          <b>The backer says:</b> <bdi className="said">{request.note}</bdi>
        </p>
      )}
      {preview && (
        <>
          <p>
            <PriceWords preview={preview} currency={order.currency} />
          </p>
          <LeadsTo preview={preview} status={order.status} />
          {preview.problems.map((message) => (
            <Note key={message} tone="danger">
              {message} It cannot be approved like this; decline it and say why.
            </Note>
          ))}
        </>
      )}
    </div>
  )
}

/** Lines that the other address does not have are stronger. */
function PrintedAddress({ title, address, other }: { title: string; address: AddressLines; other: AddressLines | null }) {
  const known = new Set(other?.lines)
  return (
    <div>
      <h3 className="address-title">{title}</h3>
      <address>
        {address.lines.map((line) => (
          <bdi key={line} className="address-line" data-differs={other && !known.has(line) ? '' : undefined}>
            {line}
          </bdi>
        ))}
        {address.phone !== '' && (
          <bdi className="address-line" data-differs={other && other.phone !== address.phone ? '' : undefined}>
            {address.phone}
          </bdi>
        )}
        {address.notes !== '' && (
          <bdi className="address-line" data-differs={other && other.notes !== address.notes ? '' : undefined}>
            {address.notes}
          </bdi>
        )}
      </address>
    </div>
  )
}

type Preview = NonNullable<RequestView['preview']>

function PriceWords({ preview, currency }: { preview: Preview; currency: string }) {
  const money = (minor: number) => <Money minor={minor} currency={currency} />
  const difference = preview.balance_after - preview.balance_before
  if (difference === 0) return <>The price stays as it is.</>
  return (
    <>
      <b>
        {money(Math.abs(difference))} {difference > 0 ? 'more' : 'less'}
      </b>
      : shipping was {money(preview.shipping_before)} and becomes {money(preview.shipping_after)}.{' '}
      {preview.price_changed ? 'The backer agreed to another price.' : 'The backer agreed to it.'}
    </>
  )
}

function LeadsTo({ preview, status }: { preview: Preview; status: OrderStatus }) {
  if (preview.price_changed) {
    return (
      <Note tone="warn">
        The price has changed since the backer asked, so it cannot be approved. Decline it; they can ask again at the new price.
      </Note>
    )
  }
  if (preview.leads_to === 'locked') {
    return (
      <Note tone="warn">
        The order owes again once you approve: it becomes {STATUS.locked.label.toLowerCase()}, its backer is mailed how much, and
        the next charge run takes it. Finalize it after that.
      </Note>
    )
  }
  if (preview.warnings.length > 0) {
    return (
      <Note tone="warn">
        {preview.warnings.join(' ')} Unless you say that it is right as it is, the order goes back to paid, and its backer is
        mailed.
      </Note>
    )
  }
  if (preview.leads_to !== status) {
    return <Note tone="info">The order goes back to {STATUS[preview.leads_to].label.toLowerCase()} once you approve.</Note>
  }
  return null
}
