import { Link } from 'react-router'
import { listOperations } from '../../../domain/operations/queries.ts'
import { operationTitle } from '../../../lib/operation-text.ts'
import { paths, withQuery } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Count } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Pages, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/operations'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined
  const page = await orRefusalPage(listOperations(deps.db, campaign.id, { cursor }))
  return { campaign: { id: campaign.id, name: campaign.name }, ...page }
}

const STATES = { queued: 'Waits', running: 'Runs', done: 'Done', failed: 'Failed' }

export default function Operations({ loaderData: { campaign, data, next_cursor } }: Route.ComponentProps) {
  return (
    <>
      <title>{`Operations · ${campaign.name}`}</title>
      <PageHead title="Operations" facts="Everything that was done to many at once, and who was left out." />
      <Sheet body={data.length > 0 ? 'flush' : 'padded'} label="Operations">
        {data.length === 0 ? (
          <Empty title="Nothing was done to many at once yet">Sending surveys, locking and canceling are listed here.</Empty>
        ) : (
          <Table caption="Operations, newest first">
            <thead>
              <tr>
                <Head>What</Head>
                <Head>State</Head>
                <Head number>Done</Head>
                <Head number>Left out</Head>
                <Head>By</Head>
                <Head>When</Head>
              </tr>
            </thead>
            <tbody>
              {data.map((one) => (
                <tr key={one.id} data-row>
                  <td>
                    <Link className="row-link" data-open to={paths.operation(campaign.id, one.id)}>
                      {operationTitle(one.kind)}
                    </Link>
                  </td>
                  <td>{STATES[one.state]}</td>
                  <td className="number">
                    <Count of={one.moved} />
                  </td>
                  <td className="number">
                    <Count of={one.left.reduce((sum, row) => sum + row.count, 0)} />
                  </td>
                  <td>
                    <bdi>{one.actor.name ?? 'The clock'}</bdi>
                  </td>
                  <td>
                    <Time at={one.created_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        <Pages older_to={next_cursor ? withQuery(paths.operations(campaign.id), { cursor: next_cursor }) : null} />
      </Sheet>
    </>
  )
}
