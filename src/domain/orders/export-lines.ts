import { sql } from 'kysely'
import { csvByteOrderMark, csvLine } from '../../lib/csv-write.ts'
import { decimalText } from '../../lib/money.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import { pagesAhead } from '../shared/pages-ahead.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'

/** Orders that are read at once. */
const PAGE = 1_000
/** A reader that stops reading gives the connection back after this. */
const STALLED_AFTER = '2min'

/** The head of the file, in this order for good: programs read it. */
export const LINE_COLUMNS = [
  'order_number',
  'backer_number',
  'name',
  'email',
  'status',
  'on_hold',
  'country',
  'pledge_level',
  'sku',
  'item',
  'option',
  'quantity',
  'weight_g',
  'source',
  'source_name',
  'price',
  'currency',
  'order_id',
] as const

/**
 * Allows an export of the order lines and writes down that it was made, and by whom. The file itself is then read with `exportLines`.
 * Refuses everybody but staff of this campaign.
 */
export async function beginLineExport(tx: Tx, actor: Actor, campaign_id: string): Promise<Campaign> {
  staffOnly(actor)
  const campaign = await ownCampaign(tx.db, actor, campaign_id)
  await appendEvent(tx, actor, { campaign_id, kind: 'lines_exported' })
  return campaign
}

interface LineRow {
  order_id: string
  number: number
  position: number
  platform_number: number | null
  name: string
  email: string
  status: string
  on_hold: boolean
  country: string | null
  level_name: string | null
  code: string
  item_name: string
  option_name: string
  quantity: number
  weight_g: number | null
  source: string
  source_name: string | null
  price: number
}

/**
 * The lines of all orders that are not canceled as CSV, in pieces: a row for each line, by order number. Guarantees: one moment (one
 * repeatable-read snapshot), the same sums as `countSkus` at that moment, flat memory, no text that a spreadsheet would run. The
 * snapshot ends when the reader is done, stops, or stalls.
 */
export async function* exportLines(db: Db, campaign: Pick<Campaign, 'id' | 'currency'>): AsyncGenerator<string> {
  const snapshot = await db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute()
  try {
    await sql`select set_config('idle_in_transaction_session_timeout', ${STALLED_AFTER}, true)`.execute(snapshot)
    yield csvByteOrderMark + csvLine(LINE_COLUMNS)
    for await (const rows of pagesAhead((after) => readPage(snapshot, campaign.id, after))) {
      const lines = rows.filter((row): row is LineRow => row.position !== null)
      if (lines.length > 0) yield lines.map((row) => csvOf(row, campaign.currency)).join('')
    }
  } finally {
    await snapshot.rollback().execute()
  }
}

/** The lines of the next orders; an order without lines is a row without position, so that the pages go on after it. */
async function readPage(db: Db, campaign_id: string, after: number): Promise<(LineRow | { number: number; position: null })[]> {
  const { rows } = await sql<LineRow>`with page as materialized (
      select * from orders where campaign_id = ${campaign_id} and status <> 'canceled' and number > ${after} order by number limit ${PAGE})
    select o.id as order_id, o.number, l.position, b.platform_number, b.name, b.email, o.status,
      o.held_at is not null as on_hold, o.country, v.name as level_name, s.code, i.name as item_name, s.option_name, l.quantity,
      s.weight_g, l.source, case l.source when 'level' then v.name when 'addon' then a.name end as source_name, l.price
    from page o
    join backers b on b.campaign_id = ${campaign_id} and b.id = o.backer_id
    left join order_lines l on l.campaign_id = ${campaign_id} and l.order_id = o.id
    left join skus s on s.campaign_id = ${campaign_id} and s.id = l.sku_id
    left join items i on i.campaign_id = ${campaign_id} and i.id = s.item_id
    left join levels v on v.campaign_id = ${campaign_id} and v.id = o.level_id
    left join addons a on a.campaign_id = ${campaign_id} and a.id = l.source_id and l.source = 'addon'
    order by o.number, l.position`.execute(db)
  return rows
}

function csvOf(row: LineRow, currency: string): string {
  return csvLine([
    row.number,
    row.platform_number,
    row.name,
    row.email,
    row.status,
    row.on_hold ? 'yes' : 'no',
    row.country,
    row.level_name,
    row.code,
    row.item_name,
    row.option_name,
    row.quantity,
    row.weight_g,
    row.source,
    row.source_name,
    decimalText(row.price, currency),
    currency,
    row.order_id,
  ])
}
