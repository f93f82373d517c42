import { Pause, Play } from 'lucide-react'
import { data, Form, Link, redirect } from 'react-router'
import { findChargeRun } from '../../../domain/payments/charge-run-queries.ts'
import { pauseChargeRun, resumeChargeRun, stopChargeRun } from '../../../domain/payments/charge-runs.ts'
import type { Tx } from '../../../domain/shared/tx.ts'
import { ChargeProgress, type ShownRun } from '../../components/charge-figures.tsx'
import { FailuresSheet, LatestSheet, LeftOutSheet } from '../../components/charge-reasons.tsx'
import { asSent, cardsOf, isUnderWay, runTitle } from '../../components/charge-words.ts'
import { useLiveRun } from '../../components/use-live-run.ts'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { useHydrated } from '../../ui/reader.tsx'
import { Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/charges-run'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const run = await orRefusalPage(findChargeRun(deps.db, campaign.id, args.params.run, now))
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    run: asSent(run),
    asks_stop: new URL(args.request.url).searchParams.get('ask') === 'stop',
  }
}

const INTENTS = { pause: pauseChargeRun, resume: resumeChargeRun, stop: stopChargeRun }

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const { intent } = await typedFields(args.request)
  const key = { campaign_id: desk.campaign.id, run_id: args.params.run }
  if (!intent || !Object.hasOwn(INTENTS, intent)) throw data({ message: 'There is no such act.' }, { status: 404 })
  const command = INTENTS[intent as keyof typeof INTENTS]
  const { refusal } = await attempt(desk, async (tx: Tx) => void (await command(tx, desk.actor, key)))
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.charge(desk.campaign.id, args.params.run), { status: 303 })
}

export default function ChargeRunPage({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, asks_stop } = loaderData
  const run = useLiveRun(loaderData.run, paths.charge_live(campaign.id, loaderData.run.id), isUnderWay(loaderData.run))
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
      {actionData?.refusal && !isOver && (
        <Note tone="danger" live>
          {actionData.refusal.message}
        </Note>
      )}
      {asks_stop && !isOver && <AskStop campaign={campaign} run={run} />}
      <Paused run={run} />
      <Result campaign={campaign} run={run} />
      <ChargeProgress campaign={campaign} run={run} />
      <Beside campaign={campaign} run={run} />
      <Sheets columns="halves">
        <div className="sheets">
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
      Started <Time at={run.created_at} as="moment" />
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

/** Why it stands still, and what to do. */
function Paused({ run }: RunProps) {
  if (run.state !== 'paused') return null
  if (run.pause_code) {
    return (
      <Note tone="danger" live>
        <b>The gateway refused our keys, so the run paused by itself.</b> Nothing was taken since. Have the keys put right
        (STRIPE_SECRET_KEY) and Afterfund started again, then press Resume.
      </Note>
    )
  }
  return (
    <Note tone="warn" live>
      <b>Paused.</b> {plural(run.orders.waiting, 'card waits', 'cards wait')} until you press Resume. What was under way gets its
      answer.
    </Note>
  )
}

/** What came of it, once it is over. */
function Result({ campaign, run }: CampaignRunProps) {
  if (run.state !== 'done' && run.state !== 'stopped') return null
  const { succeeded, declined, refused } = run.orders
  const waiting = cardsOf(run).stopped.count
  const failed = declined + refused
  const charged = (
    <>
      {plural(succeeded, 'card', 'cards')} charged, <Money minor={run.amounts.succeeded} currency={campaign.currency} />.
    </>
  )
  if (succeeded === 0 && run.orders.nothing_owed === 0) {
    return (
      <Note tone="warn" live>
        <b>No card was charged.</b> {failed > 0 && `${plural(failed, 'charge', 'charges')} failed, as below.`}
        {waiting > 0 && ` ${plural(waiting, 'card stays', 'cards stay')} as it was.`}
      </Note>
    )
  }
  return (
    <Note tone="good" live>
      <b>{charged}</b>{' '}
      {declined > 0 && (
        <>
          {countText(declined)} {declined === 1 ? 'was declined; its backer was' : 'were declined; their backers were'} mailed
          why, with a link to mend it.{' '}
          <Link to={paths.orders(campaign.id, { operation: run.id, status: 'errored' })}>See who has not mended it yet</Link>.{' '}
        </>
      )}
      {refused > 0 &&
        `${countText(refused)} ${refused === 1 ? 'was' : 'were'} not carried out by the gateway: nothing was taken. `}
      {waiting > 0 && `${countText(waiting)} were not charged, since the run was stopped.`}
    </Note>
  )
}

/** What happened without the gateway, and who was not asked. */
function Beside({ campaign, run }: CampaignRunProps) {
  const { nothing_owed } = run.orders
  const isOver = run.state === 'done' || run.state === 'stopped'
  if (nothing_owed === 0 && run.orders.unknown === 0) return null
  return (
    <>
      {nothing_owed > 0 && (
        <Note tone="info">
          <b>
            <Link to={paths.charge_orders(campaign.id, run.id, { state: 'nothing_owed' })}>
              {plural(nothing_owed, 'order', 'orders')}
            </Link>{' '}
            {isOver ? 'owed' : nothing_owed === 1 ? 'owes' : 'owe'} nothing
          </b>{' '}
          and {isOver ? 'became' : nothing_owed === 1 ? 'becomes' : 'become'} paid without the gateway.
        </Note>
      )}
      {run.orders.unknown > 0 && (
        <Note tone="warn">
          <b>No answer yet for {plural(run.orders.unknown, 'card', 'cards')}.</b> We ask the gateway every minute; nothing is
          charged again meanwhile.
        </Note>
      )}
    </>
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
