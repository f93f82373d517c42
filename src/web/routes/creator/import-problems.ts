import { exportImportProblems } from '../../../domain/imports/export-problems.ts'
import { csvResponse } from '../../csv-response.server.ts'
import { orRefusalPage } from '../../session.server.ts'
import type { Route } from './+types/import-problems'
import { requireCampaign } from './session.server.ts'

/** The rows that stayed out, to be corrected and imported again. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const key = { campaign_id: campaign.id, import_id: args.params.import }
  const { file_name, chunks } = await orRefusalPage(exportImportProblems(deps.db, key))
  return csvResponse(file_name, chunks)
}
