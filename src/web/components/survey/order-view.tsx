import { CreditCard, PauseCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChangeKind, OrderStatus, Phase } from '../../../domain/orders/lifecycle.ts'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { CardProps } from '../backer/card-parts.tsx'
import { OrderPath } from '../backer/order-path.tsx'
import { type ChargesProps, ChargeUnderWay, ErroredActs, type OrderForms, PaymentSheetBody } from './charge-parts.tsx'
import { MoneyLines, type MoneyProps } from './money-lines.tsx'
import { pathOf } from './order-path-steps.tsx'
import { type ParcelProps, ParcelsSheet } from './parcels.tsx'
import { type PayDayProps, PayDaySheet } from './pay-day.tsx'
import { type ContentsEntry, ContentsList } from './pledge-parts.tsx'
import { RequestNote, type RequestProps } from './request-note.tsx'
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
  /** the card that would be charged */
  card: CardProps | null
  /** a card is needed and none is on file */
  asks_method: boolean
  charges: ChargesProps
  /** null where no failed payment waits */
  pay_day: PayDayProps | null
  parcels: ParcelProps[]
  /** the last request for another address; null where there is none to tell of */
  request: RequestProps | null
  may: Record<ChangeKind, boolean>
}

/** Where a Change link leads; null where nothing can be changed. */
export interface ChangeLinks {
  choices: string | null
  addons: string | null
  address: string | null
  /** asks for another address, once it is final */
  request: string | null
}

interface OrderViewProps {
  order: OrderProps
  change: ChangeLinks
  /** null where nothing can be pressed */
  forms: OrderForms | null
  /** "write to Lanternfish Games" */
  ask: ReactNode
}

/** The whole of an order: where it is, what I get, where it goes, what I pay, how, and what I may change. */
export function OrderView({ order, change, forms, ask }: OrderViewProps) {
  return (
    <>
      {order.held && order.status !== 'canceled' && (
        <Note tone="warn" icon={PauseCircle}>
          <b>Your order is on hold.</b> <bdi>{order.by}</bdi> is looking at something first. It is not locked, charged or sent
          meanwhile; you need not do anything.
        </Note>
      )}
      <ChargeUnderWay order={order} forms={forms} />
      {order.status === 'errored' && forms && <ErroredActs order={order} forms={forms} />}
      {order.pay_day && forms && <PayDaySheet day={order.pay_day} backer_id={forms.backer_id} to={forms.remind_on} />}
      {order.asks_method && order.may.payment_method && order.status !== 'errored' && <MethodMissing order={order} />}
      <ParcelsSheet parcels={order.parcels} />
      <Sheet title={order.ships ? 'Where your parcel is' : 'Where your order is'}>
        <OrderPath steps={pathOf(order)} />
      </Sheet>
      <Sheet title="What you get" aside={change.choices && <a href={change.choices}>Change choices</a>}>
        {order.contents.length > 0 ? <ContentsList entries={order.contents} /> : <p className="quiet">Nothing to send yet.</p>}
      </Sheet>
      <AnswersSheet answers={order.answers} change_to={change.choices} />
      {order.address && (
        <AddressSheet
          address={order.address}
          change_to={change.address}
          ask_to={order.request?.state === 'open' ? null : change.request}
        >
          {order.request && <RequestNote request={order.request} by={order.by} look_to={change.request} />}
        </AddressSheet>
      )}
      <Sheet title={whatYouPay(order)} aside={change.addons && <a href={change.addons}>Change add-ons</a>}>
        <MoneyLines
          money={order.money}
          due={order.phase === 'closed' ? 'Was owed' : 'Still to pay'}
          is_fixed={order.status !== 'open'}
        />
      </Sheet>
      {showsPayment(order) && (
        <Sheet title="How you pay" id="card">
          <PaymentSheetBody order={order} forms={forms} />
        </Sheet>
      )}
      <WhatMayChange order={order} ask={ask} />
    </>
  )
}

function whatYouPay({ status, money }: OrderProps): ReactNode {
  if (status !== 'errored' || money.balance <= 0) return 'What you pay'
  return (
    <>
      Why <Money minor={money.balance} currency={money.currency} />
    </>
  )
}

/** Where a card is asked for, or will be used. */
function showsPayment({ may, card, asks_method, money }: OrderProps): boolean {
  return may.payment_method && (card !== null || asks_method || money.balance > 0)
}

function MethodMissing({ order }: { order: OrderProps }) {
  return (
    <Note tone="warn" icon={CreditCard}>
      <b>
        {order.money.balance > 0 ? (
          <>
            <Money minor={order.money.balance} currency={order.money.currency} /> is owed, and no card is on file.
          </>
        ) : (
          'No card is on file.'
        )}
      </b>{' '}
      {order.status === 'open' && 'Your order cannot be locked without one. '}
      <a href="#card">Add a card</a>; nothing is charged today.
    </Note>
  )
}

/** Why there is no Change link, and how to ask. */
function WhatMayChange({ order, ask }: { order: OrderProps; ask: ReactNode }) {
  const { may, ships, status } = order
  if (may.choices) return null
  const why =
    may.address && ships
      ? 'Your choices are locked; only the address and your card can be changed here.'
      : status === 'canceled'
        ? 'A canceled order cannot be changed.'
        : status === 'shipped'
          ? 'It has left, so nothing can be changed here.'
          : status === 'ready_to_ship'
            ? ships
              ? `The address is final; ${order.request?.state === 'open' ? 'your request for another one waits for an answer' : 'another one can be asked for above'}, and nothing else changes.`
              : 'Nothing can be changed here any more.'
            : 'Your choices are locked and can no longer be changed here.'
  return (
    <p className="small quiet">
      {why} Is something wrong? {ask}.
    </p>
  )
}
