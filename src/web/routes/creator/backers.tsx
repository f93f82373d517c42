import { Link } from 'react-router'
import { BACKER_SORTS, type BackerSort, countBackers, countSurveys, listBackers } from '../../../domain/backers/queries.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { SURVEY_LABEL, SURVEY_STATES } from '../../../domain/orders/lifecycle.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { BackersTable } from '../../components/backers-table.tsx'
import { FilterBar, FilterTabs, ListLine } from '../../components/filter-bar.tsx'
import { conditionCount, filterQuery, valuesOf } from '../../components/filter-terms.ts'
import { SelectableList, SelectionBar } from '../../components/selection.tsx'
import { filterKeys } from '../../filter-keys.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Count, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty, NoMatch } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import type { Route } from './+types/backers'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { filter, shown, unknown } = readBackerFilter(search)
  const wanted = search.get('sort') as BackerSort
  const sort = BACKER_SORTS.includes(wanted) ? wanted : ('number' as const)
  const cursor = search.get('cursor') ?? undefined
  const page = await orRefusalPage(listBackers(deps.db, campaign.id, { filter, sort, cursor, limit: 50 }))
  const surveys = await countSurveys(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    keys: filterKeys(await loadCatalog(deps.db, campaign.id)),
    shown,
    unknown,
    sort,
    is_first: cursor === undefined,
    rows: page.data,
    next_cursor: page.next_cursor,
    count: await countBackers(deps.db, campaign.id, filter),
    tabs: SURVEY_STATES.map((survey) => ({ survey, count: surveys[survey] })),
  }
}

export default function Backers({ loaderData }: Route.ComponentProps) {
  const { campaign, keys, shown, unknown, sort, rows, next_cursor, count, tabs, is_first } = loaderData
  const query = filterQuery(shown)
  const keep: Record<string, string> = sort === 'number' ? {} : { sort }
  const all = tabs.reduce((sum, one) => sum + one.count, 0)
  const current = valuesOf(shown, 'survey')
  const tab = (label: string, n: number, survey: string | null) => ({
    label,
    count: n,
    to: paths.backers(campaign.id, { ...keep, ...(survey ? { survey } : {}) }),
    current: conditionCount(shown) === (survey ? 1 : 0) && (survey === null || current[0] === survey),
  })
  return (
    <>
      <title>{`Backers · ${campaign.name}`}</title>
      <PageHead title="Backers" actions={<ButtonLink to={paths.new_import(campaign.id)}>Import a report…</ButtonLink>} />
      <FilterTabs
        label="Survey states"
        tabs={[tab('All', all, null), ...tabs.map((one) => tab(SURVEY_LABEL[one.survey], one.count, one.survey))]}
      />
      <FilterBar
        action={paths.backers(campaign.id)}
        label="Filter backers"
        placeholder="Type a name, mail, number, or survey: level: country:"
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
        <Sheet label="Backers">
          <NothingHere campaign_id={campaign.id} all={all} />
        </Sheet>
      ) : (
        <SelectableList rows={rows.length} total={count} noun={['backer', 'backers']} query={query}>
          <ListLine
            end={
              <Pages
                newer_to={is_first ? null : paths.backers(campaign.id, { ...query, ...keep })}
                older_to={next_cursor ? paths.backers(campaign.id, { ...query, ...keep, cursor: next_cursor }) : null}
              />
            }
          >
            <Count of={count} /> {count === 1 ? 'backer' : 'backers'}
          </ListLine>
          <Sheet body="flush" label="Backers">
            <BackersTable campaign={campaign} rows={rows} sort={sort} query={query} />
          </Sheet>
          <SelectionBar>
            <Button variant="primary" formAction={paths.survey_send(campaign.id)}>
              Send the survey…
            </Button>
            <Button formAction={paths.survey_remind(campaign.id)}>Remind…</Button>
            <Button formAction={paths.survey_ask(campaign.id)}>Ask for a payment method…</Button>
          </SelectionBar>
        </SelectableList>
      )}
    </>
  )
}

function NothingHere({ campaign_id, all }: { campaign_id: string; all: number }) {
  if (all > 0) {
    return (
      <NoMatch
        title="No backer matches"
        actions={<Link to={paths.backers(campaign_id)}>Show all {plural(all, 'backer', 'backers')}</Link>}
      >
        Take a condition away, or look for another word.
      </NoMatch>
    )
  }
  return (
    <Empty
      title="Your backers appear here"
      action={
        <ButtonLink to={paths.new_import(campaign_id)} variant="primary">
          Import a report…
        </ButtonLink>
      }
    >
      They come with the report of your platform, with what each pledged for.
    </Empty>
  )
}
