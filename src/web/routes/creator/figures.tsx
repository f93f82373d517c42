import { findFigures } from '../../../domain/campaigns/figures.ts'
import { AnswersSheet } from '../../components/charts/answers-sheet.tsx'
import { CountriesSheet, FailuresSheet, MoneySheet } from '../../components/charts/figure-sheets.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheets } from '../../ui/sheet.tsx'
import type { Route } from './+types/figures'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, time_zone: campaign.time_zone },
    figures: await findFigures(deps.db, campaign, now),
  }
}

/** How the campaign goes, in pictures; each with its table. */
export default function FiguresPage({ loaderData }: Route.ComponentProps) {
  const { campaign, figures } = loaderData
  const { asked, answers, money, countries, failures } = figures
  return (
    <>
      <title>{`Figures · ${campaign.name}`}</title>
      <PageHead
        title="Figures"
        facts={
          <>
            Counted just now. Days are those of <bdi>{campaign.time_zone.replaceAll('_', ' ')}</bdi>; canceled orders are out of
            money and countries.
          </>
        }
      />
      <Sheets>
        <AnswersSheet campaign_id={campaign.id} asked={asked} answers={answers} />
        <Sheets columns="halves">
          <MoneySheet campaign={campaign} money={money} />
          <CountriesSheet campaign={campaign} countries={countries} />
        </Sheets>
        <FailuresSheet campaign={campaign} failures={failures} />
      </Sheets>
    </>
  )
}
