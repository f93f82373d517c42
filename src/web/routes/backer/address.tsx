import { inTransaction } from '../../../domain/shared/tx.ts'
import { saveDraft } from '../../../domain/surveys/drafts.ts'
import { findSurveyView, type SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { Note } from '../../ui/note.tsx'
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
import { AddressForm, CHANGES_PRICE, LooksUnusual } from './address-form.tsx'
import { openPledge, type Pledge, readForm, refusedBy, seeOther, textOf } from './pledge.server.ts'
import { nextPath, openStep, refuseNotOpen } from './step.server.ts'
import { FormFacts, StepPage } from './step-page.tsx'

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
  const unusual = Object.keys(fields.warnings).length > 0 && !fields.accepted
  const asked = unusual && actionData?.problems.length === 0 && !actionData.refused
  const agree = actionData?.agree ?? null
  return (
    <StepPage
      page={page}
      answer={actionData}
      title={agree ? CHANGES_PRICE : TITLE}
      window_title={agree ? CHANGES_PRICE : asked ? 'Check the address' : TITLE}
      lead={agree ? 'Nothing is saved yet.' : <Lead mode={mode} />}
    >
      {actionData && <Happened answer={actionData} unusual={unusual} />}
      <form method="post" noValidate>
        <FormFacts page={page} />
        <AddressForm
          fields={fields}
          problems={actionData?.problems ?? []}
          agree={agree}
          countries={countries}
          currency={loaderData.currency}
          words={{ save: mode === 'order' ? 'Save this address' : 'Save and continue', agree: 'Save this address' }}
        >
          <input type="hidden" name="mode" value={mode ?? 'order'} />
          <input type="hidden" name="version" value={actionData?.version ?? loaderData.version} />
        </AddressForm>
      </form>
    </StepPage>
  )
}

function Lead({ mode }: { mode: 'draft' | 'order' | null }) {
  if (mode === 'order') return <>Your choices are locked; you can still change the address until it is final.</>
  return <>You can change it yourself until the addresses are made final; after that you can ask.</>
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
  if (answer.agree || answer.problems.length > 0 || answer.refused || !unusual) return null
  return <LooksUnusual />
}
