import { Form } from 'react-router'
import { countSkus } from '../../../domain/orders/counts.ts'
import { COUNTED_STATUSES, STATUS } from '../../../domain/orders/lifecycle.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Count } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Table } from '../../ui/table.tsx'
import type { Route } from './+types/counts'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  return { campaign: { id: campaign.id, name: campaign.name }, rows: await countSkus(deps.db, campaign.id) }
}

export default function Counts({ loaderData: { campaign, rows } }: Route.ComponentProps) {
  const number = (count: number) => (
    <td className="number">
      <Count of={count} />
    </td>
  )
  return (
    <>
      <title>{`Counts · ${campaign.name}`}</title>
      <PageHead
        title="Counts"
        crumbs={{ label: 'Orders', to: paths.orders(campaign.id) }}
        facts="How many of each SKU are needed. In orders it is always the sum of the order lines in the CSV; canceled orders are in neither."
        actions={
          <Form method="post" action={paths.counts_csv(campaign.id)} reloadDocument>
            <Button type="submit" variant="primary">
              Download the order lines
            </Button>
          </Form>
        }
      />
      <Sheet body={rows.length > 0 ? 'flush' : 'padded'} label="Counts">
        {rows.length === 0 ? (
          <Empty
            title="Items appear here with the catalogue"
            action={<ButtonLink to={paths.catalog(campaign.id)}>Go to the catalogue</ButtonLink>}
          >
            Import the report of your platform, or add items by hand.
          </Empty>
        ) : (
          <Table caption="Pieces of each SKU, by status of the order">
            <thead>
              <tr>
                <Head>SKU</Head>
                <Head>Item</Head>
                {COUNTED_STATUSES.map((status) => (
                  <Head key={status} number>
                    {STATUS[status].label}
                  </Head>
                ))}
                <Head number>In orders</Head>
                <Head number>Not answered</Head>
                <Head number>Waiting</Head>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.item_id} ${row.sku_id}`}>
                  <td>
                    <bdi>{row.code ?? 'not chosen yet'}</bdi>
                  </td>
                  <td className="wraps">
                    <bdi>{row.item_name}</bdi>
                    {row.option_name !== '' && (
                      <small className="row-small">
                        <bdi>{row.option_name}</bdi>
                      </small>
                    )}
                  </td>
                  {COUNTED_STATUSES.map((status) => (
                    <td key={status} className="number">
                      <Count of={row.by_status[status]} />
                    </td>
                  ))}
                  <td className="number">
                    <b>
                      <Count of={row.ordered} />
                    </b>
                  </td>
                  {number(row.not_answered)}
                  {number(row.waiting)}
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Sheet>
      <p className="meta">
        Not answered: what pledges hold whose survey is not confirmed yet. Waiting: pledges whose money the platform has not
        collected.
      </p>
    </>
  )
}
