import { Form, Link, redirect } from 'react-router'
import { findFailedPayments } from '../../../domain/follow-ups/find-failed-payments.ts'
import { listOrders } from '../../../domain/orders/queries.ts'
import { codesOf, groupReasons } from '../../components/failed-reasons.ts'
import { FailedOrders, FailedReasons } from '../../components/failed-tables.tsx'
import { FilterTabs } from '../../components/filter-bar.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty, NoMatch } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import { placeIn } from '../../way-back.ts'
import type { Route } from './+types/failed-payments'
import { requireCampaign } from './session.server.ts'

/** Which orders of the screen are listed: those with some reasons, those whose backers named a day, or all. */
function shownOf(request: Request): { failure: string[]; named: boolean } {
  const search = new URL(request.url).searchParams
  return { failure: codesOf(search.getAll('failure')), named: search.get('remind_on') === 'yes' }
}

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { failure, named } = shownOf(args.request)
  const overview = await findFailedPayments(deps.db, campaign.id)
  const groups = groupReasons(overview.reasons)
  const filter = {
    status: ['errored' as const],
    ...(failure.length > 0 ? { failure } : {}),
    ...(named ? { remind_on: 'yes' as const } : {}),
  }
  const cursor = search.get('cursor') ?? undefined
  const page = await orRefusalPage(listOrders(deps.db, campaign.id, { now, filter, sort: 'number', cursor, limit: 50 }))
  const reminded = Number(search.get('reminded') ?? '')
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    overview: { orders: overview.orders, amount: overview.amount, retry_failed_cards: overview.retry_failed_cards },
    groups,
    failure,
    named,
    // what is listed, where it is some of them
    title: groups.find(({ codes }) => codes.join() === failure.join())?.title ?? null,
    days_named: groups.reduce((sum, group) => sum + group.days_named.orders, 0),
    rows: page.data.map(({ id, number, balance_due, payment_method, hold, follow_up, backer }) => ({
      ...{ id, number, balance_due, payment_method, hold, follow_up, backer },
    })),
    next_cursor: page.next_cursor,
    is_first: cursor === undefined,
    reminded: Number.isSafeInteger(reminded) && reminded > 0 ? reminded : null,
  }
}

/** Leads to the page of the act over the ticked reasons; none ticked: over all. Each shows first what it would do. */
export async function action(args: Route.ActionArgs) {
  const { campaign } = await requireCampaign(args)
  const form = await args.request.formData()
  const failure = codesOf(form.getAll('reason').map(String))
  const from = placeIn(campaign.id, paths.failed_payments(campaign.id))
  const to = {
    // Who named a day is left in peace.
    try: paths.new_charge(campaign.id, { status: 'errored', failure, remind_on: 'no', retry: '1', from }),
    remind: paths.remind_failed(campaign.id, { failure }),
  }[String(form.get('act'))]
  throw redirect(to ?? paths.orders(campaign.id, { status: 'errored', failure }), 303)
}

type Props = Route.ComponentProps['loaderData']

export default function FailedPayments({ loaderData }: Route.ComponentProps) {
  const { campaign, overview, reminded } = loaderData
  const title = 'Failed payments'
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: 'Charges', to: paths.charges(campaign.id) }}
        facts={
          overview.orders > 0 && (
            <>
              {plural(overview.orders, 'order', 'orders')}, <Money minor={overview.amount} currency={campaign.currency} /> at
              stake
            </>
          )
        }
        help={<HowThisWorks act="failed-payments" />}
        actions={
          overview.orders > 0 && (
            <ButtonLink to={paths.failed_payments_csv(campaign.id)} download>
              Download all
            </ButtonLink>
          )
        }
      />
      {reminded !== null && (
        <Note tone="good" live dismiss_to={paths.failed_payments(campaign.id)}>
          <b>{plural(reminded, 'reminder is', 'reminders are')} on the way.</b> Whoever pays before theirs leaves gets none.
        </Note>
      )}
      {overview.orders === 0 ? (
        <Sheet label={title}>
          <Empty title="No payment waits to be mended">
            What fails is listed here by reason, with the money at stake and what happens next.
          </Empty>
        </Sheet>
      ) : (
        <div className="sheets">
          {!overview.retry_failed_cards && (
            <Note tone="info" end={<Link to={paths.settings(campaign.id)}>Settings</Link>}>
              <b>No card is tried again by itself:</b> that is switched off. Backers are reminded all the same.
            </Note>
          )}
          <Reasons {...loaderData} />
          <Orders {...loaderData} />
        </div>
      )}
    </>
  )
}

function Reasons({ campaign, groups, overview }: Props) {
  return (
    <Form method="post" action={paths.failed_payments(campaign.id)}>
      <Sheet title="By reason" body="flush">
        <FailedReasons campaign={campaign} groups={groups} orders={overview.orders} amount={overview.amount} />
        <div className="pad">
          <p className="quiet">
            For the reasons that are ticked; for all, where none is. Each act is shown before it is carried out.
          </p>
          <div className="button-row">
            <Button type="submit" name="act" value="try">
              Try again now…
            </Button>
            <Button type="submit" name="act" value="remind">
              Remind now…
            </Button>
            <Button type="submit" name="act" value="orders" variant="text">
              Hold, cancel or settle…
            </Button>
          </div>
        </div>
      </Sheet>
    </Form>
  )
}

function Orders({ campaign, overview, rows, failure, named, title, days_named, next_cursor, is_first }: Props) {
  const to = (query: Record<string, string | string[]>) => paths.failed_payments(campaign.id, query)
  const query = { ...(failure.length > 0 ? { failure } : {}), ...(named ? { remind_on: 'yes' } : {}) }
  const isAll = failure.length === 0 && !named
  return (
    <>
      <FilterTabs
        label="Which orders"
        tabs={[
          { label: 'All', count: overview.orders, to: to({}), current: isAll },
          { label: 'Named a day', count: days_named, to: to({ remind_on: 'yes' }), current: named },
        ]}
      />
      <Sheet
        title={title ?? (named ? 'Backers who named a day' : 'Orders')}
        aside={!isAll && <Link to={to({})}>Show all</Link>}
        body={rows.length > 0 ? 'flush' : 'padded'}
      >
        {rows.length > 0 ? (
          <FailedOrders campaign={campaign} rows={rows} />
        ) : (
          <NoMatch title="No failed payment is like this" actions={<Link to={to({})}>Show all</Link>} />
        )}
        <Pages newer_to={is_first ? null : to(query)} older_to={next_cursor ? to({ ...query, cursor: next_cursor }) : null} />
      </Sheet>
    </>
  )
}
