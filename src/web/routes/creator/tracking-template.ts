import { trackingTemplate } from '../../../domain/fulfilment/tracking-queries.ts'
import { csvResponse } from '../../csv-response.server.ts'
import type { Route } from './+types/tracking-template'
import { requireCampaign } from './session.server.ts'

/** An empty tracking file: its columns, to be filled in. */
export async function loader(args: Route.LoaderArgs) {
  const { campaign } = await requireCampaign(args)
  async function* chunks() {
    yield trackingTemplate()
  }
  return csvResponse(`${campaign.name} - tracking.csv`, chunks())
}
