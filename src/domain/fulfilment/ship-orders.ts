import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../shared/tx.ts'
import { queueMessagesOfShipments } from './shipment-mails.ts'
import { unshippedLines } from './shippable-lines.ts'
import type { Tracking } from './tracking-number.ts'

export interface OfOperation {
  campaign_id: string
  operation_id: string
}

/** What is known of the parcels of a step: nothing, the same for all (one order), or what each order's row of a tracking file says. */
export type ParcelFacts = { tracking?: Tracking | undefined; tracking_file?: string | undefined }

/** The orders that an operation moved by one transition. */
function movedBy({ campaign_id, operation_id }: OfOperation, kind: 'ship' | 'undo_ship'): RawBuilder<unknown> {
  return sql`(select e.order_id from events e
    where e.campaign_id = ${campaign_id} and e.operation_id = ${operation_id} and e.kind = ${kind})`
}

/**
 * What `ship` leaves behind, in its transaction: one shipment for each order it moved, with every line that had not left yet. An order
 * without such lines (all of it digital) gets none. Answers how many shipments were made.
 */
export async function recordShipments(tx: Tx, ids: OfOperation, facts: ParcelFacts = {}): Promise<number> {
  const { carrier = '', tracking_number = '', tracking_url = '' } = facts.tracking ?? {}
  const parcels = facts.tracking_file
    ? sql`select f.order_id, r.carrier, r.tracking_number, r.tracking_url from (select distinct order_id from leaving) f
        join tracking_rows r on r.campaign_id = ${ids.campaign_id} and r.file_id = ${facts.tracking_file}
          and r.order_id = f.order_id and r.problem is null`
    : sql`select distinct order_id, ${carrier}::text as carrier, ${tracking_number}::text as tracking_number,
        ${tracking_url}::text as tracking_url from leaving`
  const { rows } = await sql<{
    made: number
  }>`with leaving as materialized (${unshippedLines(ids.campaign_id, movedBy(ids, 'ship'))}),
    made as (
      insert into shipments (campaign_id, id, order_id, state, carrier, tracking_number, tracking_url, operation_id, left_at,
        created_at, updated_at)
      select ${ids.campaign_id}::uuid, gen_random_uuid(), p.order_id, 'left', p.carrier, p.tracking_number, p.tracking_url,
        ${ids.operation_id}::uuid, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from (${parcels}) p returning id, order_id
    ), filled as (
      insert into shipment_lines (campaign_id, shipment_id, order_id, position, sku_id, quantity)
      select ${ids.campaign_id}::uuid, m.id, l.order_id, l.position, l.sku_id, l.quantity
      from made m join leaving l on l.order_id = m.order_id
    ) select count(*)::int as made from made`.execute(tx.db)
  return rows[0]?.made ?? 0
}

/**
 * What `undo_ship` leaves behind: the shipments of the orders it moved are *undone* and stay as rows. A backer who was mailed the tracking
 * number is told that it was taken back.
 */
export async function undoShipments(tx: Tx, ids: OfOperation): Promise<void> {
  const moved = movedBy(ids, 'undo_ship')
  await sql`update shipments s set state = 'undone', updated_at = ${tx.now} from ${moved} moved
    where s.campaign_id = ${ids.campaign_id} and s.order_id = moved.order_id and s.state = 'left'`.execute(tx.db)
  await queueMessagesOfShipments(tx, ids.campaign_id, {
    kind: 'tracking_corrected',
    where: sql`s.state = 'undone' and s.updated_at = ${tx.now} and s.mailed_at is not null and s.order_id in ${moved}`,
  })
}
