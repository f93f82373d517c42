import type { OrderStatus } from '../../../domain/orders/lifecycle.ts'
import { formatMoney } from '../../../lib/money.ts'
import { Money } from '../../ui/numbers.tsx'
import { Time } from '../../ui/time.tsx'
import { canConfirm } from '../backer/bank-parts.tsx'
import { FailedLead } from './charge-parts.tsx'
import type { OrderProps } from './order-view.tsx'

/** Title and lead of the order's page. */
export function OrderHead({ order }: { order: OrderProps }) {
  return (
    <>
      <p className="steps">Order {order.number}</p>
      <h1>
        <OrderTitle order={order} />
      </h1>
      <p className="lead">
        <OrderLead order={order} />
      </p>
    </>
  )
}

const TITLE: Record<OrderStatus, string> = {
  open: 'All set',
  locked: 'Your choices are locked',
  paid: 'Everything is paid',
  errored: 'The payment did not go through',
  ready_to_ship: 'Your parcel is packed next',
  shipped: 'Your parcel is on its way',
  canceled: 'This order was canceled',
}

/** The title as text, for the window. */
export function orderTitle({ status, ships, phase, charges, money, asks_method }: OrderProps): string {
  if (status === 'open' && asks_method) return 'Almost done'
  if (status === 'errored' && charges.bank?.until) return 'Your bank waits for your answer'
  if (status === 'errored' && canConfirm(charges.bank)) return 'Your bank wants to hear from you'
  if (status === 'errored' && charges.under_way) return 'Your payment is under way'
  if (status === 'errored' && money.balance <= 0) return 'Nothing is owed any more'
  if (status === 'errored' && charges.failed?.is_decline) {
    return `Your bank declined ${formatMoney(charges.failed.amount, money.currency)}`
  }
  if (!ships && phase === 'shipping') return 'Your rewards are on their way'
  return TITLE[status]
}

function OrderTitle({ order }: { order: OrderProps }) {
  if (order.status !== 'open') return orderTitle(order)
  return (
    <>
      {orderTitle(order)}, <bdi>{order.name}</bdi>
    </>
  )
}

function OrderLead({ order }: { order: OrderProps }) {
  const by = <bdi>{order.by}</bdi>
  const address = order.ships && order.may.address ? ' The address can still be changed.' : ''
  switch (order.status) {
    case 'open':
      return <OpenLead order={order} />
    case 'locked':
      return <LockedLead order={order} address={address} />
    case 'paid':
      return <>Nothing is owed.{address || ' There is nothing more to do here.'}</>
    case 'errored':
      return <FailedLead order={order} />
    case 'ready_to_ship':
      return order.ships ? (
        <>
          The address is final.
          {order.request?.state !== 'open' && ' If you need another address, ask for it below.'}
        </>
      ) : (
        <>Everything is settled, and nothing can be changed here any more.</>
      )
    case 'shipped':
      return <>All of it has left.</>
    case 'canceled':
      return <>Nothing is charged and nothing is sent for it. If that is not right, ask {by}.</>
  }
}

const OWES_AGAIN: Record<string, string> = {
  address_changed: 'Your new address costs more',
  pledge_changed: 'Your pledge is another amount now',
}

/** What is owed, why it is owed again where it was paid, and when it is charged. */
function LockedLead({ order, address }: { order: OrderProps; address: string }) {
  const { money, charges, card } = order
  if (money.balance <= 0) return <>What you get is fixed now.{address} Nothing is owed.</>
  const amount = <Money minor={money.balance} currency={money.currency} />
  const why = charges.owes_again && (OWES_AGAIN[charges.owes_again] ?? 'Your order costs more now')
  return (
    <>
      {why ? (
        <>
          {why}: {amount} more is owed.
        </>
      ) : (
        <>What you get is fixed now. {amount} is owed.</>
      )}{' '}
      {!charges.under_way &&
        (card ? 'It is charged to your card with the next charges.' : 'Add a card, so that it can be charged.')}
      {address}
    </>
  )
}

function OpenLead({ order }: { order: OrderProps }) {
  const by = <bdi>{order.by}</bdi>
  if (order.at.lock_due) {
    return (
      <>
        Your order is open: change what you like until <Time at={order.at.lock_due} as="moment" />. Then it is locked as you
        confirmed it last.
      </>
    )
  }
  if (!order.deadline)
    return <>Your order is open: change what you like until {by} locks it. You get a mail when the date is set.</>
  if (order.deadline.over) {
    return (
      <>
        Your order is open. Locking was planned for {order.deadline.day}; until {by} does it you can still change what you like.
      </>
    )
  }
  return <>Your order is open: change what you like until it is locked, planned for {order.deadline.day}.</>
}
