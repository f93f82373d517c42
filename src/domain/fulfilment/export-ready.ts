import { type RawBuilder, sql } from 'kysely'
import { csvByteOrderMark, csvCells, csvRawCells } from '../../lib/csv-write.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import { pagesAhead } from '../shared/pages-ahead.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { createRowWriter, headOf, type ReadyLine, type ReadyOrder, type ReadySku, type SkuColumn } from './export-rows.ts'
import { readSets } from './read-sets.ts'
import { unshippedLines } from './shippable-lines.ts'

/** orders: a row for each order, a column for each SKU. lines: a row for each order and SKU. */
export const EXPORT_FORMS = ['orders', 'lines'] as const
export type ExportForm = (typeof EXPORT_FORMS)[number]
/** people: opens in a spreadsheet, nothing in it is run. machines: every text as it is. */
export const EXPORT_AUDIENCES = ['people', 'machines'] as const
export type ExportAudience = (typeof EXPORT_AUDIENCES)[number]

export interface ExportInput {
  campaign_id: string
  selection: Selection
  form: ExportForm
  audience: ExportAudience
}

export interface ExportCounts {
  /** orders in the file */
  orders: number
  /** pieces in the file */
  pieces: number
  /** ready to ship and left out: a hold stops shipping */
  on_hold: number
  /** ready to ship and left out: nothing of them is a parcel */
  nothing_ships: number
}

/** Orders that are read at once. */
const PAGE = 2_000
/** A reader that stops reading gives the connection back after this. */
const STALLED_AFTER = '2min'

/** Ready orders of a selection, whatever else it asks for: no other status is ever handed over. Aliases `o` and `b`. */
function readyOf(campaign_id: string, selection: Selection): RawBuilder<unknown> {
  return sql`from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${campaign_id} and o.status = 'ready_to_ship' and ${selectionCondition(selection)}`
}

const HANDED_OVER = sql<boolean>`(o.held_at is null and o.ships)`

/** Counts what an export would hold now, and what it leaves out. Changes nothing. */
export async function previewExport(
  db: Db,
  actor: Actor,
  input: Pick<ExportInput, 'campaign_id' | 'selection'>,
): Promise<ExportCounts> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  return await readSets(db, input.selection, (each) => countReady(each, input))
}

async function countReady(db: Db, input: Pick<ExportInput, 'campaign_id' | 'selection'>): Promise<ExportCounts> {
  const { campaign_id, selection } = input
  const handed = sql`(select id as order_id from ready where handed_over)`
  const { rows } = await sql<ExportCounts>`with ready as materialized (
      select o.id, ${HANDED_OVER} as handed_over, o.held_at ${readyOf(campaign_id, selection)})
    select count(*) filter (where handed_over)::int as orders, count(*) filter (where held_at is not null)::int as on_hold,
      count(*) filter (where held_at is null and not handed_over)::int as nothing_ships,
      coalesce((select sum(l.quantity) from (${unshippedLines(campaign_id, handed)}) l), 0)::int as pieces
    from ready`.execute(db)
  return rows[0] ?? { orders: 0, pieces: 0, on_hold: 0, nothing_ships: 0 }
}

/**
 * Allows an export of what is ready to ship and writes down who took what, in which form. The file itself is then read with
 * `exportReady`. Refuses everybody but staff of this campaign.
 */
export async function recordExport(tx: Tx, actor: Actor, input: ExportInput): Promise<ExportCounts> {
  staffOnly(actor)
  await ownCampaign(tx.db, actor, input.campaign_id)
  const counts = await readSets(tx.db, input.selection, (db) => countReady(db, input))
  const { form, audience } = input
  const data = { form, audience, ...counts }
  await appendEvent(tx, actor, { campaign_id: input.campaign_id, kind: 'ready_orders_exported', data })
  return counts
}

/**
 * The orders of a selection that are ready to ship, as CSV in pieces, by order number. Guarantees: one moment (one repeatable-read
 * snapshot), every order once, no order of another status or on hold, only lines that have not left, flat memory; for people no text that
 * a spreadsheet would run. The caller has `recordExport` done.
 */
export async function* exportReady(db: Db, input: ExportInput): AsyncGenerator<string> {
  const snapshot = await db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute()
  const cells = input.audience === 'people' ? csvCells : csvRawCells
  try {
    await sql`select set_config('idle_in_transaction_session_timeout', ${STALLED_AFTER}, true)`.execute(snapshot)
    const columns = input.form === 'orders' ? await readSets(snapshot, input.selection, (db) => columnsOf(db, input)) : []
    const skus = await readSkus(snapshot, input.campaign_id)
    const write = createRowWriter({ form: input.form, cells, skus, columns })
    // The pages that follow look orders up by their ids.
    await sql`select set_config('enable_nestloop', 'on', true)`.execute(snapshot)
    yield `${input.audience === 'people' ? csvByteOrderMark : ''}${cells(headOf(input.form, columns))}\r\n`
    const ranks = new Map([...skus.keys()].map((id, rank) => [id, rank]))
    for await (const orders of pagesAhead((after) => readPage(snapshot, input, after))) {
      for (const { lines } of orders) lines.sort((a, b) => (ranks.get(a.sku_id) ?? 0) - (ranks.get(b.sku_id) ?? 0))
      const text = orders.map(write).join('')
      if (text !== '') yield text
    }
  } finally {
    await snapshot.rollback().execute()
  }
}

/** All SKUs, in the order of the catalogue. */
async function readSkus(db: Db, campaign_id: string): Promise<Map<string, ReadySku>> {
  const { rows } = await sql<
    ReadySku & { id: string }
  >`select s.id, s.code as sku, i.name as item, s.option_name as option, s.weight_g
    from skus s join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    where s.campaign_id = ${campaign_id} order by i.position, i.name, s.position, s.code`.execute(db)
  return new Map(rows.map(({ id, ...sku }) => [id, sku]))
}

/** The SKUs that stand in any of the orders, in the order of the catalogue: the columns. */
async function columnsOf(db: Db, { campaign_id, selection }: ExportInput): Promise<SkuColumn[]> {
  const handed = sql`(select o.id as order_id ${readyOf(campaign_id, selection)} and ${HANDED_OVER})`
  const { rows } = await sql<SkuColumn>`select s.id, s.code from skus s
    join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    where s.campaign_id = ${campaign_id} and s.id in (select l.sku_id from (${unshippedLines(campaign_id, handed)}) l)
    order by i.position, i.name, s.position, s.code`.execute(db)
  return rows
}

/** The next orders, each with its pieces by SKU. In two steps: the lines of known orders are found by their index, whatever was just written. */
async function readPage(db: Db, { campaign_id, selection }: ExportInput, after: number): Promise<ReadyOrder[]> {
  const orders = await sql<Omit<ReadyOrder, 'lines'> & { id: string }>`select o.id, o.number, o.address, o.phone, b.name, b.email
    ${readyOf(campaign_id, selection)} and ${HANDED_OVER} and o.number > ${after} order by o.number limit ${PAGE}`.execute(db)
  const ids = orders.rows.map(({ id }) => id)
  const wanted = sql`(select unnest(${ids}::uuid[]) as order_id)`
  const { rows } = await sql<ReadyLine & { order_id: string }>`select order_id, sku_id, sum(quantity)::int as quantity
    from (${unshippedLines(campaign_id, wanted)}) u group by 1, 2`.execute(db)
  const lines = Map.groupBy(rows, ({ order_id }) => order_id)
  return orders.rows.map(({ id, ...order }) => ({ ...order, lines: lines.get(id) ?? [] }))
}
