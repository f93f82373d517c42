import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { AddressFields } from '../../components/address-fields.tsx'
import { CountryField } from '../../components/survey/pledge-parts.tsx'
import { AddressLines } from '../../components/survey/review-parts.tsx'
import { Button } from '../../ui/button.tsx'
import type { FormProblem } from '../../ui/error-summary.tsx'
import { Option } from '../../ui/field.tsx'
import { Ledger, type LedgerRow } from '../../ui/ledger.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { AddressAnswer, AddressFields as Fields } from './address.server.ts'
import { errorsByField } from './step-page.tsx'

interface AddressFormProps {
  fields: Fields
  problems: readonly FormProblem[]
  agree: AddressAnswer['agree']
  countries: { value: string; label: string }[]
  currency: string
  /** the button: "Save this address"; before a new price it goes on with what is owed then */
  words: { save: string; agree: string }
  /** hidden fields */
  children?: ReactNode
  /** below the fields of the address */
  extra?: ReactNode
}

/**
 * The address in its country's own form, what it costs to send it there, and the one button; once it changes the price, that alone. Goes
 * inside the page's form.
 */
export function AddressForm({ fields, problems, agree, countries, currency, words, children, extra }: AddressFormProps) {
  const errors = errorsByField(problems)
  if (agree) {
    return (
      <>
        {children}
        <TypedAddress fields={fields} />
        {extra}
        <Agree agree={agree} currency={currency} country={fields.shipping?.country ?? ''} words={words.agree} />
      </>
    )
  }
  return (
    <>
      {/* Enter in a field presses the first button: it must be the one that saves. */}
      <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true">
        Save
      </button>
      {children}
      <CountryOfForm country={fields.country} countries={countries} errors={errors['address.country']} />
      <AddressFields
        key={fields.country}
        prefix="address."
        form={fields.form}
        values={fields.values}
        errors={byPart(errors)}
        warnings={fields.accepted ? {} : fields.warnings}
      />
      {Object.keys(fields.warnings).length > 0 && (
        <div className="field">
          <Option
            type="checkbox"
            name="address_accepted"
            value="yes"
            defaultChecked={fields.accepted}
            label="Use it as it is"
            help="I have checked it, and it is right."
          />
        </div>
      )}
      {extra}
      <ShippingCost fields={fields} currency={currency} />
      <Button variant="primary" wide>
        {words.save}
      </Button>
    </>
  )
}

/** What was typed, carried through the page that asks about the price. */
function TypedAddress({ fields: { country, form, values, accepted } }: { fields: Fields }) {
  return (
    <>
      <input type="hidden" name="address.country" value={country} />
      {form.map(({ field }) => (
        <input key={field} type="hidden" name={`address.${field}`} value={values[field] ?? ''} />
      ))}
      {accepted && <input type="hidden" name="address_accepted" value="yes" />}
    </>
  )
}

interface CountryOfFormProps {
  country: string
  countries: AddressFormProps['countries']
  errors: readonly string[] | undefined
}

/** Whose form stands below. Most people's country is known by now: the way to another one opens only when it is asked for. */
function CountryOfForm({ country, countries, errors }: CountryOfFormProps) {
  const known = countries.find(({ value }) => value === country)
  const choice = (
    <>
      <CountryField name="address.country" country={country} countries={countries} errors={errors} />
      <Button name="intent" value="country" formNoValidate>
        Show the form for this country
      </Button>
    </>
  )
  if (!known || errors) return <div className="field">{choice}</div>
  return (
    <div className="field">
      <p>
        Goes to <b>{known.label}</b>
      </p>
      <details className="opens">
        <summary>Send it to another country</summary>
        {choice}
      </details>
    </div>
  )
}

/** What looks unusual, after a press that saved nothing. */
export function LooksUnusual() {
  return (
    <Note tone="warn" icon={TriangleAlert} live>
      <b>This looks unusual.</b> Correct it below, or tick <b>Use it as it is</b> at the end if it is right.
    </Note>
  )
}

/** The title of the page that asks about the price. */
export const CHANGES_PRICE = 'This address changes what you pay'

function ShippingCost({ fields, currency }: { fields: Fields; currency: string }) {
  if (!fields.shipping) return null
  return (
    <Sheet label="Shipping">
      <b>Shipping to {fields.shipping.country}</b>: <Money minor={fields.shipping.amount} currency={currency} />
      {fields.shipping.region && fields.shipping.region !== fields.shipping.country && (
        <p className="small quiet">
          <bdi>{fields.shipping.region}</bdi>
        </p>
      )}
    </Sheet>
  )
}

interface AgreeProps {
  agree: NonNullable<AddressAnswer['agree']>
  currency: string
  country: string
  words: string
}

/** The new price beside the old, and the button that agrees to it. */
function Agree({ agree, currency, country, words }: AgreeProps) {
  const { balance_before, balance_after, shipping_before, shipping_after } = agree
  const owes = <Money minor={Math.abs(balance_after)} currency={currency} />
  // What was paid for shipping with the pledge counts up to what shipping costs: a cheaper address uses less of it.
  const unused = balance_after - balance_before - (shipping_after - shipping_before)
  const used: LedgerRow[] =
    unused === 0
      ? []
      : [
          {
            label: 'Shipping paid with the pledge',
            reason: unused > 0 ? 'counts towards shipping only: less of it is used' : 'more of it is used',
            amount: unused,
          },
        ]
  return (
    <>
      <input type="hidden" name="agreed_balance" value={balance_after} />
      <Sheet title="Where it would go">
        <AddressLines lines={agree.lines} />
      </Sheet>
      <Sheet title="What changes">
        <Ledger
          caption="What this address changes"
          currency={currency}
          currency_on="all"
          rows={[
            { label: 'Shipping until now', amount: shipping_before },
            { label: country ? `Shipping to ${country}` : 'Shipping', amount: shipping_after },
            ...used,
            { label: 'You owed', amount: balance_before, kind: 'sum' },
            { label: balance_after < 0 ? 'Your credit' : 'You will owe', amount: balance_after, kind: 'due' },
          ]}
        />
      </Sheet>
      <Button variant="primary" wide>
        <span>
          {words}
          {balance_after > 0 && <> and owe {owes}</>}
          {balance_after < 0 && <>, with {owes} credit</>}
          {balance_after === 0 && ' and owe nothing'}
        </span>
      </Button>
      <p className="field">
        <Button variant="text" wide name="intent" value="country">
          Change the address again
        </Button>
      </p>
    </>
  )
}

function byPart(errors: Readonly<Record<string, readonly string[] | undefined>>) {
  return Object.fromEntries(Object.entries(errors).map(([id, messages]) => [id.replace('address.', ''), [...(messages ?? [])]]))
}
