import { Link } from 'react-router'
import { findChargeRun, listRunOrders } from '../../../domain/payments/charge-run-queries.ts'
import { RUN_ORDER_STATES, type RunOrderState } from '../../../domain/payments/statuses.ts'
import { reasonTitle, runOrderWord } from '../../../lib/charge-text.ts'
import { RunRows } from '../../components/charge-reasons.tsx'
import { runTitle } from '../../components/charge-words.ts'
import { FilterTabs } from '../../components/filter-bar.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { NoMatch } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import type { Route } from './+types/charges-orders'
import { requireCampaign } from './session.server.ts'

/** `failed` stands for both ways in which a charge fails. */
function statesOf(name: string | null): RunOrderState[] {
  if (name === 'failed') return ['declined', 'refused']
  return RUN_ORDER_STATES.filter((state) => state === name)
}

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const run = await orRefusalPage(findChargeRun(deps.db, campaign.id, args.params.run, now))
  const search = new URL(args.request.url).searchParams
  const states = statesOf(search.get('state'))
  const code = search.get('code') ?? undefined
  const page = await orRefusalPage(
    listRunOrders(
      deps.db,
      { campaign_id: campaign.id, run_id: run.id },
      { states, code, cursor: search.get('cursor') ?? undefined, limit: 50 },
    ),
  )
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    run: { id: run.id, title: runTitle(run), orders: run.orders },
    state: states.length > 1 ? 'failed' : (states[0] ?? null),
    code: code ?? null,
    is_first: !search.has('cursor'),
    ...page,
  }
}

export default function ChargeRunOrders({ loaderData }: Route.ComponentProps) {
  const { campaign, run, state, code, data, next_cursor, is_first } = loaderData
  const title = state && code ? reasonTitle(state, code) : 'Orders of the run'
  const to = (query: Record<string, string>) => paths.charge_orders(campaign.id, run.id, query)
  const query = { ...(state ? { state } : {}), ...(code ? { code } : {}) }
  const all = RUN_ORDER_STATES.reduce((sum, one) => sum + run.orders[one], 0)
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: run.title, to: paths.charge(campaign.id, run.id) }}
        actions={
          <ButtonLink to={paths.charge_orders_csv(campaign.id, run.id)} download>
            Download all
          </ButtonLink>
        }
      />
      <FilterTabs
        label="What became of them"
        tabs={[
          { label: 'All', count: all, to: to({}), current: state === null },
          ...RUN_ORDER_STATES.filter((one) => run.orders[one] > 0).map((one) => ({
            label: runOrderWord(one),
            count: run.orders[one],
            to: to({ state: one }),
            current: state === one && code === null,
          })),
        ]}
      />
      <Sheet label={title} body={data.length > 0 ? 'flush' : 'padded'}>
        {data.length > 0 ? (
          <RunRows campaign={campaign} rows={data} caption={title} />
        ) : (
          <NoMatch title="No order of the run is in this state" actions={<Link to={to({})}>Show all of the run</Link>} />
        )}
        <Pages newer_to={is_first ? null : to(query)} older_to={next_cursor ? to({ ...query, cursor: next_cursor }) : null} />
      </Sheet>
    </>
  )
}
