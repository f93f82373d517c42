import { Link } from 'react-router'
import { countBackers } from '../../../domain/backers/queries.ts'
import { findAnswers } from '../../../domain/campaigns/figures-answers.ts'
import { countDiscrepancies } from '../../../domain/discrepancies/list.ts'
import { listImports } from '../../../domain/imports/find-imports.ts'
import { ORDER_STATUSES } from '../../../domain/orders/lifecycle.ts'
import { answersNeedUntil, findActionFacts, nextActions } from '../../../domain/orders/next-actions.ts'
import { listNotices } from '../../../domain/orders/notice-queries.ts'
import { countOrders } from '../../../domain/orders/queries.ts'
import { campaignWay } from '../../../domain/orders/way.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { countCharging } from '../../../domain/payments/count-charging.ts'
import { findOutages } from '../../../domain/shared/find-outages.ts'
import type { Db } from '../../../domain/shared/tx.ts'
import { LifecyclePicture } from '../../components/lifecycle-picture.tsx'
import { Outages } from '../../components/outages.tsx'
import { paths } from '../../paths.ts'
import { Ledger } from '../../ui/ledger.tsx'
import { Money } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/overview'
import { Answers } from './overview-answers.tsx'
import { basins, sides } from './overview-basins.ts'
import { Next } from './overview-next.tsx'
import { Waiting } from './overview-waiting.tsx'
import { Way, WayBehind } from './overview-way.tsx'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const { db } = deps
  const now = deps.clock.now()
  const [facts, { captured, refunded }] = await Promise.all([findActionFacts(db, campaign, now), countOrders(db, campaign.id)])
  const actions = nextActions(facts)
  const charging = await countCharging(db, campaign.id)
  const { surveys, orders } = facts.counts
  const notices = await listNotices(db, campaign.id, { state: 'scheduled', limit: 5 })
  return {
    campaign: {
      id: campaign.id,
      name: campaign.name,
      currency: campaign.currency,
      lockdown_on: campaign.lockdown_on,
      charge_on: campaign.charge_on,
    },
    counts: facts.counts,
    kept: captured - refunded,
    charge: facts.charge,
    finalize: facts.finalize,
    requests: facts.requests,
    actions,
    way: campaignWay(facts, actions[0]?.code ?? null, await isChargingSetUp(db, campaign)),
    unapplied: actions[0]?.code === 'import_report' ? await findUnapplied(db, campaign.id) : null,
    is_asked: surveys.sent + surveys.started + surveys.completed > 0,
    is_over:
      surveys.completed > 0 && ORDER_STATUSES.every((one) => orders[one].count === 0 || one === 'shipped' || one === 'canceled'),
    answers_until: answersNeedUntil(facts.setup, now),
    keeps_mails: campaign.mode === 'test' && deps.mailer === null,
    run_under_way: facts.run_under_way,
    outages: await findOutages(db, { campaign, smtp: deps.mailer !== null }, now),
    charging,
    discrepancies: (await countDiscrepancies(db, campaign.id)).open,
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

/** A report that was read and waits to be applied. */
async function findUnapplied(db: Db, campaign_id: string): Promise<{ id: string; file_name: string } | null> {
  const [newest] = (await listImports(db, campaign_id, { limit: 1 })).data
  return newest?.state === 'previewed' ? { id: newest.id, file_name: newest.file_name } : null
}

export default function Overview({ loaderData }: Route.ComponentProps) {
  const { campaign, counts, way, is_asked } = loaderData
  return (
    <>
      <title>{campaign.name}</title>
      <PageHead
        title={<bdi>{campaign.name}</bdi>}
        facts={
          <>
            {campaign.lockdown_on ? (
              <>
                Lockdown date <Time at={campaign.lockdown_on} as="day" />, shown to backers; it locks nothing by itself
              </>
            ) : (
              'No lockdown date is set'
            )}
            {campaign.charge_on && (
              <>
                {' · '}Charge planned for <Time at={campaign.charge_on} as="day" />
              </>
            )}
          </>
        }
      />
      <Outages campaign_id={campaign.id} outages={loaderData.outages} />
      <Sheet body="flush" label={is_asked ? 'Where the orders are' : 'What to do, step by step'}>
        <Next {...loaderData} />
        {is_asked ? (
          <LifecyclePicture basins={basins(loaderData)} sides={sides(campaign.id, counts)} />
        ) : (
          <Way campaign_id={campaign.id} steps={way} />
        )}
      </Sheet>
      {is_asked && (
        <Sheets columns="main-side">
          <Answers {...loaderData} />
          <MoneyOwed {...loaderData} />
        </Sheets>
      )}
      <Waiting {...loaderData} />
      {is_asked && (
        <Sheet body="flush" label="All steps">
          <WayBehind campaign_id={campaign.id} steps={way} />
        </Sheet>
      )}
    </>
  )
}

type Facts = Route.ComponentProps['loaderData']
type Counts = Facts['counts']

function creditText({ orders }: Counts): string {
  const holders = ORDER_STATUSES.filter((status) => status !== 'canceled' && orders[status].credit < 0)
  return holders.length === 0 ? 'nobody has any' : 'see the orders with credit'
}

/** What is owed, by status. */
function MoneyOwed({ campaign, counts, kept }: Facts) {
  return (
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
  )
}
