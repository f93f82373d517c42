import { BACKER_SORTS, type BackerSort, countBackers, countSurveys, listBackers } from '../../../domain/backers/queries.ts'
import { explainSearch } from '../../../domain/backers/search-hits.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { SURVEY_LABEL, SURVEY_STATES } from '../../../domain/orders/lifecycle.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { BackersTable } from '../../components/backers-table.tsx'
import { filterQuery } from '../../components/filter-terms.ts'
import { FilteredList } from '../../components/filtered-list.tsx'
import { filterKeys } from '../../filter-keys.server.ts'
import { costsOf } from '../../no-match.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Empty } from '../../ui/states.tsx'
import { placeIn } from '../../way-back.ts'
import type { Route } from './+types/backers'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { filter, shown, unknown } = readBackerFilter(search)
  const wanted = search.get('sort') as BackerSort
  const sort = BACKER_SORTS.includes(wanted) ? wanted : ('number' as const)
  const cursor = search.get('cursor')
  // At once: with 220,000 backers the counts take longer than the list.
  const [page, surveys, catalog, count] = await Promise.all([
    orRefusalPage(listBackers(deps.db, campaign.id, { filter, sort, cursor: cursor ?? undefined, limit: 50 })),
    countSurveys(deps.db, campaign.id),
    loadCatalog(deps.db, campaign.id),
    countBackers(deps.db, campaign.id, filter),
  ])
  const keys = filterKeys(catalog)
  const countOf = (one: typeof filter) => countBackers(deps.db, campaign.id, one)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    state: {
      keys,
      shown,
      unknown,
      sort,
      cursor,
      next_cursor: page.next_cursor,
      costs: page.data.length === 0 ? await costsOf(shown, keys, countOf) : [],
    },
    rows: page.data,
    hits: await explainSearch(deps.db, campaign.id, { q: filter.q, backer_ids: page.data.map(({ id }) => id) }),
    count,
    tabs: SURVEY_STATES.map((survey) => ({ value: survey, label: SURVEY_LABEL[survey], count: surveys[survey] })),
  }
}

export default function Backers({ loaderData }: Route.ComponentProps) {
  const { campaign, state, rows, hits, count, tabs } = loaderData
  const query = filterQuery(state.shown)
  const keep: Record<string, string> = state.sort === 'number' ? {} : { sort: state.sort }
  const place = { ...query, ...keep, ...(state.cursor ? { cursor: state.cursor } : {}) }
  return (
    <>
      <title>{`Backers · ${campaign.name}`}</title>
      <PageHead title="Backers" actions={<ButtonLink to={paths.new_import(campaign.id)}>Import a report…</ButtonLink>} />
      <FilteredList
        state={state}
        noun={['backer', 'backers']}
        title="Backers"
        placeholder="Type a name, mail, number, or survey: level: country:"
        to={(one) => paths.backers(campaign.id, one)}
        tabs={{ label: 'Survey states', key: 'survey', of: tabs }}
        rows={rows.length}
        count={count}
        from={placeIn(campaign.id, paths.backers(campaign.id, place))}
        table={<BackersTable campaign={campaign} rows={rows} hits={hits} sort={state.sort} query={query} />}
        acts={
          <>
            <Button variant="primary" formAction={paths.survey_send(campaign.id)}>
              Send the survey…
            </Button>
            <Button formAction={paths.survey_remind(campaign.id)}>Remind…</Button>
            <Button formAction={paths.survey_ask(campaign.id)}>Ask for a payment method…</Button>
          </>
        }
        empty={
          <Empty
            title="Your backers appear here"
            action={
              <ButtonLink to={paths.new_import(campaign.id)} variant="primary">
                Import a report…
              </ButtonLink>
            }
          >
            They come with the report of your platform, with what each pledged for.
          </Empty>
        }
      />
    </>
  )
}
