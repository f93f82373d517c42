import { data } from 'react-router'
import { EXPORT_AUDIENCES, EXPORT_FORMS, recordExport } from '../../../domain/fulfilment/export-ready.ts'
import { csvResponse } from '../../csv-response.server.ts'
import { typedFields } from '../../form.server.ts'
import type { Route } from './+types/ready-orders-csv'
import { selectionOf } from './selection.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

/** The list for the warehouse. A POST, since it is written down who took the addresses away. */
export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const input = {
    campaign_id: desk.campaign.id,
    selection: selectionOf(args.request),
    form: EXPORT_FORMS.find((form) => form === fields.form) ?? 'orders',
    audience: EXPORT_AUDIENCES.find((audience) => audience === fields.audience) ?? 'people',
  }
  const { refusal } = await attempt(desk, (tx) => recordExport(tx, desk.actor, input))
  if (refusal) throw data({ message: refusal.message }, { status: 409 })
  const name = `${desk.campaign.name} - ready to ship - ${input.form === 'orders' ? 'by order' : 'by order and SKU'}.csv`
  return csvResponse(name, desk.deps.exportApart({ file: 'ready_orders', input }))
}
