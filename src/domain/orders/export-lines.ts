import { sql } from 'kysely'
import { csvByteOrderMark, csvCells, csvLine } from '../../lib/csv-write.ts'
import { decimalText } from '../../lib/money.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import { pagesAhead } from '../shared/pages-ahead.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'

/** Orders that are read at once. */
const PAGE = 2_000
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

interface OrderRow {
  id: string
  number: number
  platform_number: number | null
  name: string
  email: string
  status: string
  on_hold: boolean
  country: string | null
  level_id: string | null
}

interface LineRow {
  order_id: string
  sku_id: string
  quantity: number
  source: string
  source_id: string | null
  price: number
}

type OrderWithLines = OrderRow & { lines: LineRow[] }

/** What stands in many lines, as it is written: the cells of each SKU, and the names of levels and add-ons by their ids. */
interface Names {
  skus: Map<string, { cells: string; weight_g: number | null }>
  sources: Map<string, string>
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
    const names = await readNames(snapshot, campaign.id)
    for await (const orders of pagesAhead((after) => readPage(snapshot, campaign.id, after))) {
      const text = orders.map((order) => csvOf(order, names, campaign.currency)).join('')
      if (text !== '') yield text
    }
  } finally {
    await snapshot.rollback().execute()
  }
}

async function readNames(db: Db, campaign_id: string): Promise<Names> {
  const skus = await sql<{
    id: string
    code: string
    name: string
    option_name: string
    weight_g: number | null
  }>`select s.id, s.code,
      i.name, s.option_name, s.weight_g
    from skus s join items i on i.campaign_id = s.campaign_id and i.id = s.item_id where s.campaign_id = ${campaign_id}`.execute(
    db,
  )
  const sources = await sql<{ id: string; name: string }>`select id, name from levels where campaign_id = ${campaign_id}
    union all select id, name from addons where campaign_id = ${campaign_id}`.execute(db)
  return {
    skus: new Map(
      skus.rows.map((sku) => [sku.id, { cells: csvCells([sku.code, sku.name, sku.option_name]), weight_g: sku.weight_g }]),
    ),
    sources: new Map(sources.rows.map(({ id, name }) => [id, csvCells([name])])),
  }
}

/** The next orders, each with its lines, which are found by their orders' ids. */
async function readPage(db: Db, campaign_id: string, after: number): Promise<OrderWithLines[]> {
  const orders =
    await sql<OrderRow>`select o.id, o.number, b.platform_number, b.name, b.email, o.status, o.held_at is not null as on_hold,
      o.country, o.level_id
    from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${campaign_id} and o.status <> 'canceled' and o.number > ${after} order by o.number limit ${PAGE}`.execute(
      db,
    )
  const ids = orders.rows.map(({ id }) => id)
  const lines = await sql<LineRow>`select order_id, sku_id, quantity, source, source_id, price from order_lines
    where campaign_id = ${campaign_id} and order_id = any(${ids}::uuid[]) order by order_id, position`.execute(db)
  const byOrder = Map.groupBy(lines.rows, ({ order_id }) => order_id)
  return orders.rows.map((order) => ({ ...order, lines: byOrder.get(order.id) ?? [] }))
}

function csvOf(order: OrderWithLines, { skus, sources }: Names, currency: string): string {
  if (order.lines.length === 0) return ''
  const { number, platform_number, name, email, status, on_hold, country, level_id } = order
  const head = csvCells([number, platform_number, name, email, status, on_hold ? 'yes' : 'no', country])
  const level = (level_id && sources.get(level_id)) || ''
  return order.lines
    .map(({ sku_id, quantity, source, source_id, price }) => {
      const sku = skus.get(sku_id)
      if (!sku) throw new Error('A line names a SKU that is none')
      const named = (source === 'level' || source === 'addon') && source_id ? sources.get(source_id) : ''
      const amount = decimalText(price, currency)
      return `${head},${level},${sku.cells},${quantity},${sku.weight_g ?? ''},${source},${named ?? ''},${amount},${currency},${order.id}\r\n`
    })
    .join('')
}
