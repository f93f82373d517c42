import type { ReactNode } from 'react'
import { formatMoney } from '../../../lib/money.ts'
import type { BankProps } from '../../components/backer/bank-parts.tsx'
import { CardForm } from '../../components/backer/card-parts.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { type Frame, PledgePage } from './frame.tsx'

/** What the pages of the bank's question show. Amounts in minor units. */
export interface Loaded {
  frame: Frame
  backer_id: string
  order: { number: number; balance: number; currency: string }
  /** why the last visit came to nothing: the code of the charge */
  code: string | null
  links: Record<'order' | 'here' | 'card' | 'retry', string>
}

export interface PartProps {
  loaded: Loaded
  bank: BankProps
}

export function Page({ loaded, title, lead, children }: { loaded: Loaded; title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <PledgePage frame={loaded.frame} title={title}>
      <p className="steps">Order {loaded.order.number}</p>
      <h1>{title}</h1>
      <p className="lead">{lead}</p>
      {children}
      <p className="centered">
        <a href={loaded.links.order}>See my order</a>
      </p>
    </PledgePage>
  )
}

/** How much, from which card, for whom. */
export function Facts({ loaded, bank }: PartProps) {
  const { order, frame } = loaded
  return (
    <Sheet title="What your bank asks about">
      <dl className="facts">
        <dt>Amount</dt>
        <dd>
          <b>
            <Money minor={bank.amount} currency={order.currency} />
          </b>
        </dd>
        <dt>Card</dt>
        <dd>
          <bdi>{bank.card}</bdi>
        </dd>
        <dt>For</dt>
        <dd>
          <bdi>{frame.campaign.name}</bdi>, order {order.number}, by <bdi>{frame.campaign.by}</bdi>
        </dd>
      </dl>
    </Sheet>
  )
}

/** A question that was asked about an earlier charge. */
export function Over({ loaded }: { loaded: Loaded }) {
  return (
    <Page
      loaded={loaded}
      title="There is nothing to confirm here"
      lead="Your bank’s question was about an earlier charge. It is over, and nothing is charged for it."
    >
      <ButtonLink to={loaded.links.order} variant="primary" wide reload>
        Open my order
      </ButtonLink>
    </Page>
  )
}

/** Why the bank is not asked now, and what can be done instead. */
export function Refused({ loaded, bank, code }: PartProps & { code: string }) {
  const { order, links, backer_id, frame } = loaded
  const by = <bdi>{frame.campaign.by}</bdi>
  const owed = <Money minor={order.balance} currency={order.currency} />
  if (code === 'amount_changed') {
    return (
      <Page
        loaded={loaded}
        title="The amount has changed"
        lead={
          <>
            Your bank was asked about <Money minor={bank.amount} currency={order.currency} />. Your order owes {owed} by now, so
            that question is not used any more. Nothing was charged.
          </>
        }
      >
        <form method="post" action={links.retry} className="stack">
          <input type="hidden" name="backer" value={backer_id} />
          <Button variant="primary" wide>
            Charge {formatMoney(order.balance, order.currency)} to {bank.card}
          </Button>
          <p className="small quiet">{by} charges it right away, once. Your bank may ask you again.</p>
        </form>
      </Page>
    )
  }
  if (code === 'bank_asked_too_often') {
    return (
      <Page
        loaded={loaded}
        title="Your bank was asked often today"
        lead="Nothing was charged. You can try again tomorrow, or use another card now."
      >
        <CardForm to={links.card} backer_id={backer_id} purpose="order" variant="primary">
          Use another card
        </CardForm>
      </Page>
    )
  }
  return (
    <Page
      loaded={loaded}
      title={code === 'on_hold' ? 'Your order is on hold' : 'Your bank is not asked just now'}
      lead={whyNot(code, by)}
    >
      <ButtonLink to={links.order} variant="primary" wide reload>
        Open my order
      </ButtonLink>
    </Page>
  )
}

function whyNot(code: string, by: ReactNode): ReactNode {
  switch (code) {
    case 'on_hold':
      return <>{by} is looking at something first. Nothing is charged meanwhile, and you need not do anything.</>
    case 'card_replaced':
      return 'Another card is on file by now. Nothing was charged; your order’s page says what you can do.'
    case 'nothing_owed':
      return <>Nothing is owed any more. {by} marks your order as paid, and you need not do anything.</>
    default:
      return 'Nothing was charged. Your order’s page says how it stands.'
  }
}
