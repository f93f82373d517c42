import { data } from 'react-router'
import { beginLineExport } from '../../../domain/orders/export-lines.ts'
import { csvResponse } from '../../csv-response.server.ts'
import type { Route } from './+types/counts-csv'
import { attempt, requireCampaign } from './session.server.ts'

/** The order lines as a CSV. A POST, since it is written down who took the addresses away. */
export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const { done: campaign, refusal } = await attempt(desk, (tx) => beginLineExport(tx, desk.actor, desk.campaign.id))
  if (refusal) throw data({ message: refusal.message }, { status: 409 })
  const { id, name, currency } = campaign
  return csvResponse(`${name} - order lines.csv`, desk.deps.exportApart({ file: 'order_lines', campaign: { id, currency } }))
}
