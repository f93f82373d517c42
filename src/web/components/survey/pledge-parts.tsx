import type { ReactNode } from 'react'
import { SelectField } from '../../ui/field.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'

/** What somebody pledged for on the platform. Amounts in minor units. */
export interface PledgeProps {
  /** null: a pledge without reward */
  level: string | null
  amount: number
  /** of the amount: shipping that was paid there */
  shipping: number
  /** the platform collected the money; otherwise it counts nothing here */
  collected: boolean
  currency: string
  addons: { name: string; quantity: number }[]
  contents: ContentsEntry[]
}

export interface ContentsEntry {
  /** item and what it comes with */
  name: string
  /** the chosen option; '' where there is none, or none yet */
  option: string
  quantity: number
  note?: string
}

/** What I pledged, and what I get for it. */
export function PledgeParts({ pledge }: { pledge: PledgeProps }) {
  return (
    <>
      <Sheet title="What you pledged">
        <ul className="plain-list">
          <li>
            {pledge.level === null ? 'A pledge without reward' : <bdi>{pledge.level}</bdi>}
            <small>
              <PledgedMoney pledge={pledge} />
            </small>
          </li>
          {pledge.addons.map((addon) => (
            <li key={addon.name}>
              <Quantity of={addon.quantity} /> <bdi>{addon.name}</bdi>
              <small>add-on of your pledge</small>
            </li>
          ))}
        </ul>
      </Sheet>
      {pledge.contents.length > 0 && (
        <Sheet title="What you get">
          <ContentsList entries={pledge.contents} />
        </Sheet>
      )}
    </>
  )
}

function PledgedMoney({ pledge }: { pledge: PledgeProps }) {
  const { amount, shipping, currency, collected, level } = pledge
  if (!collected) return <>The platform collected nothing for it, so everything is paid here.</>
  if (level === null) {
    return (
      <>
        You have <Money minor={amount} currency={currency} /> to spend on add-ons.
      </>
    )
  }
  return (
    <>
      <Money minor={amount} currency={currency} /> paid
      {shipping > 0 && (
        <>
          , of it <Money minor={shipping} currency={currency} /> for shipping
        </>
      )}
    </>
  )
}

/** What an order holds, a line each. */
export function ContentsList({ entries }: { entries: readonly ContentsEntry[] }) {
  return (
    <ul className="plain-list">
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may hold the same, and their order is their identity
        <li key={index}>
          <Quantity of={entry.quantity} /> <bdi>{entry.name}</bdi>
          {entry.option && (
            <>
              , <bdi>{entry.option}</bdi>
            </>
          )}
          {entry.note && <small>{entry.note}</small>}
        </li>
      ))}
    </ul>
  )
}

/** "2 ×"; one goes without saying. */
function Quantity({ of }: { of: number }) {
  return of === 1 ? null : <span className="nowrap">{of} ×</span>
}

interface CountryProps {
  /** form field: `country` */
  name: string
  country: string | null
  countries: readonly { value: string; label: string }[]
  help?: ReactNode
  errors?: readonly string[] | undefined
}

/** The country it goes to. */
export function CountryField({ name, country, countries, help, errors }: CountryProps) {
  return (
    <SelectField
      name={name}
      label="Country it goes to"
      help={help}
      errors={errors}
      placeholder="Choose a country"
      options={countries}
      defaultValue={country ?? ''}
      autoComplete="shipping country"
      required
    />
  )
}
