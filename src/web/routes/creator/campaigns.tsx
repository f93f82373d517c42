import { Plus } from 'lucide-react'
import { Form, Link } from 'react-router'
import { listCampaigns } from '../../../domain/campaigns/queries.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Count } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/campaigns'
import { requireDesk } from './session.server.ts'

export const meta = () => [{ title: 'Campaigns · Afterfund' }]

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor } = await requireDesk(args)
  const campaigns = await listCampaigns(deps.db, actor)
  return {
    campaigns: campaigns.map(({ id, name, mode, currency, backers, orders, lockdown_on }) => ({
      id,
      name,
      mode,
      currency,
      backers,
      orders,
      lockdown_on,
    })),
  }
}

export default function Campaigns({ loaderData: { campaigns } }: Route.ComponentProps) {
  const create = (
    <ButtonLink to={paths.new_campaign()} variant="primary" icon={Plus}>
      New campaign…
    </ButtonLink>
  )
  if (campaigns.length === 0) {
    return (
      <>
        <PageHead title="Welcome to Afterfund" facts="From the report of your crowdfunding campaign to the last parcel." />
        <Sheet label="Campaigns">
          <Empty
            title="Begin with a sample, or with your own campaign"
            action={
              <>
                <SampleButton />
                {create}
              </>
            }
          >
            The sample is a test campaign with 40 invented backers: their report is ready to be imported, and no money moves. Your
            own campaign starts with the backer report that the platform gives you. In both, the overview says the next step.
          </Empty>
        </Sheet>
      </>
    )
  }
  return (
    <>
      <PageHead title="Campaigns" actions={create} />
      <Sheet body="flush" label="Campaigns">
        <Table caption="Campaigns">
          <thead>
            <tr>
              <Head>Campaign</Head>
              <Head>Kind</Head>
              <Head>Currency</Head>
              <Head number>Backers</Head>
              <Head number>Orders</Head>
              <Head>Lockdown date</Head>
            </tr>
          </thead>
          <tbody>
            {campaigns.map((campaign) => (
              <tr key={campaign.id} data-row>
                <td className="wraps">
                  <Link className="row-link" data-open to={paths.overview(campaign.id)}>
                    <bdi>{campaign.name}</bdi>
                  </Link>
                </td>
                <td>{campaign.mode === 'test' ? 'Test' : 'Live'}</td>
                <td>{campaign.currency}</td>
                <td className="number">
                  <Count of={campaign.backers} />
                </td>
                <td className="number">
                  <Count of={campaign.orders} />
                </td>
                <td>{campaign.lockdown_on ? <Time at={campaign.lockdown_on} as="day" /> : 'None'}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Sheet>
    </>
  )
}

/** One press to a campaign that a newcomer can play through. */
function SampleButton() {
  return (
    <Form method="post" action={paths.new_campaign()}>
      <Button type="submit" name="intent" value="sample">
        Try it with a sample campaign
      </Button>
    </Form>
  )
}
