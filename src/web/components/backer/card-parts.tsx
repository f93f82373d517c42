import { CreditCard, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'

/** A card on file, as words. */
export interface CardProps {
  /** "Visa ending 4242" */
  name: string
  /** "08/29" */
  expiry: string
  is_expired: boolean
}

/** The card that would be charged: brand, last four, expiry, and whether that is over. */
export function CardOnFile({ card }: { card: CardProps }) {
  return (
    <>
      <p className="card-line">
        <Icon of={CreditCard} />
        <span>
          <bdi className="nowrap">{card.name}</bdi>
          <small>
            {card.is_expired ? 'expired' : 'expires'} <bdi>{card.expiry}</bdi>
          </small>
        </span>
      </p>
      {card.is_expired && (
        <Note tone="warn" icon={TriangleAlert}>
          <b>This card has expired.</b> Your bank may decline it. Use another card, or the new one you got for it.
        </Note>
      )}
    </>
  )
}

/** Where a card form posts to, and for whom. */
export interface CardFormProps {
  to: string
  backer_id: string
  /** from which page: it leads back there */
  purpose: 'survey' | 'order'
  variant?: 'primary' | 'outlined'
  children: ReactNode
}

/** One button that leads to the payment service's page. No field of it holds anything of a card. */
export function CardForm({ to, backer_id, purpose, variant = 'outlined', children }: CardFormProps) {
  return (
    <form method="post" action={to}>
      <input type="hidden" name="backer" value={backer_id} />
      <input type="hidden" name="purpose" value={purpose} />
      <Button variant={variant} wide>
        {children}
      </Button>
    </form>
  )
}

export interface ConsentProps {
  by: string
  balance: number
  currency: string
  /** when it is charged: after the lock, or with the next charges, since it is locked */
  when: 'after_lock' | 'next'
  /** the planned day of the lock, in words */
  planned?: string | null
}

/** What somebody agrees to who adds a card: who charges, why, when, up to how much. Stands right before the button. */
export function Consent({ by, balance, currency, when, planned }: ConsentProps) {
  const amount = (
    <b>
      <Money minor={balance} currency={currency} />
    </b>
  )
  const start = (
    <>
      By adding a card you allow <bdi>{by}</bdi> to charge it for this order
    </>
  )
  return (
    <p className="consent small">
      {balance <= 0 && when === 'next' && (
        <>Nothing is owed now. {start} if it owes something later: when you move to where shipping costs more.</>
      )}
      {balance <= 0 && when === 'after_lock' && (
        <>
          Nothing is owed now. {start} once it is locked, if it owes something then: when you choose more, or move to where
          shipping costs more.
        </>
      )}
      {balance > 0 && when === 'after_lock' && (
        <>
          {start}: once, after it is locked{planned && <> (planned for {planned})</>}, with what it owes then. As it stands that
          is {amount}.
        </>
      )}
      {balance > 0 && when === 'next' && (
        <>
          {start}: {amount}, once, with the next charges.
        </>
      )}{' '}
      Never more than your order shows, and nothing today. You enter the card on the page of the payment service; its number never
      comes here.
    </p>
  )
}

/** What the last visit to the card page came to. */
export type CardNewsWord = 'saved' | 'canceled' | 'pending' | 'unknown' | 'refused'

/** The word of it. `told`: the card was charged at once, and the page says so itself. */
export function CardNewsNote({ word, told }: { word: CardNewsWord | null; told?: boolean }) {
  if (word === 'saved') {
    return told ? null : (
      <Note tone="good" live>
        <b>Your card is saved.</b>
      </Note>
    )
  }
  if (word === 'canceled') {
    return (
      <Note live>
        <b>No card was entered.</b> Everything is as it was.
      </Note>
    )
  }
  if (word === 'pending') {
    return (
      <Note tone="warn" live>
        <b>No card has arrived yet.</b> If you entered one, load this page again in a minute. We look again by ourselves too.
      </Note>
    )
  }
  if (word === 'unknown') {
    return (
      <Note tone="warn" live>
        <b>We could not see just now whether a card was saved.</b> If you entered one, it is not lost: we look again, and it will
        stand here.
      </Note>
    )
  }
  return word === 'refused' ? (
    <Note tone="warn" live>
      <b>That card was not taken over.</b> Your order takes no other card any more, and nothing is charged to it.
    </Note>
  ) : null
}
