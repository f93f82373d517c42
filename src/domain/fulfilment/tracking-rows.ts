import { type RawBuilder, sql } from 'kysely'
import type { LeftOut, MoveResult } from '../operations/result.ts'
import { planForSets, type Tx } from '../shared/tx.ts'

export interface TrackingKey {
  campaign_id: string
  file_id: string
}

/** Why a row ships nothing, in the order in which they are told. */
export const ROW_PROBLEMS = [
  'order_missing',
  'order_unknown',
  'number_missing',
  'number_damaged',
  'tracking_url_invalid',
  'repeated_differently',
  'repeated',
  'already_shipped',
  'not_ready',
  'on_hold',
  'nothing_ships',
  'changed_meanwhile',
] as const
export type RowProblem = (typeof ROW_PROBLEMS)[number]

/** The rows `r` of a file with the orders `o` they name, where there are such. */
export function rowsWithOrders(key: TrackingKey): RawBuilder<unknown> {
  return sql`tracking_rows r
    left join orders o on o.campaign_id = ${key.campaign_id} and o.number = r.order_number
    where r.campaign_id = ${key.campaign_id} and r.file_id = ${key.file_id}`
}

/**
 * Why a row `r` would ship nothing now, or null: what the row says of itself was found when it was read, what its order says is asked now.
 * The same conditions as `ship` has, told by the row.
 */
export const rowProblem: RawBuilder<string | null> = sql`case
    when r.problem is not null then r.problem
    when o.id is null then 'order_unknown'
    when o.status = 'shipped' then 'already_shipped'
    when o.status <> 'ready_to_ship' then 'not_ready'
    when o.held_at is not null then 'on_hold'
    when not o.ships then 'nothing_ships'
  end`

/** Writes down of each row which order it names and why it ships nothing, as things stand now: before the file's orders are moved. */
export async function takeTrackingRows(tx: Tx, key: TrackingKey): Promise<void> {
  await planForSets(tx.db)
  await sql`update tracking_rows t set order_id = found.order_id, problem = found.problem
    from (select r.n, o.id as order_id, ${rowProblem} as problem from ${rowsWithOrders(key)}) found
    where t.campaign_id = ${key.campaign_id} and t.file_id = ${key.file_id} and t.n = found.n
      and (found.order_id is not null or found.problem is not null)`.execute(tx.db)
}

/**
 * After the move: every row is *shipped* or *reported*, with its problem, and the file is applied. Answers it counted by rows: moved and
 * left are all rows of the file.
 */
export async function settleTrackingRows(tx: Tx, key: TrackingKey & { operation_id: string }): Promise<MoveResult> {
  await sql`with moved as (select e.order_id from events e
      where e.campaign_id = ${key.campaign_id} and e.operation_id = ${key.operation_id} and e.kind = 'ship')
    update tracking_rows t set
      outcome = case when t.problem is null and t.order_id in (select order_id from moved) then 'shipped' else 'reported' end,
      problem = case when t.problem is null and t.order_id not in (select order_id from moved) then 'changed_meanwhile' else t.problem end
    where t.campaign_id = ${key.campaign_id} and t.file_id = ${key.file_id}`.execute(tx.db)
  await tx.db
    .updateTable('tracking_files')
    .set({ state: 'applied', operation_id: key.operation_id, applied_at: tx.now })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.file_id)
    .execute()
  const { rows } = await sql<{ code: string | null; count: number; sample_ids: string[] | null }>`select problem as code,
      count(*)::int as count, (array_agg(order_id order by n) filter (where order_id is not null))[1:5] as sample_ids
    from tracking_rows where campaign_id = ${key.campaign_id} and file_id = ${key.file_id} group by 1 order by 2 desc, 1`.execute(
    tx.db,
  )
  const left = rows.flatMap(({ code, count, sample_ids }): LeftOut[] =>
    code ? [{ code, count, sample_ids: sample_ids ?? [] }] : [],
  )
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  return { total, moved: rows.find(({ code }) => code === null)?.count ?? 0, left }
}
