import { Hourglass, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Time } from '../../ui/time.tsx'
import { type BankProps, BankWaits, canConfirm } from '../backer/bank-parts.tsx'
import { CardForm, CardOnFile, Consent } from '../backer/card-parts.tsx'
import type { OrderProps } from './order-view.tsx'

/** The charges of an order, for its backer. Times are ISO, amounts minor units. */
export interface ChargesProps {
  /** `is_long`: the bank has not answered in a while */
  under_way: { amount: number; is_long: boolean } | null
  failed: {
    amount: number
    at: string
    is_decline: boolean
    /** it was of the card on file */
    is_of_card: boolean
    /** "not enough funds" */
    reason: string
    /** the reason says more than that it was declined */
    says_why: boolean
    /** a sentence: what one can do */
    fix: string
  } | null
  /** what the bank wants to hear about the last charge */
  bank: BankProps | null
  receipts: { amount: number; at: string; card: string }[]
  /** why the card on file cannot be tried again now: the code; null where it can */
  retry_refusal: string | null
  retry_at: string | null
  /** why an order that was paid owes again: the code */
  owes_again: string | null
}

/** Where the forms of a page post to; null where nothing can be pressed. */
export interface OrderForms {
  backer_id: string
  card: string
  retry: string
  remind_on: string
  /** the page that leads to the bank */
  bank: string
  /** this page */
  here: string
}

/** A charge that is not over: no button that could start another. */
export function ChargeUnderWay({ order, forms }: { order: OrderProps; forms: OrderForms | null }) {
  const { under_way } = order.charges
  if (!under_way) return null
  const { bank } = order.charges
  if (bank?.until) return <BankWaits bank={bank} currency={order.money.currency} to={forms?.bank ?? null} />
  const amount = <Money minor={under_way.amount} currency={order.money.currency} />
  return (
    <Note tone={under_way.is_long ? 'warn' : 'info'} icon={Hourglass} live>
      {under_way.is_long ? (
        <>
          <b>No answer yet.</b> Your bank was asked for {amount}. We ask the bank every minute; nothing is charged again
          meanwhile. We will mail you.
        </>
      ) : (
        <>
          <b>{amount} is being charged.</b> It takes a moment, and nothing is charged a second time meanwhile. We will mail you
          how it went.
        </>
      )}
      {forms && (
        <>
          {' '}
          <a href={forms.here}>Look again</a>
        </>
      )}
    </Note>
  )
}

/** Why this card is not charged now; another one may be. */
const OF_THE_CARD = new Set(['card_too_soon', 'card_hard_declined', 'payment_method_missing'])

/** What one can do about a charge that failed: another card, the same once more, or nothing. */
export function ErroredActs({ order, forms }: { order: OrderProps; forms: OrderForms }) {
  const { charges, card, money, by } = order
  if (charges.under_way || money.balance <= 0) return null
  if (canConfirm(charges.bank)) return <BankActs order={order} forms={forms} />
  const reason = charges.retry_refusal && <RetryReason order={order} code={charges.retry_refusal} />
  return (
    <div className="stack">
      <CardForm to={forms.card} backer_id={forms.backer_id} purpose="order" variant="primary">
        {card ? 'Use another card' : 'Add a card'}
      </CardForm>
      {card && (
        <form method="post" action={forms.retry}>
          <input type="hidden" name="backer" value={forms.backer_id} />
          {reason ? (
            <RefusedButton reason={reason}>Try {card.name} again</RefusedButton>
          ) : (
            <Button wide>Try {card.name} again</Button>
          )}
        </form>
      )}
      <p className="small quiet">
        {charges.retry_refusal && !OF_THE_CARD.has(charges.retry_refusal) ? (
          'A new card is saved, and not charged meanwhile.'
        ) : (
          <>
            {card && !reason ? 'Either way' : 'With a new card'} <bdi>{by}</bdi> charges{' '}
            <Money minor={money.balance} currency={money.currency} /> for this order right away, once. If you do nothing, your
            order waits here
            {card && charges.retry_refusal !== 'card_hard_declined' && (
              <>
                , and <bdi>{by}</bdi> may try the card on file again later
              </>
            )}
            .
          </>
        )}{' '}
        You enter a card on the page of the payment service; its number never comes here.
      </p>
    </div>
  )
}

/** The bank wants to hear from its customer: to the page that leads there, or another card. */
function BankActs({ order, forms }: { order: OrderProps; forms: OrderForms }) {
  const { money, by } = order
  return (
    <div className="stack">
      <ButtonLink to={forms.bank} variant="primary" wide reload>
        Confirm with your bank
      </ButtonLink>
      <CardForm to={forms.card} backer_id={forms.backer_id} purpose="order">
        Use another card
      </CardForm>
      <p className="small quiet">
        Either way <bdi>{by}</bdi> charges <Money minor={money.balance} currency={money.currency} /> for this order, once. If you
        do nothing, your order waits here.
      </p>
    </div>
  )
}

/** A button that says beside it why it cannot be pressed. */
function RefusedButton({ reason, children }: { reason: ReactNode; children: ReactNode }) {
  return (
    <span className="with-reason">
      <button
        type="button"
        className="button"
        data-variant="outlined"
        data-wide=""
        aria-disabled="true"
        aria-describedby="why-not-again"
      >
        {children}
      </button>
      <span id="why-not-again" className="reason">
        {reason}
      </span>
    </span>
  )
}

function RetryReason({ order, code }: { order: OrderProps; code: string }) {
  switch (code) {
    case 'card_too_soon':
      return (
        <>
          It was tried a short while ago, and your bank would most likely say the same.{' '}
          {order.charges.retry_at ? (
            <>
              You can try it again from <Time at={order.charges.retry_at} as="moment" />.
            </>
          ) : (
            'Try it again later.'
          )}
        </>
      )
    case 'card_hard_declined':
      return 'Your bank refused this card for good, so it is not tried again.'
    case 'nothing_owed':
      return (
        <>
          Nothing is owed any more. <bdi>{order.by}</bdi> marks it as paid; you need not do anything.
        </>
      )
    case 'payment_method_missing':
      return 'There is no card on file.'
    case 'on_hold':
      return 'Your order is on hold, so nothing is charged meanwhile.'
    case 'below_minimum':
      return (
        <>
          So little cannot be charged to a card. <bdi>{order.by}</bdi> decides what to do with it; you need not do anything.
        </>
      )
    default:
      return 'It cannot be charged just now. Load this page again in a moment.'
  }
}

/** The card on file, what it is charged for and when, and the way to another one. */
export function PaymentSheetBody({ order, forms }: { order: OrderProps; forms: OrderForms | null }) {
  const { card, money, by, may, status } = order
  // On a failed charge the button stands on top, and charges at once.
  const byAct = forms && may.payment_method && (status !== 'errored' || money.balance <= 0)
  return (
    <>
      {card ? (
        <CardOnFile card={card} />
      ) : (
        <p>No card yet.{order.asks_method && status === 'open' && ' Your order cannot be locked without one.'}</p>
      )}
      {byAct && (
        <div className="card-change">
          <Consent
            by={by}
            balance={money.balance}
            currency={money.currency}
            when={status === 'open' ? 'after_lock' : 'next'}
            planned={order.deadline && !order.deadline.over ? order.deadline.day : null}
          />
          <CardForm
            to={forms.card}
            backer_id={forms.backer_id}
            purpose="order"
            variant={order.asks_method ? 'primary' : 'outlined'}
          >
            {card ? 'Use another card' : 'Add a card'}
          </CardForm>
        </div>
      )}
    </>
  )
}

/** Why the last charge failed, in the lead of the page. */
export function FailedLead({ order }: { order: OrderProps }) {
  const { failed, under_way } = order.charges
  if (order.money.balance <= 0 && !under_way) {
    return (
      <>
        A charge failed before. Your order costs less by now, so nothing is charged: <bdi>{order.by}</bdi> marks it as paid, and
        you need not do anything.
      </>
    )
  }
  const address = order.ships && order.may.address ? ' The address can still be changed.' : ''
  if (canConfirm(order.charges.bank)) {
    return (
      <>
        It pays <Money minor={order.money.balance} currency={order.money.currency} /> once you have confirmed it there. Your order
        is safe and nothing was charged. Until it is paid it cannot be packed.{address}
      </>
    )
  }
  if (!failed) return <>Your order is safe. Until it is paid it cannot be packed.{address}</>
  return (
    <>
      {failed.is_decline ? (
        failed.says_why && (
          <>
            It said: <b>{failed.reason}</b>.{' '}
          </>
        )
      ) : (
        <>The payment service did not carry it out. </>
      )}
      Your order is safe and nothing was charged. Until it is paid it cannot be packed.{' '}
      {failed.is_decline && !order.charges.retry_refusal && failed.fix}
    </>
  )
}

/** After a retry that was refused, or a new card that is not charged: why not. The sentence also stands beside the button. */
export function NotChargedNote({ order, saved }: { order: OrderProps; saved: boolean }) {
  const { money } = order
  const { retry_refusal, failed, under_way } = order.charges
  if (under_way) return null
  if (saved && failed?.is_of_card) {
    return (
      <Note tone="warn" icon={TriangleAlert} live>
        <b>Your card is saved, and was tried at once: it did not go through.</b> Nothing was charged. Use another card, or ask
        your bank.
      </Note>
    )
  }
  if (!retry_refusal) return null
  return (
    <Note tone="warn" icon={TriangleAlert} live>
      <b>{saved ? 'Your card is saved. It was not charged.' : 'Nothing was charged.'}</b>{' '}
      {order.card && money.balance > 0 ? 'Why stands below, at its button.' : <RetryReason order={order} code={retry_refusal} />}
    </Note>
  )
}
