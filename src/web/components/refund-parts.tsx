import type { OrderStatus } from '../../domain/orders/lifecycle.ts'
import { Option, OptionGroup, TextArea, TextField } from '../ui/field.tsx'
import { Ledger, type LedgerRow } from '../ui/ledger.tsx'
import { Note } from '../ui/note.tsx'
import { Money } from '../ui/numbers.tsx'

type Errors = Readonly<Record<string, readonly string[] | undefined>>
type Way = 'card' | 'outside' | 'keep' | 'all'

export interface RefundFormProps {
  addons: readonly { name: string; label: string; price: number; quantity: string; before: number }[]
  amount_off: string
  money: Way
  amount: string
  reason: string
}

interface FieldsProps {
  form: RefundFormProps
  errors: Errors
  currency: string
  status: OrderStatus
  /** most of what can go back to cards; minor units */
  rest: number
  /** the cards that it goes to */
  cards: readonly string[]
  /** why what is in it stays as it is; null: it can be changed */
  items_stay: string | null
}

/** What goes out of the order, what is taken off, and what becomes of the money. */
export function RefundFields({ form, errors, currency, status, rest, cards, items_stay }: FieldsProps) {
  return (
    <>
      {form.addons.length > 0 && (
        <div className="fields">
          {form.addons.map((addon) => (
            <TextField
              key={addon.name}
              name={addon.name}
              label={<bdi>{addon.label}</bdi>}
              help={
                <>
                  <Money minor={addon.price} currency={currency} /> each, {addon.before} in the order
                </>
              }
              errors={errors[addon.name]}
              defaultValue={addon.quantity}
              inputMode="numeric"
              width_ch={5}
              autoComplete="off"
            />
          ))}
        </div>
      )}
      {items_stay && <p className="quiet">{items_stay}</p>}
      {status !== 'canceled' && (
        <TextField
          name="amount_off"
          label="Take off the price"
          help="For something that is missing or broken, or as a favour. What the pledge paid for stays with the platform: take its value off here."
          optional
          errors={errors.amount_off}
          defaultValue={form.amount_off}
          suffix={currency}
          inputMode="decimal"
          width_ch={12}
          autoComplete="off"
        />
      )}
      <MoneyWays form={form} errors={errors} currency={currency} status={status} rest={rest} cards={cards} />
      <TextArea
        name="reason"
        label="Why"
        help="Kept with the order, for you and your team."
        errors={errors.reason}
        defaultValue={form.reason}
        rows={2}
        maxLength={1000}
        required
      />
    </>
  )
}

const UNLOCKABLE: readonly OrderStatus[] = ['locked', 'errored', 'paid']

function MoneyWays({ form, errors, currency, status, rest, cards }: Omit<FieldsProps, 'items_stay'>) {
  const way = (value: Way) => ({ type: 'radio' as const, name: 'money', value, defaultChecked: form.money === value })
  const isOver = status === 'canceled'
  return (
    <>
      <OptionGroup id="money" label="What becomes of the money" errors={errors.money}>
        {rest > 0 && (
          <Option
            {...way('card')}
            label={
              <>
                Give it back to <bdi>{cards.join(', ')}</bdi>
              </>
            }
            help={
              <>
                Up to <Money minor={rest} currency={currency} />, what was charged here and is not given back. Its backer is
                mailed when it leaves.
              </>
            }
          />
        )}
        <Option {...way('outside')} label="I paid it back in another way" help="A transfer, cash. It is only recorded here." />
        <Option
          {...way('keep')}
          label={isOver ? 'Keep it' : 'Keep it as credit'}
          help={
            isOver ? 'Nothing is given back.' : 'It counts towards what the order costs later. It is never paid out by itself.'
          }
        />
        {rest > 0 && UNLOCKABLE.includes(status) && (
          <Option
            {...way('all')}
            label="Give back everything, so that the order can be unlocked"
            help="The order owes it all again, and is on hold until you unlock it: no run charges it meanwhile."
          />
        )}
      </OptionGroup>
      <TextField
        name="amount"
        label="How much"
        help={isOver ? 'Left empty: all that was charged here.' : 'Left empty: all of the credit that this leaves.'}
        optional
        errors={errors.amount}
        defaultValue={form.amount}
        suffix={currency}
        inputMode="decimal"
        width_ch={12}
        autoComplete="off"
      />
    </>
  )
}

export interface RefundPreviewProps {
  balance_before: number
  items: number
  amount_off: number
  to_card: number
  outside: number
  balance_after: number
  becomes: 'paid' | 'locked' | null
  cards: readonly string[]
}

/** The balance before, every part of the step, and the balance after. */
export function RefundPreview({
  seen,
  currency,
  unlocks,
  canceled,
}: {
  seen: RefundPreviewProps
  currency: string
  unlocks: boolean
  canceled: boolean
}) {
  const balance = (minor: number) => (minor < 0 ? 'Credit' : 'Balance due')
  const rows: LedgerRow[] = [
    { label: `${balance(seen.balance_before)} now`, amount: seen.balance_before },
    ...part('Items', seen.items),
    ...part('Taken off the price', -seen.amount_off),
    ...part('Back to the card', seen.to_card, <bdi>{seen.cards.join(', ')}</bdi>),
    ...part('Paid back in another way', seen.outside),
    { label: `${balance(seen.balance_after)} after it`, amount: seen.balance_after, kind: 'due' },
  ]
  return (
    <>
      <Ledger caption="The balance before and after" currency={currency} rows={rows} />
      {!canceled && <WhatFollows seen={seen} currency={currency} unlocks={unlocks} />}
    </>
  )
}

function part(label: string, amount: number, reason?: LedgerRow['reason']): LedgerRow[] {
  return amount === 0 ? [] : [{ label, amount, reason }]
}

function WhatFollows({ seen, currency, unlocks }: { seen: RefundPreviewProps; currency: string; unlocks: boolean }) {
  const { balance_after, becomes } = seen
  if (unlocks) {
    return (
      <Note tone="warn">
        The order owes it again and is on hold. Unlock it next; after that it can be changed, locked and charged anew.
      </Note>
    )
  }
  if (balance_after > 0) {
    return (
      <Note tone="warn">
        <b>
          <Money minor={balance_after} currency={currency} /> is owed then.
        </b>{' '}
        {becomes === 'locked' && 'The order is locked down again. '}The next charge run asks the card for just that, and its
        backer is mailed now.
      </Note>
    )
  }
  if (becomes === 'paid') return <Note tone="info">Nothing is owed then: the order becomes paid.</Note>
  return balance_after < 0 ? (
    <Note tone="info">
      <Money minor={-balance_after} currency={currency} /> stays as credit.
    </Note>
  ) : null
}
