import { Pause, Play } from 'lucide-react'
import { data, Form, redirect } from 'react-router'
import type { Selection } from '../../../domain/orders/selection.ts'
import { findSignedPreview } from '../../../domain/payments/charge-run-preview.ts'
import { findChargeRun } from '../../../domain/payments/charge-run-queries.ts'
import { pauseChargeRun, resumeChargeRun, startPreviewedRun, stopChargeRun } from '../../../domain/payments/charge-runs.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { setLimits, type Tx } from '../../../domain/shared/tx.ts'
import { ChargeProgress, type ShownRun } from '../../components/charge-figures.tsx'
import { FailuresSheet, LatestSheet, LeftOutSheet, UnansweredSheet } from '../../components/charge-reasons.tsx'
import { Beside, Result, Standing } from '../../components/charge-run-notes.tsx'
import { SignOff } from '../../components/charge-sign-off.tsx'
import { asSent, cardsOf, isUnderWay, runTitle } from '../../components/charge-words.ts'
import { useLiveRun } from '../../components/use-live-run.ts'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { useHydrated } from '../../ui/reader.tsx'
import { Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/charges-run'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const shared = { campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, mode: campaign.mode } }
  const signed = await orRefusalPage(findSignedPreview(deps.db, campaign.id, args.params.run, now))
  if (signed) {
    const from = search.get('from')
    const is_set_up = await isChargingSetUp(deps.db, campaign)
    return { ...shared, signed: { ...asSent(signed), from, back: readWayBack(campaign.id, from), is_set_up }, run: null }
  }
  const run = await orRefusalPage(findChargeRun(deps.db, campaign.id, args.params.run, now))
  return { ...shared, signed: null, run: asSent(run), asks_stop: search.get('ask') === 'stop' }
}

const INTENTS = { start: startPreviewedRun, pause: pauseChargeRun, resume: resumeChargeRun, stop: stopChargeRun }

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const { intent } = await typedFields(args.request)
  const key = { campaign_id: desk.campaign.id, run_id: args.params.run }
  if (!intent || !Object.hasOwn(INTENTS, intent)) throw data({ message: 'There is no such act.' }, { status: 404 })
  const command = INTENTS[intent as keyof typeof INTENTS]
  const { refusal } = await attempt(desk, async (tx: Tx) => void (await command(tx, desk.actor, key)), setLimits)
  // Whoever presses second, or twice, lands on the run that the first press started.
  const under_way = refusal?.details.run_id
  if (typeof under_way === 'string') throw redirect(paths.charge(desk.campaign.id, under_way), { status: 303 })
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.charge(desk.campaign.id, args.params.run), { status: 303 })
}

export default function ChargeRunPage({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign } = loaderData
  if (loaderData.run) {
    return (
      <Run campaign={campaign} read={loaderData.run} asks_stop={loaderData.asks_stop} refusal={actionData?.refusal ?? null} />
    )
  }
  const { signed } = loaderData
  const { selection, retry_errored, ...rest } = signed
  return <SignOff campaign={campaign} {...rest} signed={signed} retry={retry_errored} query={queryOf(selection)} />
}

/** A selection as the query that leads to it: filters are the same words in both. */
function queryOf(selection: Selection): Record<string, string | string[]> {
  if ('ids' in selection) return { id: selection.ids }
  return Object.fromEntries(
    Object.entries(selection.filter).map(([key, value]) => [key, Array.isArray(value) ? value : String(value)]),
  )
}

interface RunPageProps {
  campaign: { id: string; name: string; currency: string }
  /** the run as the page was read */
  read: ShownRun
  asks_stop: boolean
  refusal: { message: string } | null
}

function Run({ campaign, read, asks_stop, refusal }: RunPageProps) {
  const run = useLiveRun(read, paths.charge_live(campaign.id, read.id), isUnderWay(read))
  const isOver = run.state === 'done' || run.state === 'stopped'
  return (
    <>
      <title>{`${runTitle(run)} · ${campaign.name}`}</title>
      <PageHead
        title={runTitle(run)}
        crumbs={{ label: 'Charges', to: paths.charges(campaign.id) }}
        facts={<RunFacts currency={campaign.currency} run={run} />}
        actions={<RunActions campaign_id={campaign.id} run={run} />}
      />
      {refusal && !isOver && (
        <Note tone="danger" live>
          {refusal.message}
        </Note>
      )}
      {asks_stop && !isOver && <AskStop campaign={campaign} run={run} />}
      <Standing run={run} />
      <Result campaign={campaign} run={run} />
      <ChargeProgress campaign={campaign} run={run} />
      <Beside campaign={campaign} run={run} />
      <Sheets columns="halves">
        <div className="sheets">
          <UnansweredSheet campaign={campaign} run={run} />
          <FailuresSheet campaign={campaign} run={run} />
          <LeftOutSheet campaign={campaign} run={run} />
        </div>
        <LatestSheet campaign={campaign} run={run} />
      </Sheets>
      <Announcer run={run} />
    </>
  )
}

type RunProps = { run: ShownRun }
type CampaignRunProps = RunProps & { campaign: { id: string; currency: string } }

function RunFacts({ currency, run }: RunProps & { currency: string }) {
  const { amount } = cardsOf(run)
  const isHydrated = useHydrated()
  return (
    <>
      Started <Time at={run.started_at ?? run.created_at} as="moment" />
      {run.actor.name && (
        <>
          {' '}
          by <bdi>{run.actor.name}</bdi>
        </>
      )}
      : <Money minor={amount} currency={currency} /> in all.{' '}
      {run.state === 'running' && 'You may close this page; the run goes on.'}
      {isUnderWay(run) && !isHydrated && (
        <>
          {' '}
          <a href="?">Reload</a> to see how far it is.
        </>
      )}
    </>
  )
}

/** Pause and stop while it runs; afterwards the orders and the file. */
function RunActions({ campaign_id, run }: RunProps & { campaign_id: string }) {
  const download = (
    <ButtonLink to={paths.charge_orders_csv(campaign_id, run.id)} download>
      Download
    </ButtonLink>
  )
  if (run.state === 'done' || run.state === 'stopped') {
    return (
      <>
        {download}
        <ButtonLink to={paths.orders(campaign_id, { operation: run.id })} variant="primary">
          Show the orders
        </ButtonLink>
      </>
    )
  }
  return (
    <>
      {download}
      <ButtonLink to={paths.charge(campaign_id, run.id, { ask: 'stop' })}>Stop after the current ones…</ButtonLink>
      <Form method="post" action={paths.charge(campaign_id, run.id)}>
        {run.state === 'paused' ? (
          <Button name="intent" value="resume" icon={Play} variant="primary">
            Resume
          </Button>
        ) : (
          <Button name="intent" value="pause" icon={Pause}>
            Pause
          </Button>
        )}
      </Form>
    </>
  )
}

function AskStop({ campaign, run }: CampaignRunProps) {
  const left = run.orders.waiting
  return (
    <Note tone="warn">
      <p>
        <b>Stop this run for good?</b> {plural(left, 'card is', 'cards are')} not charged and stay as they are, locked down or
        errored; what is charged stays charged, and what is under way gets its answer. A new run can charge the rest.
      </p>
      <Form method="post" action={paths.charge(campaign.id, run.id)} className="row">
        <ButtonLink to={paths.charge(campaign.id, run.id)}>Keep charging</ButtonLink>
        <Button name="intent" value="stop" variant="danger">
          Stop, and leave {plural(left, 'card', 'cards')} uncharged
        </Button>
      </Form>
    </Note>
  )
}

/** Says how far it is, politely, at every tenth only. */
function Announcer({ run }: RunProps) {
  const { percent } = cardsOf(run)
  const tenth = Math.floor(percent / 10) * 10
  return (
    <p className="visually-hidden" role="status">
      {run.state === 'running' && tenth > 0 ? `${tenth}% of the cards have their answer.` : ''}
    </p>
  )
}
