import { listOrders } from '../../../domain/orders/queries.ts'
import { cardText } from '../../../lib/card-text.ts'
import { reasonTitle } from '../../../lib/charge-text.ts'
import { csvByteOrderMark, csvLine } from '../../../lib/csv-write.ts'
import { nextThing } from '../../../lib/follow-up-text.ts'
import { decimalText } from '../../../lib/money.ts'
import { dateText } from '../../../lib/time-text.ts'
import { csvResponse } from '../../csv-response.server.ts'
import type { Route } from './+types/failed-csv'
import { requireCampaign } from './session.server.ts'

const COLUMNS = [
  'order_number',
  'name',
  'email',
  'owed',
  'currency',
  'code',
  'why',
  'decline_class',
  'card',
  'failed_at',
  'next',
  'retry_at',
  'remind_at',
  'reminders',
  'remind_on',
  'order_id',
] as const

const AT_A_TIME = 200

/** Every failed payment with its reason and what follows, as a CSV. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const filter = { status: ['errored' as const] }
  return csvResponse(`${campaign.name} - failed payments ${dateText(now, campaign.time_zone)}.csv`, lines())

  async function* lines(): AsyncGenerator<string> {
    yield csvByteOrderMark + csvLine(COLUMNS)
    let cursor: string | undefined
    do {
      const page = await listOrders(deps.db, campaign.id, { now, filter, cursor, limit: AT_A_TIME })
      yield page.data.map(lineOf).join('')
      cursor = page.next_cursor ?? undefined
    } while (cursor)
  }

  function lineOf({
    number,
    backer,
    balance_due,
    payment_method,
    follow_up,
    id,
  }: Awaited<ReturnType<typeof listOrders>>['data'][number]) {
    const day = (at: Date | null | undefined) => at?.toISOString() ?? null
    return csvLine([
      number,
      backer.name,
      backer.email,
      decimalText(balance_due, campaign.currency),
      campaign.currency,
      follow_up?.code ?? null,
      follow_up ? reasonTitle('declined', follow_up.code) : null,
      follow_up?.decline_class ?? null,
      payment_method ? cardText(payment_method) : null,
      day(follow_up?.failed_at),
      follow_up ? nextThing(follow_up).kind : 'nothing',
      day(follow_up?.retry_at),
      day(follow_up?.remind_at),
      follow_up?.reminders ?? null,
      follow_up?.remind_on ?? null,
      id,
    ])
  }
}
