import { CalendarClock, CirclePause, MailWarning } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { ShownOrder } from '../../domain/orders/order-rows.ts'
import { cardText } from '../../lib/card-text.ts'
import { reasonTitle } from '../../lib/charge-text.ts'
import { nextThing, nextWords, type PlannedNext } from '../../lib/follow-up-text.ts'
import { paths } from '../paths.ts'
import { Amount, Count, plural } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import type { FailedGroup } from './failed-reasons.ts'
import { Mark } from './status.tsx'

interface Campaign {
  id: string
  currency: string
}

interface ReasonsProps {
  campaign: Campaign
  groups: readonly FailedGroup[]
  orders: number
  amount: number
}

/** Why payments failed, what is at stake, and what happens next to each; ticks belong to the form around it. */
export function FailedReasons({ campaign, groups, orders, amount }: ReasonsProps) {
  return (
    <Table caption="Failed payments by reason">
      <thead>
        <tr>
          <Head hidden width="48px">
            Choose
          </Head>
          <Head>Reason</Head>
          <Head number>Orders</Head>
          <Head number>Owed, {campaign.currency}</Head>
          <Head wide_only>What happens next</Head>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.codes.join()} data-row>
            <td className="check">
              <label>
                <input type="checkbox" name="reason" value={group.codes.join()} aria-label={group.title} />
              </label>
            </td>
            <td className="wraps">
              <Link to={paths.failed_payments(campaign.id, { failure: group.codes })}>{group.title}</Link>
              {group.decline_class === 'hard' && <small className="row-small">the bank refused the card for good</small>}
              <small className="row-small narrow-only">
                <WhatFollows group={group} />
              </small>
            </td>
            <td className="number">
              <Count of={group.orders} />
            </td>
            <td className="number">
              <Amount minor={group.amount} currency={campaign.currency} />
            </td>
            <td className="wraps wide-only">
              <WhatFollows group={group} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td />
          <th scope="row">All</th>
          <td className="number">
            <b>
              <Count of={orders} />
            </b>
          </td>
          <td className="number">
            <b>
              <Amount minor={amount} currency={campaign.currency} />
            </b>
          </td>
          <td className="wide-only" />
        </tr>
      </tfoot>
    </Table>
  )
}

/** A line for each thing that happens by itself, and for what does not. */
function WhatFollows({ group }: { group: FailedGroup }) {
  const { retries, reminders, days_named, under_way, on_hold, nothing_follows, decline_class, asked_for } = group
  const lines: [string, ReactNode][] = []
  if (under_way > 0) lines.push(['under_way', <>{plural(under_way, 'is', 'are')} being charged now</>])
  if (retries.next_at) {
    lines.push([
      'retries',
      <>
        {plural(retries.orders, 'card is', 'cards are')} tried again by {retries.orders === 1 ? 'itself' : 'themselves'},{' '}
        {retries.orders === 1 ? 'on' : 'the first on'} <Time at={retries.next_at} as="day" />
      </>,
    ])
  }
  if (reminders.next_at) {
    lines.push([
      'reminders',
      <>
        {plural(reminders.orders, 'backer is', 'backers are')} reminded, {reminders.orders === 1 ? 'on' : 'the first on'}{' '}
        <Time at={reminders.next_at} as="day" />
      </>,
    ])
  }
  if (days_named.next_on) {
    lines.push([
      'days_named',
      <>
        {plural(days_named.orders, 'backer has', 'backers have')} named a day, {days_named.orders === 1 ? '' : 'the first '}
        <Day of={days_named.next_on} />
      </>,
    ])
  }
  if (on_hold > 0) lines.push(['on_hold', <>{plural(on_hold, 'is', 'are')} on hold, and left alone</>])
  if (nothing_follows > 0) lines.push(['nothing', <b key="b">{plural(nothing_follows, 'is', 'are')} left: write to them</b>])
  return (
    <>
      <span className="plain-list">
        {lines.map(([key, line]) => (
          <span key={key}>{line}</span>
        ))}
      </span>
      {decline_class !== 'soft' && <small className="row-small">Asked to {asked_for}</small>}
    </>
  )
}

/** A calendar day of the campaign, whatever zone one reads in. */
export function Day({ of }: { of: string }) {
  const words = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${of}T12:00:00Z`),
  )
  return (
    <time dateTime={of} className="nowrap">
      {words}
    </time>
  )
}

export type FailedRow = Pick<ShownOrder, 'id' | 'number' | 'balance_due' | 'payment_method' | 'hold' | 'follow_up' | 'backer'>

/** Failed payments one by one, with what happens next to each. */
export function FailedOrders({ campaign, rows }: { campaign: Campaign; rows: readonly FailedRow[] }) {
  return (
    <Table caption="Orders whose payment failed">
      <thead>
        <tr>
          <Head>Order</Head>
          <Head cut width="26%">
            Backer
          </Head>
          <Head>Reason</Head>
          <Head number>Owed, {campaign.currency}</Head>
          <Head wide_only>Card</Head>
          <Head wide_only>Failed</Head>
          <Head wide_only>Next</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td>
              <Link className="row-link" data-open to={paths.order(campaign.id, row.id, { status: 'errored' })}>
                {row.number}
              </Link>
            </td>
            <td className="cut" title={row.backer.name}>
              <bdi>{row.backer.name}</bdi>
            </td>
            <td className="wraps">
              {row.follow_up && reasonTitle('declined', row.follow_up.code)}
              <small className="row-small narrow-only">
                <NextOf row={row} />
              </small>
            </td>
            <td className="number">
              <Amount minor={row.balance_due} currency={campaign.currency} />
            </td>
            <td className="nowrap wide-only">{row.payment_method && <bdi>{cardText(row.payment_method)}</bdi>}</td>
            <td className="wide-only">{row.follow_up && <Time at={row.follow_up.failed_at} />}</td>
            <td className="nowrap wide-only">
              <NextOf row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function NextOf({ row }: { row: FailedRow }) {
  if (row.hold) {
    return (
      <Mark icon={CirclePause} tone="warn">
        On hold
      </Mark>
    )
  }
  if (row.follow_up && nextThing(row.follow_up).kind === 'reminder' && row.backer.email_state === 'bounced') {
    return (
      <Mark icon={MailWarning} tone="warn">
        Mail comes back
      </Mark>
    )
  }
  return row.follow_up && <NextInWords follow_up={row.follow_up} />
}

/** "Tried again on 24 November." */
export function NextInWords({ follow_up }: { follow_up: PlannedNext }) {
  const { kind, at } = nextThing(follow_up)
  if (at === null) return nextWords(kind)
  if (kind === 'day_named') {
    return (
      <Mark icon={CalendarClock} tone="quiet">
        {nextWords(kind)} <Day of={String(at)} />
      </Mark>
    )
  }
  return (
    <>
      {nextWords(kind)} <Time at={at} as="day" />
    </>
  )
}
