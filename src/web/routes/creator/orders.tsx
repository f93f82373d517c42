import { Link } from 'react-router'
import { countBackers } from '../../../domain/backers/queries.ts'
import { explainSearch } from '../../../domain/backers/search-hits.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { countStages } from '../../../domain/orders/counts.ts'
import { ORDER_STATUSES, STATUS } from '../../../domain/orders/lifecycle.ts'
import { orderSortSchema } from '../../../domain/orders/list-sorts.ts'
import { countOrders, listOrders } from '../../../domain/orders/queries.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { filterQuery, valuesOf } from '../../components/filter-terms.ts'
import { FilteredList } from '../../components/filtered-list.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { OrderActs } from '../../components/order-acts.tsx'
import { OrdersTable } from '../../components/orders-table.tsx'
import { filterKeys } from '../../filter-keys.server.ts'
import { costsOf } from '../../no-match.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Empty } from '../../ui/states.tsx'
import { placeIn } from '../../way-back.ts'
import type { Route } from './+types/orders'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { filter, shown, unknown } = readBackerFilter(search)
  const sort = orderSortSchema.catch('number').parse(search.get('sort'))
  const cursor = search.get('cursor')
  // At once: with 220,000 orders the counts take longer than the list.
  const [page, stages, catalog, counts] = await Promise.all([
    orRefusalPage(listOrders(deps.db, campaign.id, { now, filter, sort, cursor: cursor ?? undefined, limit: 50 })),
    countStages(deps.db, campaign.id),
    loadCatalog(deps.db, campaign.id),
    countOrders(deps.db, campaign.id, filter),
  ])
  const keys = filterKeys(catalog)
  const isEmpty = page.data.length === 0
  const countOf = async (one: typeof filter) => (await countOrders(deps.db, campaign.id, one)).orders
  const backer_ids = page.data.map(({ backer }) => backer.id)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    state: {
      keys,
      shown,
      unknown,
      sort,
      cursor,
      next_cursor: page.next_cursor,
      costs: isEmpty ? await costsOf(shown, keys, countOf) : [],
    },
    rows: page.data.map(({ lines, address, notice, ...row }) => row),
    hits: await explainSearch(deps.db, campaign.id, { q: filter.q, backer_ids }),
    counts,
    backers: isEmpty ? await countBackers(deps.db, campaign.id, filter) : 0,
    tabs: ORDER_STATUSES.map((status) => ({ value: status, label: STATUS[status].label, count: stages.orders[status].count })),
    surveys_out: stages.surveys.sent + stages.surveys.started,
  }
}

export default function Orders({ loaderData }: Route.ComponentProps) {
  const { campaign, state, rows, hits, counts, backers, tabs, surveys_out } = loaderData
  const query = filterQuery(state.shown)
  const keep: Record<string, string> = state.sort === 'number' ? {} : { sort: state.sort }
  const statuses = valuesOf(state.shown, 'status')
  const place = { ...query, ...keep, ...(state.cursor ? { cursor: state.cursor } : {}) }
  return (
    <>
      <title>{`Orders · ${campaign.name}`}</title>
      <PageHead
        title="Orders"
        help={statuses.includes('errored') && <HowThisWorks act="failed-payments" />}
        actions={<ButtonLink to={paths.counts(campaign.id)}>Counts and CSV</ButtonLink>}
      />
      <FilteredList
        state={state}
        noun={['order', 'orders']}
        title="Orders"
        placeholder="Type a name, mail, number, or status: country: sku: balance:"
        to={(one) => paths.orders(campaign.id, one)}
        tabs={{ label: 'Statuses', key: 'status', of: tabs }}
        rows={rows.length}
        count={counts.orders}
        facts={
          counts.owed > 0 && (
            <>
              {' '}
              · <Money minor={counts.owed} currency={campaign.currency} /> owed
            </>
          )
        }
        from={placeIn(campaign.id, paths.orders(campaign.id, place))}
        table={<OrdersTable campaign={campaign} rows={rows} hits={hits} sort={state.sort} query={query} />}
        acts={
          <OrderActs
            campaign_id={campaign.id}
            status={ORDER_STATUSES.find((one) => statuses.length === 1 && one === statuses[0]) ?? null}
          />
        }
        empty={
          <Empty
            title="Orders appear here as backers answer"
            action={
              <ButtonLink to={paths.survey(campaign.id)} variant="primary">
                Go to the survey
              </ButtonLink>
            }
          >
            {surveys_out > 0
              ? `${plural(surveys_out, 'survey is', 'surveys are')} out and not answered yet.`
              : 'No survey is out yet.'}
          </Empty>
        }
        elsewhere={
          backers > 0 && (
            <>
              <Link to={paths.backers(campaign.id, query)}>
                {plural(backers, 'backer without an order matches', 'backers without an order match')}
              </Link>
              .
            </>
          )
        }
      />
    </>
  )
}
