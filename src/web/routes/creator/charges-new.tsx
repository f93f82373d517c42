import { data, Form, redirect, useSubmit } from 'react-router'
import { previewChargeRun, startChargeRun } from '../../../domain/payments/charge-runs.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { formatMoney } from '../../../lib/money.ts'
import { NotSetUp, RunUnderWay } from '../../components/charge-notes.tsx'
import { ChargePreview, durationText } from '../../components/charge-preview.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Option } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/charges-new'
import { queryOfSelection, selectionOf } from './selection.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

function inputOf(request: Request, campaign_id: string, pace: number) {
  const retry_errored = new URL(request.url).searchParams.get('retry') === '1'
  return { campaign_id, selection: selectionOf(request), retry_errored, pace }
}

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign, now } = await requireCampaign(args)
  const input = inputOf(args.request, campaign.id, deps.config.chargesPerSecond)
  const query = queryOfSelection(args.request)
  const from = new URL(args.request.url).searchParams.get('from')
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    preview: await previewChargeRun(deps.db, actor, input, now),
    retry: input.retry_errored,
    query,
    from,
    back: readWayBack(campaign.id, from),
    is_all: Object.keys(query).length === 0,
    is_set_up: await isChargingSetUp(deps.db, campaign),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const expected = { orders: Number(fields.orders), amount: Number(fields.amount) }
  const input = { ...inputOf(args.request, desk.campaign.id, desk.deps.config.chargesPerSecond), expected }
  const { done, refusal } = await attempt(desk, (tx) => startChargeRun(tx, desk.actor, input), setLimits)
  // Whoever presses second, or twice, lands on the run that the first press started.
  const run_id = done?.id ?? refusal?.details.run_id
  if (typeof run_id === 'string') throw redirect(paths.charge(desk.campaign.id, run_id), { status: 303 })
  return data({ refusal }, 409)
}

type PageProps = Route.ComponentProps

export default function NewCharge({ loaderData, actionData }: PageProps) {
  const { campaign, preview, query, from, back, retry, is_set_up } = loaderData
  const { charge, nothing_owed } = preview
  // Another act over the same orders leads back to where one came from, too.
  const onward = from === null ? query : { ...query, from }
  const cards = plural(charge.orders, 'card', 'cards')
  const title = charge.orders > 0 || nothing_owed === 0 ? `Charge ${cards}` : `Settle ${plural(nothing_owed, 'order', 'orders')}`
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={back ?? { label: 'Charges', to: paths.charges(campaign.id) }}
        facts="Counted just now. Nothing has changed yet. Checked again when you press."
        help={<HowThisWorks act="charging" />}
      />
      {actionData?.refusal && (
        <Note tone={actionData.refusal.code === 'preview_changed' ? 'warn' : 'danger'} live>
          <b>{actionData.refusal.message}</b>{' '}
          {actionData.refusal.code === 'preview_changed' && 'The numbers below are counted anew. Nothing was charged.'}
        </Note>
      )}
      {!is_set_up && <NotSetUp />}
      {preview.run_under_way && <RunUnderWay to={paths.charge(campaign.id, preview.run_under_way)} />}
      <Sheet label="Outcome">
        <ChargePreview campaign={campaign} preview={preview} query={onward} />
        {preview.expired_cards > 0 && (
          <Note tone="warn">
            <b>{plural(preview.expired_cards, 'card of these has', 'cards of these have')} expired.</b> They are tried all the
            same: the bank often has the new card’s date. What fails is mailed like any other.
          </Note>
        )}
        <RetryTick query={onward} retry={retry} />
        <Meaning {...loaderData} />
        <Start {...loaderData} />
      </Sheet>
    </>
  )
}

/** Counting anew with errored orders, or without; by itself where there is script. */
function RetryTick({ query, retry }: { query: Record<string, string | string[]>; retry: boolean }) {
  const submit = useSubmit()
  const fields = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one })))
  return (
    <Form method="get" className="form" onChange={(event) => void submit(event.currentTarget, { preventScrollReset: true })}>
      {fields.map(({ name, value }) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <Option
        key={String(retry)}
        type="checkbox"
        name="retry"
        value="1"
        defaultChecked={retry}
        label="Try failed cards again"
        help="Errored orders too. A card is tried three times a day at most, and never again once its bank refused it for good."
      />
      <noscript>
        <Button>Count again</Button>
      </noscript>
    </Form>
  )
}

/** What it means for backers and money, and how long it takes. */
function Meaning({ preview, campaign }: PageProps['loaderData']) {
  const { charge, pace, minutes, nothing_owed } = preview
  if (charge.orders === 0) return <p>{nothing_owed > 0 && 'No card is asked: these orders owe nothing and become paid.'}</p>
  return (
    <Note tone="info">
      About {plural(pace, 'card', 'cards')} a second: done {durationText(minutes)}. Each backer whose card is charged gets a
      receipt at once. Whoever’s card fails is mailed at once why, with a link to try it again or put in another; their order is
      errored until then. You can pause or stop at any time, and close the page: {formatMoney(charge.amount, campaign.currency)}{' '}
      is asked for once, whatever happens in between.
    </Note>
  )
}

function Start({ preview, campaign, query, back, is_all, is_set_up }: PageProps['loaderData']) {
  const { charge, nothing_owed } = preview
  const act =
    charge.orders === 0 && nothing_owed > 0
      ? `Mark ${plural(nothing_owed, 'order', 'orders')} as paid`
      : `Charge ${plural(charge.orders, 'card', 'cards')}, ${formatMoney(charge.amount, campaign.currency)}`
  const reason = !is_set_up
    ? 'Charging is not set up.'
    : preview.run_under_way
      ? 'A run is under way; it takes no further orders.'
      : charge.orders + nothing_owed === 0
        ? 'No order can be charged now; the reasons stand above.'
        : null
  return (
    <Form method="post" className="form">
      <input type="hidden" name="orders" value={charge.orders} />
      <input type="hidden" name="amount" value={charge.amount} />
      <div className="row">
        <ButtonLink to={back?.to ?? (is_all ? paths.charges(campaign.id) : paths.orders(campaign.id, withoutIds(query)))}>
          Charge nobody
        </ButtonLink>
        <Button type="submit" variant="primary" disabled_reason={reason}>
          {act}
        </Button>
      </div>
    </Form>
  )
}

/** The list knows filters, not ticks. */
function withoutIds({ id: _, ...query }: Record<string, string | string[]>) {
  return query
}
