import { exportTrackingProblems } from '../../../domain/fulfilment/tracking-queries.ts'
import { csvResponse } from '../../csv-response.server.ts'
import { orRefusalPage } from '../../session.server.ts'
import type { Route } from './+types/tracking-problems'
import { requireCampaign } from './session.server.ts'

/** The rows of a tracking file that ship nothing, to be mended and uploaded again. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const key = { campaign_id: campaign.id, file_id: args.params.file }
  const { file_name, chunks } = await orRefusalPage(exportTrackingProblems(deps.db, key))
  return csvResponse(file_name, chunks)
}
