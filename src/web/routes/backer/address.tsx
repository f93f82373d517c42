import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { saveDraft } from '../../../domain/surveys/drafts.ts'
import { findSurveyView, type SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { CountryField } from '../../components/survey/pledge-parts.tsx'
import { Button } from '../../ui/button.tsx'
import { Option } from '../../ui/field.tsx'
import { Ledger } from '../../ui/ledger.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/address'
import {
  type AddressAnswer,
  addressAnswer,
  addressClosed,
  addressFields,
  addressMode,
  addressProblems,
  type AddressFields as Fields,
  readAddress,
  saveOrderAddress,
  withAddress,
} from './address.server.ts'
import { openPledge, type Pledge, readForm, refusedBy, seeOther, textOf } from './pledge.server.ts'
import { nextPath, openStep, refuseNotOpen } from './step.server.ts'
import { errorsByField, FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'Where should we send it?'

export async function loader(args: Route.LoaderArgs) {
  const { view, page } = await openStep(args, 'address')
  const mode = addressMode(view)
  const { order, backer } = view.file
  if (mode === 'order' && !order?.ships) throw seeOther(page.order_path)
  const start = view.data.address ?? { name: backer.name, country: view.data.country ?? '' }
  return {
    page: {
      ...page,
      closed: mode || !order ? null : addressClosed(order, false),
      back_to: mode === 'order' ? page.order_path : page.back_to,
    },
    mode,
    version: order?.version ?? 0,
    currency: view.campaign.currency,
    countries: countriesByName(),
    fields: addressFields(view, start, view.data.address_accepted),
  }
}

export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  refuseNotOpen(pledge, view)
  const { order } = view.file
  const mode = addressMode(view)
  if (order && !mode) return addressAnswer({ closed: addressClosed(order, true) }, 409)
  const address = readAddress(form, view.campaign.ship_from_country)
  const after = withAddress(view, address)
  const ticked = form.get('address_accepted') === 'yes'
  const typed = addressFields(after, address, ticked)
  // Said of nothing unusual, it would silence a warning that comes later.
  const accepted = ticked && Object.keys(typed.warnings).length > 0
  if (form.get('intent') === 'country') return addressAnswer({ typed, version: order?.version ?? null }, 200)
  const problems = addressProblems(view, address)
  const unusual = Object.keys(typed.warnings).length > 0
  if (problems.length > 0 || (unusual && !accepted)) return addressAnswer({ problems, typed }, 422)
  if (mode === 'order' && order) {
    if (textOf(form, 'mode') === 'order') return await saveOrderAddress(pledge, { order, form, address, accepted, typed })
    return addressAnswer({ typed, overtaken_at: order.locked_at?.toISOString() ?? null, version: order.version }, 409)
  }
  return await saveDraftAddress(pledge, { after, form, data: { address, address_accepted: accepted }, typed })
}

interface DraftAddress {
  after: SurveyView
  form: FormData
  data: { address: ReturnType<typeof readAddress>; address_accepted: boolean }
  typed: Fields
}

async function saveDraftAddress(pledge: Pledge, { after, form, data, typed }: DraftAddress) {
  try {
    await inTransaction(pledge.deps, (tx) => saveDraft(tx, pledge.actor, { ...pledge.key, data, step: 'address' }))
  } catch (error) {
    const { refused, status } = refusedBy(error)
    const now = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
    const { order } = now.file
    const mode = addressMode(now)
    if (mode === 'order' && order) {
      return addressAnswer({ typed, overtaken_at: order.locked_at?.toISOString() ?? null, version: order.version }, 409)
    }
    return addressAnswer({ refused, closed: order && !mode ? addressClosed(order, true) : null, typed }, status)
  }
  throw seeOther(nextPath(pledge, after, 'address', textOf(form, 'next') === 'review' ? 'review' : null))
}

export default function AddressStep({ loaderData, actionData }: Route.ComponentProps) {
  const { page, mode, countries } = loaderData
  const fields = actionData?.typed ?? loaderData.fields
  const errors = errorsByField(actionData?.problems ?? [])
  const unusual = Object.keys(fields.warnings).length > 0 && !fields.accepted
  const asked = unusual && actionData?.problems.length === 0 && !actionData.refused
  return (
    <StepPage
      page={page}
      answer={actionData}
      title={TITLE}
      window_title={asked ? 'Check the address' : TITLE}
      lead={<Lead mode={mode} />}
    >
      {actionData && <Happened answer={actionData} unusual={unusual} />}
      <form method="post">
        <FormFacts page={page} />
        {/* Enter in a field presses the first button: it must be the one that saves. */}
        <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true">
          Save
        </button>
        <input type="hidden" name="mode" value={mode ?? 'order'} />
        <input type="hidden" name="version" value={actionData?.version ?? loaderData.version} />
        <CountryField name="address.country" country={fields.country} countries={countries} errors={errors['address.country']} />
        <p className="field">
          <Button name="intent" value="country" formNoValidate>
            Show the form for this country
          </Button>
        </p>
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
        {actionData?.agree ? (
          <Agree agree={actionData.agree} currency={loaderData.currency} country={fields.shipping?.country ?? ''} />
        ) : (
          <>
            <ShippingCost fields={fields} currency={loaderData.currency} />
            <Button variant="primary" wide>
              {mode === 'order' ? 'Save this address' : 'Save and continue'}
            </Button>
          </>
        )}
      </form>
    </StepPage>
  )
}

function Lead({ mode }: { mode: 'draft' | 'order' | null }) {
  if (mode === 'order') return <>Your choices are locked; the address can still be changed until it is made final.</>
  return <>You can change this until your parcel is made.</>
}

type Told = Pick<AddressAnswer, 'problems' | 'overtaken_at' | 'agree' | 'refused'>

/** What the last press led to, when it was not saved. */
function Happened({ answer, unusual }: { answer: Told; unusual: boolean }) {
  if (answer.overtaken_at) {
    return (
      <Note tone="warn" live>
        <b>
          Your choices were locked on <Time at={answer.overtaken_at} as="moment" />, while this page was open.
        </b>{' '}
        The address can still be changed: look at it once more, then save it.
      </Note>
    )
  }
  if (answer.agree) {
    return (
      <Note tone="warn" live>
        <b>This address changes what you pay.</b> Nothing is saved yet. The new sum is at the end of this page.
      </Note>
    )
  }
  if (answer.problems.length > 0 || answer.refused || !unusual) return null
  return (
    <Note tone="warn" icon={TriangleAlert} live>
      <b>This looks unusual.</b> Correct it below, or tick <b>Use it as it is</b> at the end if it is right.
    </Note>
  )
}

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

/** The new price beside the old, and the button that agrees to it. */
function Agree({ agree, currency, country }: { agree: NonNullable<AddressAnswer['agree']>; currency: string; country: string }) {
  const { balance_before, balance_after, shipping_before, shipping_after } = agree
  const owes = <Money minor={Math.abs(balance_after)} currency={currency} />
  return (
    <>
      <input type="hidden" name="agreed_balance" value={balance_after} />
      <Sheet title="What changes">
        <Ledger
          caption="What this address changes"
          currency={currency}
          currency_on="all"
          rows={[
            { label: 'Shipping until now', amount: shipping_before },
            { label: country ? `Shipping to ${country}` : 'Shipping', amount: shipping_after },
            { label: 'You owed', amount: balance_before, kind: 'sum' },
            { label: balance_after < 0 ? 'Your credit' : 'You will owe', amount: balance_after, kind: 'due' },
          ]}
        />
      </Sheet>
      <Button variant="primary" wide>
        <AgreeWords after={balance_after}>{owes}</AgreeWords>
      </Button>
    </>
  )
}

function AgreeWords({ after, children }: { after: number; children: ReactNode }) {
  if (after > 0) return <span>Save this address and owe {children}</span>
  return after < 0 ? <span>Save this address, with {children} credit</span> : <span>Save this address and owe nothing</span>
}

function byPart(errors: Readonly<Record<string, readonly string[] | undefined>>) {
  return Object.fromEntries(Object.entries(errors).map(([id, messages]) => [id.replace('address.', ''), [...(messages ?? [])]]))
}
