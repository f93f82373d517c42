import { CreditCard, PauseCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChangeKind, OrderStatus, Phase } from '../../../domain/orders/lifecycle.ts'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import { OrderPath } from '../backer/order-path.tsx'
import { MoneyLines, type MoneyProps } from './money-lines.tsx'
import { pathOf } from './order-path-steps.tsx'
import { type ContentsEntry, ContentsList } from './pledge-parts.tsx'
import { type AddressProps, AddressSheet, type AnswerProps, AnswersSheet } from './review-parts.tsx'

/** An order as its backer sees it. Times are ISO, amounts minor units. */
export interface OrderProps {
  number: number
  name: string
  by: string
  status: OrderStatus
  phase: Phase
  ships: boolean
  held: boolean
  at: Record<'locked' | 'paid' | 'finalized' | 'shipped' | 'canceled' | 'lock_due', string | null> &
    Record<'completed' | 'confirmed', string>
  /** the lockdown date in words */
  deadline: { day: string; over: boolean } | null
  contents: ContentsEntry[]
  answers: AnswerProps[]
  /** null where nothing ships */
  address: AddressProps | null
  money: MoneyProps
  payment_method: string | null
  /** a payment method is needed and none is on file */
  asks_method: boolean
  may: Record<ChangeKind, boolean>
}

/** Where a Change link leads; null where nothing can be changed. */
export interface ChangeLinks {
  choices: string | null
  addons: string | null
  address: string | null
}

interface OrderViewProps {
  order: OrderProps
  change: ChangeLinks
  /** "write to Lanternfish Games" */
  ask: ReactNode
}

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

export const ORDER_TITLE: Record<OrderStatus, string> = {
  open: 'All set',
  locked: 'Your choices are locked',
  paid: 'Everything is paid',
  errored: 'The payment did not go through',
  ready_to_ship: 'Your parcel is being made',
  shipped: 'Your parcel is on its way',
  canceled: 'This order was canceled',
}

function OrderTitle({ order }: { order: OrderProps }) {
  if (order.status === 'open') {
    return (
      <>
        {ORDER_TITLE.open}, <bdi>{order.name}</bdi>
      </>
    )
  }
  if (!order.ships && order.phase === 'shipping') return 'Your rewards are on their way'
  return ORDER_TITLE[order.status]
}

function OrderLead({ order }: { order: OrderProps }) {
  const by = <bdi>{order.by}</bdi>
  const address = order.ships && order.may.address ? ' The address can still be changed.' : ''
  switch (order.status) {
    case 'open':
      return <OpenLead order={order} />
    case 'locked':
      return (
        <>
          What you get is fixed now.{address}
          {order.money.balance > 0 && <> What is still owed is asked for next.</>}
        </>
      )
    case 'paid':
      return <>Nothing is owed.{address || ' There is nothing more to do here.'}</>
    case 'errored':
      return <>Your order is safe. Until it is paid it cannot be packed.{address}</>
    case 'ready_to_ship':
      return <>The address is final, and nothing can be changed here any more.</>
    case 'shipped':
      return <>All of it has left.</>
    case 'canceled':
      return <>Nothing is charged and nothing is sent for it. If that is not right, ask {by}.</>
  }
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

/** The whole of an order: where it is, what I get, where it goes, what I pay, and what I may change. */
export function OrderView({ order, change, ask }: OrderViewProps) {
  return (
    <>
      {order.held && order.status !== 'canceled' && (
        <Note tone="warn" icon={PauseCircle}>
          <b>Your order is on hold.</b> <bdi>{order.by}</bdi> is looking at something first. It is not locked and not sent
          meanwhile; you need not do anything.
        </Note>
      )}
      {order.asks_method && order.may.payment_method && <MethodMissing order={order} />}
      <Sheet title={order.ships ? 'Where your parcel is' : 'Where your order is'}>
        <OrderPath steps={pathOf(order)} />
      </Sheet>
      <Sheet title="What you get" aside={change.choices && <a href={change.choices}>Change choices</a>}>
        {order.contents.length > 0 ? <ContentsList entries={order.contents} /> : <p className="quiet">Nothing to send yet.</p>}
      </Sheet>
      <AnswersSheet answers={order.answers} change_to={change.choices} />
      {order.address && <AddressSheet address={order.address} change_to={change.address} />}
      <Sheet title="What you pay" aside={change.addons && <a href={change.addons}>Change add-ons</a>}>
        <MoneyLines money={order.money} due={order.phase === 'closed' ? 'Was owed' : 'Still to pay'} />
        {order.payment_method && <p className="small quiet">Payment method: {order.payment_method}</p>}
      </Sheet>
      <WhatMayChange order={order} ask={ask} />
    </>
  )
}

function MethodMissing({ order }: { order: OrderProps }) {
  return (
    <Note tone="warn" icon={CreditCard}>
      <b>
        {order.money.balance > 0 ? (
          <>
            <Money minor={order.money.balance} currency={order.money.currency} /> is owed, and no payment method is on file.
          </>
        ) : (
          'No payment method is on file.'
        )}
      </b>{' '}
      {order.status === 'open' && 'Your order cannot be locked without one. '}A card cannot be added here yet; nothing is charged
      meanwhile.
    </Note>
  )
}

/** Why there is no Change link, and how to ask. */
function WhatMayChange({ order, ask }: { order: OrderProps; ask: ReactNode }) {
  const { may, ships, status } = order
  if (may.choices) return null
  const why =
    may.address && ships
      ? 'Your choices are locked; only the address can be changed here.'
      : status === 'canceled'
        ? 'A canceled order cannot be changed.'
        : status === 'shipped'
          ? 'It has left, so nothing can be changed here.'
          : status === 'ready_to_ship'
            ? 'The address is final, so nothing can be changed here.'
            : 'Your choices are locked and can no longer be changed here.'
  return (
    <p className="small quiet">
      {why} Is something wrong? {ask}.
    </p>
  )
}
