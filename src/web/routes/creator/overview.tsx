import { Suspense } from 'react'
import { Await, Link } from 'react-router'
import { countBackers } from '../../../domain/backers/queries.ts'
import { findAnswers } from '../../../domain/campaigns/figures-answers.ts'
import { ORDER_STATUSES, type OrderStatus } from '../../../domain/orders/lifecycle.ts'
import { findActionFacts, type NextAction, nextActions } from '../../../domain/orders/next-actions.ts'
import { listNotices } from '../../../domain/orders/notice-queries.ts'
import { countOrders } from '../../../domain/orders/queries.ts'
import { countCharging } from '../../../domain/payments/count-charging.ts'
import { actionText } from '../../../lib/action-text.ts'
import { AnswersSheet } from '../../components/charts/answers-sheet.tsx'
import { LifecyclePicture, NextStep } from '../../components/lifecycle-picture.tsx'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Ledger } from '../../ui/ledger.tsx'
import { Money } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/overview'
import { basins, sides } from './overview-basins.ts'
import { Waiting } from './overview-waiting.tsx'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const { db } = deps
  const now = deps.clock.now()
  const facts = await findActionFacts(db, campaign, now)
  const { captured, refunded } = await countOrders(db, campaign.id)
  const notices = await listNotices(db, campaign.id, { state: 'scheduled', limit: 5 })
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, lockdown_on: campaign.lockdown_on },
    counts: facts.counts,
    kept: captured - refunded,
    charge: facts.charge,
    finalize: facts.finalize,
    requests: facts.requests,
    actions: nextActions(facts),
    charging: await countCharging(db, campaign.id),
    // One whose orders all went on meanwhile has nothing to do any more.
    notices: notices.data.flatMap(({ id, kind, due_at, waiting }) => (waiting > 0 ? [{ id, kind, due_at, waiting }] : [])),
    bounced: await countBackers(db, campaign.id, { mail: 'bounced' }),
    reported: await countBackers(db, campaign.id, {
      pledge: ['canceled', 'refunded', 'disputed'],
      status: ['open', 'locked', 'paid', 'errored'],
    }),
    // Not waited for: the picture comes after what the page is for. Last, so that no failure above leaves it unheard.
    answers: findAnswers(db, campaign, now),
  }
}

export default function Overview({ loaderData }: Route.ComponentProps) {
  const { campaign, counts, kept, actions } = loaderData
  const [next] = actions
  return (
    <>
      <title>{campaign.name}</title>
      <PageHead
        title={<bdi>{campaign.name}</bdi>}
        facts={
          campaign.lockdown_on ? (
            <>
              Lockdown date <Time at={campaign.lockdown_on} as="day" />, shown to backers; it locks nothing by itself
            </>
          ) : (
            'No lockdown date is set'
          )
        }
        actions={<ButtonLink to={paths.orders(campaign.id)}>Find a backer or order</ButtonLink>}
      />
      <Sheet body="flush" label="Where the orders are">
        {next ? (
          <Next campaign_id={campaign.id} currency={campaign.currency} action={next} />
        ) : (
          <NextStep status="open" title="Nothing waits for you." />
        )}
        <LifecyclePicture basins={basins(loaderData)} sides={sides(campaign.id, counts)} />
      </Sheet>
      <Sheets columns="halves">
        <Waiting {...loaderData} />
        <Sheet title="Money" aside={<span className="meta">{campaign.currency}</span>}>
          <Ledger
            caption="What is owed, by status"
            currency={campaign.currency}
            rows={[
              { label: 'Owed by open orders', amount: counts.orders.open.owed },
              { label: 'Owed by locked orders', amount: counts.orders.locked.owed },
              { label: 'Owed by errored orders', amount: counts.orders.errored.owed },
              {
                label: 'Still owed',
                amount: counts.orders.open.owed + counts.orders.locked.owed + counts.orders.errored.owed,
                kind: 'due',
              },
            ]}
          />
          {kept > 0 && (
            <p className="meta">
              Charged here so far: <Money minor={kept} currency={campaign.currency} />. See the{' '}
              <Link to={paths.charges(campaign.id)}>charges</Link>.
            </p>
          )}
          <p className="meta">Credit of backers is not in it: {creditText(counts)}.</p>
        </Sheet>
      </Sheets>
      <Sheets>
        <Suspense fallback={<AnswersElsewhere campaign_id={campaign.id} />}>
          <Await resolve={loaderData.answers} errorElement={<AnswersElsewhere campaign_id={campaign.id} />}>
            {(answers) => <AnswersSheet campaign_id={campaign.id} asked={askedOf(counts)} answers={answers} more />}
          </Await>
        </Suspense>
      </Sheets>
    </>
  )
}

/** Stands there until the picture comes, and instead of it without script. */
function AnswersElsewhere({ campaign_id }: { campaign_id: string }) {
  return (
    <Sheet title="Surveys answered">
      <p>
        Answers day by day, money, countries and failed payments: <Link to={paths.figures(campaign_id)}>see the figures</Link>.
      </p>
    </Sheet>
  )
}

function askedOf({ surveys }: Counts): number {
  return surveys.sent + surveys.started + surveys.completed
}

type Facts = Route.ComponentProps['loaderData']
type Counts = Facts['counts']

function creditText({ orders }: Counts): string {
  const holders = ORDER_STATUSES.filter((status) => status !== 'canceled' && orders[status].credit < 0)
  return holders.length === 0 ? 'nobody has any' : 'see the orders with credit'
}

/** Where an action leads, and its button. */
const STEPS: Record<
  NextAction['code'],
  { status: OrderStatus | 'not_sent' | 'sent'; title: string; button: string; to(id: string): string }
> = {
  import_report: { status: 'not_sent', title: 'Next: import your backers.', button: 'Import a report…', to: paths.new_import },
  save_prices: { status: 'not_sent', title: 'Next: say what the pledge paid for.', button: 'Set prices…', to: paths.prices },
  send_surveys: { status: 'not_sent', title: 'Next: send the survey.', button: 'Preview sending…', to: paths.survey_send },
  nothing_owed: {
    status: 'locked',
    title: 'Next: mark as paid what owes nothing.',
    button: 'Preview…',
    to: (id) => paths.orders_transition(id, 'nothing_owed'),
  },
  lock: {
    status: 'locked',
    title: 'Next: lock the orders that are complete.',
    button: 'Preview lock…',
    to: (id) => paths.orders_transition(id, 'lock'),
  },
  ask_payment_method: {
    status: 'open',
    title: 'Next: ask for the missing payment methods.',
    button: 'Preview the mail…',
    to: paths.survey_ask,
  },
  charge: { status: 'paid', title: 'Next: charge what is locked.', button: 'Preview charge…', to: paths.new_charge },
  look_at_failed: {
    status: 'errored',
    title: 'Next: look at the failed payments.',
    button: 'See the reasons',
    to: paths.charges,
  },
  answer_requests: {
    status: 'ready_to_ship',
    title: 'Next: answer who asks for another address.',
    button: 'Decide',
    to: paths.requests,
  },
  finalize_address: {
    status: 'ready_to_ship',
    title: 'Next: finalize addresses, once the items are there.',
    button: 'Preview finalizing…',
    to: paths.finalize,
  },
  hand_over: {
    status: 'shipped',
    title: 'Next: hand the orders to the warehouse.',
    button: 'Hand over…',
    to: paths.shipping,
  },
  remind: { status: 'sent', title: 'Next: remind who did not answer.', button: 'Preview a reminder…', to: paths.survey_remind },
  look_at_holds: {
    status: 'open',
    title: 'Next: look at what is on hold.',
    button: 'Show them',
    to: (id) => paths.orders(id, { hold: 'yes' }),
  },
}

function Next({ campaign_id, currency, action }: { campaign_id: string; currency: string; action: NextAction }) {
  const step = STEPS[action.code]
  return (
    <NextStep
      status={step.status}
      title={step.title}
      action={
        <ButtonLink to={step.to(campaign_id)} variant="primary">
          {step.button}
        </ButtonLink>
      }
    >
      {actionText(action, currency)}
    </NextStep>
  )
}
