import type { ReactNode } from 'react'
import type { OrderStatus } from '../../../domain/orders/lifecycle.ts'
import { Money } from '../../ui/numbers.tsx'
import { Time } from '../../ui/time.tsx'
import type { PathStep } from '../backer/order-path.tsx'
import type { OrderProps } from './order-view.tsx'

/** How far each status has come on the path. */
const PLACE: Record<Exclude<OrderStatus, 'canceled'>, number> = {
  open: 0,
  locked: 1,
  errored: 2,
  paid: 2,
  ready_to_ship: 3,
  shipped: 4,
}

/** The lifecycle as the vertical path of one order: what is done and when, what is now, what comes. */
export function pathOf(order: OrderProps): PathStep[] {
  if (order.status === 'canceled') return canceledPath(order)
  const now = PLACE[order.status]
  const steps: { id: OrderStatus; label: ReactNode; note: ReactNode }[] = [
    { id: 'open', label: 'Survey complete', note: completeNote(order) },
    { id: 'locked', label: order.ships ? 'Locked for packing' : 'Locked', note: lockedNote(order) },
    { id: order.status === 'errored' ? 'errored' : 'paid', label: paidLabel(order), note: paidNote(order) },
    ...(order.ships ? [{ id: 'ready_to_ship' as const, label: 'Address final', note: finalNote(order) }] : []),
    {
      id: 'shipped',
      label: order.ships ? 'On its way' : 'Delivered',
      note: shippedNote(order),
    },
  ]
  const reached = order.ships ? now : Math.min(now, 3)
  return steps.map(({ id, label, note }, index) => ({
    id,
    status: id,
    state: index < reached ? 'done' : index === reached ? 'now' : 'later',
    label,
    note,
  }))
}

function canceledPath(order: OrderProps): PathStep[] {
  const done = { state: 'done' as const, status: 'open' as const }
  return [
    { id: 'open', ...done, label: 'Survey complete', note: <Time at={order.at.completed} as="day" /> },
    ...(order.at.locked
      ? [{ id: 'locked', ...done, label: 'Locked for packing', note: <Time at={order.at.locked} as="day" /> }]
      : []),
    {
      id: 'canceled',
      state: 'now',
      status: 'canceled',
      label: 'Canceled',
      note: order.at.canceled && <Time at={order.at.canceled} as="day" />,
    },
  ]
}

function completeNote(order: OrderProps): ReactNode {
  return (
    <>
      <Time at={order.at.confirmed} as="day" />
      {order.may.choices && '. You can still change it.'}
    </>
  )
}

function lockedNote(order: OrderProps): ReactNode {
  if (order.at.locked) {
    return (
      <>
        <Time at={order.at.locked} as="moment" />. Choices are fixed.
      </>
    )
  }
  if (order.at.lock_due) {
    return (
      <>
        planned for <Time at={order.at.lock_due} as="moment" />
      </>
    )
  }
  if (!order.deadline) return 'no date yet'
  return order.deadline.over ? `was planned for ${order.deadline.day}` : `planned for ${order.deadline.day}`
}

function paidLabel(order: OrderProps): string {
  if (order.status === 'errored') return order.charges.under_way ? 'Payment under way' : 'Payment did not go through'
  if (order.at.paid) return 'Paid'
  return order.money.balance > 0 ? 'Payment' : 'Nothing owed'
}

function paidNote(order: OrderProps): ReactNode {
  if (order.at.paid) return <Time at={order.at.paid} as="day" />
  const { balance, currency } = order.money
  const { failed, under_way, bank } = order.charges
  if (bank?.until) return 'your bank waits for your answer'
  if (under_way) return 'no answer from your bank yet'
  if (order.status === 'errored' && failed) {
    return (
      <>
        <Time at={failed.at} as="moment" />: {failed.is_decline ? failed.reason : 'not carried out'}
      </>
    )
  }
  if (balance <= 0) return order.status === 'open' ? 'nothing more to pay as it stands' : 'nothing more to pay'
  return (
    <>
      <Money minor={balance} currency={currency} /> {order.card ? `to be charged to ${order.card.name}` : 'is owed'}
    </>
  )
}

function shippedNote(order: OrderProps): ReactNode {
  if (order.at.shipped) return <Time at={order.at.shipped} as="day" />
  return order.ships && order.status === 'ready_to_ship' ? 'is packed next' : null
}

function finalNote(order: OrderProps): ReactNode {
  if (order.at.finalized) return <Time at={order.at.finalized} as="day" />
  return order.may.address ? 'You can change the address until then.' : null
}
