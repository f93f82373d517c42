import { Link } from 'react-router'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { countStages } from '../../../domain/orders/counts.ts'
import { ORDER_STATUSES, STATUS } from '../../../domain/orders/lifecycle.ts'
import { orderSortSchema } from '../../../domain/orders/list-sorts.ts'
import { countOrders, listOrders } from '../../../domain/orders/queries.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { FilterBar, FilterTabs, ListLine } from '../../components/filter-bar.tsx'
import { conditionCount, filterQuery, valuesOf } from '../../components/filter-terms.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { OrderActs } from '../../components/order-acts.tsx'
import { OrdersTable } from '../../components/orders-table.tsx'
import { SelectableList, SelectionBar } from '../../components/selection.tsx'
import { filterKeys } from '../../filter-keys.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Count, Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty, NoMatch } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import type { Route } from './+types/orders'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { filter, shown, unknown } = readBackerFilter(search)
  const sort = orderSortSchema.catch('number').parse(search.get('sort'))
  const cursor = search.get('cursor') ?? undefined
  const page = await orRefusalPage(listOrders(deps.db, campaign.id, { now, filter, sort, cursor, limit: 50 }))
  const counts = await countOrders(deps.db, campaign.id, filter)
  const stages = await countStages(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    keys: filterKeys(await loadCatalog(deps.db, campaign.id)),
    shown,
    unknown,
    sort,
    is_first: cursor === undefined,
    rows: page.data.map(({ lines, address, notice, ...row }) => ({ ...row, notice: notice && { due_at: notice.due_at } })),
    next_cursor: page.next_cursor,
    counts,
    tabs: ORDER_STATUSES.map((status) => ({ status, count: stages.orders[status].count })),
    surveys_out: stages.surveys.sent + stages.surveys.started,
  }
}

export default function Orders({ loaderData }: Route.ComponentProps) {
  const { campaign, keys, shown, unknown, sort, rows, next_cursor, counts, tabs, is_first } = loaderData
  const query = filterQuery(shown)
  const keep: Record<string, string> = sort === 'number' ? {} : { sort }
  const all = tabs.reduce((sum, { count }) => sum + count, 0)
  const current = valuesOf(shown, 'status')
  const tab = (label: string, count: number, status: string | null) => ({
    label,
    count,
    to: paths.orders(campaign.id, { ...keep, ...(status ? { status } : {}) }),
    current: conditionCount(shown) === (status ? 1 : 0) && (status === null || current[0] === status),
  })
  return (
    <>
      <title>{`Orders · ${campaign.name}`}</title>
      <PageHead
        title="Orders"
        help={current.includes('errored') && <HowThisWorks act="failed-payments" />}
        actions={<ButtonLink to={paths.counts(campaign.id)}>Counts and CSV</ButtonLink>}
      />
      <FilterTabs
        label="Statuses"
        tabs={[tab('All', all, null), ...tabs.map(({ status, count }) => tab(STATUS[status].label, count, status))]}
      />
      <FilterBar
        action={paths.orders(campaign.id)}
        label="Filter orders"
        placeholder="Type a name, mail, number, or status: country: sku: balance:"
        keys={keys}
        filter={shown}
        keep={keep}
      />
      {unknown.length > 0 && (
        <Note tone="warn">
          Left out, since it means nothing here: {unknown.map(({ key, value }) => `${key}:${value}`).join(', ')}
        </Note>
      )}
      {rows.length === 0 ? (
        <Sheet label="Orders">
          <NothingHere {...loaderData} all={all} />
        </Sheet>
      ) : (
        <SelectableList rows={rows.length} total={counts.orders} noun={['order', 'orders']} query={query}>
          <ListLine
            end={
              <Pages
                newer_to={is_first ? null : paths.orders(campaign.id, { ...query, ...keep })}
                older_to={next_cursor ? paths.orders(campaign.id, { ...query, ...keep, cursor: next_cursor }) : null}
              />
            }
          >
            <Count of={counts.orders} /> {counts.orders === 1 ? 'order' : 'orders'}
            {counts.owed > 0 && (
              <>
                {' '}
                · <Money minor={counts.owed} currency={campaign.currency} /> owed
              </>
            )}
          </ListLine>
          <Sheet body="flush" label="Orders">
            <OrdersTable campaign={campaign} rows={rows} sort={sort} query={query} />
          </Sheet>
          <SelectionBar>
            <OrderActs
              campaign_id={campaign.id}
              status={ORDER_STATUSES.find((one) => current.length === 1 && one === current[0]) ?? null}
            />
          </SelectionBar>
        </SelectableList>
      )}
    </>
  )
}

function NothingHere({ campaign, shown, all, surveys_out }: Route.ComponentProps['loaderData'] & { all: number }) {
  if (all > 0 || conditionCount(shown) > 0) {
    return (
      <NoMatch
        title="No order matches"
        actions={<Link to={paths.orders(campaign.id)}>Show all {plural(all, 'order', 'orders')}</Link>}
      >
        Take a condition away, or look among the <Link to={paths.backers(campaign.id, filterQuery(shown))}>backers</Link>, who are
        there before they have an order.
      </NoMatch>
    )
  }
  return (
    <Empty
      title="Orders appear here as backers answer"
      action={
        <ButtonLink to={paths.survey(campaign.id)} variant="primary">
          Go to the survey
        </ButtonLink>
      }
    >
      {surveys_out > 0 ? `${plural(surveys_out, 'survey is', 'surveys are')} out and not answered yet.` : 'No survey is out yet.'}
    </Empty>
  )
}
