import { redirect } from 'react-router'
import { previewChargeRun, writeChargePreview } from '../../../domain/payments/charge-run-preview.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { SignOff } from '../../components/charge-sign-off.tsx'
import { paths } from '../../paths.ts'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/charges-new'
import { queryOfSelection, selectionOf } from './selection.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

/**
 * What would be charged is counted and written down, and shown at an address of its own, where it is started. Nothing of an order changes by
 * that. Where nothing can be started, this page says why.
 */
export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const { deps, actor, campaign, now } = desk
  const search = new URL(args.request.url).searchParams
  const input = {
    campaign_id: campaign.id,
    selection: selectionOf(args.request),
    retry_errored: search.get('retry') === '1',
    pace: deps.config.chargesPerSecond,
  }
  const from = search.get('from')
  const { done } = await attempt(desk, (tx) => writeChargePreview(tx, actor, input), setLimits)
  if (done) throw redirect(paths.charge(campaign.id, done.run_id, { from }), { status: 303 })
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, mode: campaign.mode },
    counted: await previewChargeRun(deps.db, actor, input, now),
    retry: input.retry_errored,
    query: queryOfSelection(args.request),
    from,
    back: readWayBack(campaign.id, from),
    is_set_up: await isChargingSetUp(deps.db, campaign),
  }
}

export default function NewCharge({ loaderData }: Route.ComponentProps) {
  return <SignOff {...loaderData} signed={null} />
}
