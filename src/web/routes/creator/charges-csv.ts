import { findChargeRun, streamRunOrders } from '../../../domain/payments/charge-run-queries.ts'
import { chargeReason, runOrderWord } from '../../../lib/charge-text.ts'
import { csvByteOrderMark, csvLine } from '../../../lib/csv-write.ts'
import { decimalText } from '../../../lib/money.ts'
import { csvResponse } from '../../csv-response.server.ts'
import { orRefusalPage } from '../../session.server.ts'
import type { Route } from './+types/charges-csv'
import { requireCampaign } from './session.server.ts'

const COLUMNS = ['order_number', 'name', 'amount', 'currency', 'state', 'code', 'what', 'why', 'order_id'] as const

/** Every order of a run with what became of it, as a CSV. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const run = await orRefusalPage(findChargeRun(deps.db, campaign.id, args.params.run, deps.clock.now()))
  const day = run.created_at.toISOString().slice(0, 10)
  return csvResponse(`${campaign.name} - charges ${day}.csv`, lines())

  async function* lines(): AsyncGenerator<string> {
    yield csvByteOrderMark + csvLine(COLUMNS)
    for await (const rows of streamRunOrders(deps.db, { campaign_id: campaign.id, run_id: run.id })) {
      yield rows
        .map((row) =>
          csvLine([
            row.order.number,
            row.backer.name,
            decimalText(row.amount, campaign.currency),
            campaign.currency,
            row.state,
            row.code,
            runOrderWord(row.state),
            chargeReason(row.state, row.code),
            row.order.id,
          ]),
        )
        .join('')
    }
  }
}
