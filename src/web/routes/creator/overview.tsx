import { CirclePause, Hourglass, MailWarning } from 'lucide-react'
import { countBackers } from '../../../domain/backers/queries.ts'
import { countLifecycle } from '../../../domain/orders/counts.ts'
import { ORDER_STATUSES, type OrderStatus } from '../../../domain/orders/lifecycle.ts'
import { findNextActions, type NextAction } from '../../../domain/orders/next-actions.ts'
import { listNotices } from '../../../domain/orders/notice-queries.ts'
import { actionText } from '../../../lib/action-text.ts'
import { LifecyclePicture, NextStep, WaitingList } from '../../components/lifecycle-picture.tsx'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Ledger } from '../../ui/ledger.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/overview'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const { db } = deps
  const now = deps.clock.now()
  const counts = await countLifecycle(db, campaign.id, now)
  const notices = await listNotices(db, campaign.id, { state: 'scheduled', limit: 5 })
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, lockdown_on: campaign.lockdown_on },
    counts,
    actions: await findNextActions(db, campaign, now, counts),
    notices: notices.data.map(({ id, due_at, waiting }) => ({ id, due_at, waiting })),
    bounced: await countBackers(db, campaign.id, { mail: 'bounced' }),
    reported: await countBackers(db, campaign.id, {
      pledge: ['canceled', 'refunded', 'disputed'],
      status: ['open', 'locked', 'paid', 'errored'],
    }),
  }
}

export default function Overview({ loaderData }: Route.ComponentProps) {
  const { campaign, counts, actions } = loaderData
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
        {next ? <Next campaign_id={campaign.id} action={next} /> : <NextStep status="open" title="Nothing waits for you." />}
        <LifecyclePicture basins={basins(campaign.id, counts)} sides={sides(campaign.id, counts)} />
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
          <p className="meta">Credit of backers is not in it: {creditText(counts)}.</p>
        </Sheet>
      </Sheets>
    </>
  )
}

type Counts = Route.ComponentProps['loaderData']['counts']

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
  remind: { status: 'sent', title: 'Next: remind who did not answer.', button: 'Preview a reminder…', to: paths.survey_remind },
  look_at_holds: {
    status: 'open',
    title: 'Next: look at what is on hold.',
    button: 'Show them',
    to: (id) => paths.orders(id, { hold: 'yes' }),
  },
}

function Next({ campaign_id, action }: { campaign_id: string; action: NextAction }) {
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
      {actionText(action)}
    </NextStep>
  )
}

function basins(id: string, { surveys, orders, lock }: Counts): Parameters<typeof LifecyclePicture>[0]['basins'] {
  const out = surveys.sent + surveys.started
  return [
    {
      status: 'sent',
      count: out,
      to: paths.backers(id, { survey: ['sent', 'started'] }),
      ...(out > 0 ? { action: { label: `Remind ${countText(out)}…`, to: paths.survey_remind(id) } } : {}),
      fact: `${countText(surveys.sent)} not started, ${countText(surveys.started)} started`,
    },
    {
      status: 'open',
      count: orders.open.count,
      to: paths.orders(id, { status: 'open' }),
      ...(orders.open.count > 0 ? { action: { label: 'Preview lock…', to: paths.orders_transition(id, 'lock') } } : {}),
      fact: lockFact(lock),
    },
    {
      status: 'locked',
      count: orders.locked.count,
      to: paths.orders(id, { status: 'locked' }),
      ...(orders.locked.count > 0
        ? { action: { label: 'Mark as paid…', to: paths.orders_transition(id, 'nothing_owed') }, fact: 'those that owe nothing' }
        : {}),
    },
    { status: 'paid', count: orders.paid.count, to: paths.orders(id, { status: 'paid' }) },
    { status: 'ready_to_ship', count: orders.ready_to_ship.count, to: paths.orders(id, { status: 'ready_to_ship' }) },
    { status: 'shipped', count: orders.shipped.count, to: paths.orders(id, { status: 'shipped' }) },
  ]
}

function lockFact({ can, payment_method_missing }: Counts['lock']): string {
  const verb = payment_method_missing === 1 ? 'lacks' : 'lack'
  const lacking = payment_method_missing > 0 ? `; ${countText(payment_method_missing)} ${verb} a payment method` : ''
  return `${countText(can)} can be locked${lacking}`
}

function sides(id: string, { orders }: Counts): Parameters<typeof LifecyclePicture>[0]['sides'] {
  return [
    { status: 'errored', count: orders.errored.count, to: paths.orders(id, { status: 'errored' }) },
    { status: 'canceled', count: orders.canceled.count, to: paths.orders(id, { status: 'canceled' }), fact: 'out of all counts' },
  ]
}

/** What needs a person. */
function Waiting({ campaign, counts, notices, bounced, reported }: Route.ComponentProps['loaderData']) {
  const held = ORDER_STATUSES.reduce((sum, status) => sum + (status === 'canceled' ? 0 : counts.orders[status].on_hold), 0)
  const rows = [
    ...notices.map((notice) => ({
      id: notice.id,
      sign: <Icon of={Hourglass} />,
      title: `A notice runs: ${plural(notice.waiting, 'order', 'orders')}`,
      note: (
        <>
          The clock locks them on <Time at={notice.due_at} as="moment" />
        </>
      ),
      action: <ButtonLink to={paths.notice(campaign.id, notice.id)}>See the notice</ButtonLink>,
    })),
    ...waitingRow(
      reported > 0,
      'reported',
      CirclePause,
      `${plural(reported, 'pledge', 'pledges')} withdrawn on the platform`,
      'The report says canceled, refunded or disputed; cancel their orders, or release them',
      {
        label: 'Show them',
        to: paths.orders(campaign.id, { pledge: ['canceled', 'refunded', 'disputed'] }),
      },
    ),
    ...waitingRow(
      held > 0,
      'held',
      CirclePause,
      `${plural(held, 'order', 'orders')} on hold`,
      'Not locked, charged or shipped until released',
      {
        label: 'Show them',
        to: paths.orders(campaign.id, { hold: 'yes' }),
      },
    ),
    ...waitingRow(
      counts.surveys.waiting > 0,
      'waiting',
      Hourglass,
      `${plural(counts.surveys.waiting, 'pledge waits', 'pledges wait')} for the platform’s money`,
      'A later report decides, or you do',
      {
        label: 'Show them',
        to: paths.backers(campaign.id, { survey: 'waiting' }),
      },
    ),
    ...waitingRow(
      bounced > 0,
      'bounced',
      MailWarning,
      `${plural(bounced, 'mail address', 'mail addresses')} bounced`,
      'These backers get no mail until it is corrected',
      {
        label: 'Show them',
        to: paths.backers(campaign.id, { mail: 'bounced' }),
      },
    ),
  ]
  return (
    <Sheet title="Waiting for you" body={rows.length > 0 ? 'flush' : 'padded'}>
      {rows.length > 0 ? <WaitingList entries={rows} /> : <p>Nothing needs a person now.</p>}
    </Sheet>
  )
}

function waitingRow(
  shown: boolean,
  id: string,
  icon: typeof Hourglass,
  title: string,
  note: string,
  link: { label: string; to: string },
) {
  return shown ? [{ id, sign: <Icon of={icon} />, title, note, action: <ButtonLink to={link.to}>{link.label}</ButtonLink> }] : []
}
