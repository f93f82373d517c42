import { data } from 'react-router'
import {
  NOTE_LENGTH,
  previewChangeRequest,
  requestChange,
  withdrawChangeRequest,
} from '../../../domain/fulfilment/change-requests.ts'
import { findLastRequest } from '../../../domain/fulfilment/request-queries.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { findSurveyView, type SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { isId } from '../../../lib/id.ts'
import { AddressLines } from '../../components/survey/review-parts.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/change-request'
import {
  addressAnswer,
  addressClosed,
  addressFields,
  addressProblems,
  type AddressFields as Fields,
  fieldProblems,
  readAddress,
  withAddress,
} from './address.server.ts'
import { AddressForm, CHANGES_PRICE, LooksUnusual } from './address-form.tsx'
import { addressLines } from './fields.server.ts'
import { frameOf, openPledge, type Pledge, readForm, refusedBy, seeOther, textOf } from './pledge.server.ts'
import { FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'Ask for another address'

/** Once the address is final its backer asks the creator to change it; one request at a time. */
export async function loader(args: Route.LoaderArgs) {
  const pledge = await openPledge(args)
  const { deps, actor, key } = pledge
  const view = await findSurveyView(deps.db, actor, key)
  const { order, backer } = view.file
  const order_path = paths.pledge(key.campaign_id, key.backer_id)
  if (order?.status !== 'ready_to_ship' || !order.ships) throw seeOther(order_path)
  const last = await findLastRequest(deps.db, { campaign_id: key.campaign_id, order_id: order.id })
  return {
    page: {
      frame: frameOf(view.campaign, deps.clock.now(), order.number),
      backer_id: backer.id,
      names: [],
      now: 0,
      order_number: order.number,
      next: null,
      back_to: order_path,
      order_path,
      closed: null,
    },
    currency: view.campaign.currency,
    countries: countriesByName(),
    fields: addressFields(view, view.data.address ?? { name: backer.name }, true),
    open:
      last?.state === 'open'
        ? {
            id: last.id,
            lines: addressLines(last.address),
            note: last.note,
            asked_at: last.created_at.toISOString(),
            balance: last.agreed_balance === order.balance_due ? null : last.agreed_balance,
          }
        : null,
  }
}

export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  if (form.get('intent') === 'withdraw') return await withdraw(pledge, textOf(form, 'request'))
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  const { order } = view.file
  if (!order) throw seeOther(paths.pledge(pledge.key.campaign_id, pledge.key.backer_id))
  const address = readAddress(form, view.campaign.ship_from_country)
  const ticked = form.get('address_accepted') === 'yes'
  const typed = addressFields(withAddress(view, address), address, ticked)
  const unusual = Object.keys(typed.warnings).length > 0
  if (form.get('intent') === 'country') return answer(form, { typed }, 200)
  const problems = addressProblems(view, address)
  if (problems.length > 0 || (unusual && !ticked)) return answer(form, { problems, typed }, 422)
  return await ask(pledge, view, { form, address, accepted: ticked && unusual, typed })
}

function answer(form: FormData, parts: Parameters<typeof addressAnswer>[0], status: number) {
  return data({ ...addressAnswer(parts, status).data, note: textOf(form, 'note') }, { status })
}

interface Asked {
  form: FormData
  address: ReturnType<typeof readAddress>
  accepted: boolean
  typed: Fields
}

async function ask(pledge: Pledge, view: SurveyView, { form, address, accepted, typed }: Asked) {
  const { deps, actor, key } = pledge
  const order_id = view.file.order?.id ?? ''
  const input = { campaign_id: key.campaign_id, order_id, address }
  const agreed = textOf(form, 'agreed_balance')
  try {
    const preview = await previewChangeRequest(deps.db, actor, input)
    if (preview.balance_after !== preview.balance_before && agreed !== String(preview.balance_after)) {
      return answer(form, { typed, agree: { ...preview, lines: addressLines(address) } }, 200)
    }
    await inTransaction(deps, (tx) =>
      requestChange(tx, actor, {
        ...input,
        address_accepted: accepted,
        note: textOf(form, 'note'),
        ...(agreed === '' ? {} : { agreed_balance: Number(agreed) }),
      }),
    )
  } catch (error) {
    return await refusedAsk(pledge, form, typed, error)
  }
  throw seeOther(paths.pledge(key.campaign_id, key.backer_id, { done: 'asked' }))
}

async function refusedAsk({ deps, actor, key }: Pledge, form: FormData, typed: Fields, error: unknown) {
  const { refused, status } = refusedBy(error)
  // A second press, or a second window: the page shows what was asked already.
  if (refused.code === 'change_request_open') throw seeOther(paths.pledge_change_request(key.campaign_id, key.backer_id))
  const problems = error instanceof DomainError && status === 422 ? fieldProblems(refused.details.fields) : []
  if (problems.length > 0) return answer(form, { problems, typed }, status)
  const { order } = (await findSurveyView(deps.db, actor, key)).file
  const closed = order && ['shipped', 'canceled'].includes(order.status) ? addressClosed(order, true) : null
  return answer(form, { refused, closed, typed }, status)
}

async function withdraw({ deps, actor, key }: Pledge, request_id: string) {
  const { campaign_id, backer_id } = key
  try {
    if (isId(request_id)) await inTransaction(deps, (tx) => withdrawChangeRequest(tx, actor, { campaign_id, request_id }))
  } catch (error) {
    // It was answered meanwhile: the order's page says how.
    if (!(error instanceof DomainError && error.code === 'change_request_over')) throw error
    throw seeOther(paths.pledge(campaign_id, backer_id))
  }
  throw seeOther(paths.pledge(campaign_id, backer_id, { done: 'taken_back' }))
}

export default function ChangeRequest({ loaderData, actionData }: Route.ComponentProps) {
  const { page, open, currency } = loaderData
  if (open && !actionData?.closed) return <OpenRequest page={page} open={open} currency={currency} />
  const fields = actionData?.typed ?? loaderData.fields
  const unusual = Object.keys(fields.warnings).length > 0 && !fields.accepted
  const agree = actionData?.agree ?? null
  return (
    <StepPage
      page={page}
      answer={actionData}
      place={`Order ${page.order_number}`}
      title={agree ? CHANGES_PRICE : TITLE}
      lead={
        agree ? (
          'Nothing is asked yet.'
        ) : (
          <>
            The address of your order is final. Say how it should be; <bdi>{page.frame.campaign.by}</bdi> answers, and you get a
            mail. Until then nothing changes.
          </>
        )
      }
    >
      {actionData && !agree && unusual && actionData.problems.length === 0 && !actionData.refused && <LooksUnusual />}
      <form method="post" noValidate>
        <FormFacts page={page} />
        <AddressForm
          fields={fields}
          problems={actionData?.problems ?? []}
          agree={agree}
          countries={loaderData.countries}
          currency={currency}
          words={{ save: 'Ask for this address', agree: 'Ask for this address' }}
          extra={
            agree ? (
              <input type="hidden" name="note" value={actionData?.note ?? ''} />
            ) : (
              <TextArea
                name="note"
                label="Anything to add"
                optional
                help="Why it changes, or until when the old one can be used."
                defaultValue={actionData?.note ?? ''}
                maxLength={NOTE_LENGTH}
                rows={3}
              />
            )
          }
        />
      </form>
    </StepPage>
  )
}

type Loaded = Route.ComponentProps['loaderData']
interface OpenProps {
  page: Loaded['page']
  open: NonNullable<Loaded['open']>
  currency: string
}

/** What was asked, while nobody has answered: it can be taken back. */
function OpenRequest({ page, open, currency }: OpenProps) {
  return (
    <StepPage
      page={page}
      place={`Order ${page.order_number}`}
      title="You asked for another address"
      lead={
        <>
          Asked on <Time at={open.asked_at} as="moment" />. <bdi>{page.frame.campaign.by}</bdi> has not answered yet; you get a
          mail when they do.
        </>
      }
    >
      <Sheet title="The address you asked for">
        <AddressLines lines={open.lines} />
        {open.note && (
          <p className="small quiet" dir="auto">
            {open.note}
          </p>
        )}
      </Sheet>
      {open.balance !== null && (
        <Note tone="warn">
          {open.balance > 0 ? (
            <>
              You agreed to owe <Money minor={open.balance} currency={currency} /> with it.
            </>
          ) : (
            <>It changes what your order costs; nothing more is owed with it.</>
          )}
        </Note>
      )}
      <form method="post">
        <FormFacts page={page} />
        <input type="hidden" name="request" value={open.id} />
        <div className="stack">
          <Button name="intent" value="withdraw" wide>
            Take this request back
          </Button>
          <p className="small quiet">The address stays as it is then, and you can ask for another one.</p>
        </div>
      </form>
    </StepPage>
  )
}
