import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { trackingLink } from '../../lib/tracking-link.ts'
import { takeOrder } from '../orders/find-order.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { TRACKING_LENGTH, type Tracking, tidyCell, trackingProblem } from './tracking-number.ts'

/** A parcel that left, as pages and the API show it. */
export interface ShownShipment extends Tracking {
  id: string
  order: { id: string; number: number }
  state: Row<'shipments'>['state']
  /** where it can be followed: what was given, else the carrier's page; null where nobody knows one */
  tracking_link: string | null
  operation_id: string | null
  left_at: Date
  /** when its backer was last mailed a tracking number */
  mailed_at: Date | null
  /** the number that mail told; another one can be mailed again */
  mailed_number: string | null
  lines: { sku_id: string; sku: string; name: string; option: string; quantity: number }[]
}

export interface ShipmentScope {
  campaign_id: string
  order_id?: string | undefined
  operation_id?: string | undefined
  state?: Row<'shipments'>['state'] | undefined
}

const columns = sql`s.id, s.state, s.carrier, s.tracking_number, s.tracking_url, s.operation_id, s.left_at, s.mailed_at, s.mailed_number,
  jsonb_build_object('id', o.id, 'number', o.number) as "order",
  coalesce((select jsonb_agg(jsonb_build_object('sku_id', k.id, 'sku', k.code, 'name', i.name, 'option', k.option_name,
      'quantity', l.quantity) order by l.position)
    from shipment_lines l join skus k on k.campaign_id = l.campaign_id and k.id = l.sku_id
    join items i on i.campaign_id = k.campaign_id and i.id = k.item_id
    where l.campaign_id = s.campaign_id and l.shipment_id = s.id), '[]') as lines
  from shipments s join orders o on o.campaign_id = s.campaign_id and o.id = s.order_id`

/** One page of shipments, newest first; of one order, of one step, or of the campaign. The caller checks that the scope is the actor's. */
export async function listShipments(db: Db, scope: ShipmentScope, input: PageInput = {}): Promise<Page<ShownShipment>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'left', 2)
  const parts = [sql<boolean>`s.campaign_id = ${scope.campaign_id}`]
  if (scope.order_id) parts.push(sql`s.order_id = ${scope.order_id}`)
  if (scope.operation_id) parts.push(sql`s.operation_id = ${scope.operation_id}`)
  if (scope.state) parts.push(sql`s.state = ${scope.state}`)
  if (place) parts.push(sql`(s.left_at, s.id::text) < (${place[0]}::text::timestamptz, ${place[1]}::text)`)
  const { rows } = await sql<ShownShipment>`select ${columns}
    where ${sql.join(parts, sql` and `)} order by s.left_at desc, s.id::text desc limit ${size + 1}`.execute(db)
  return cutPage(rows.map(withLink), size, (row) => writeCursor('left', [row.left_at.toISOString(), row.id]))
}

/** One shipment; 404 outside the campaign. */
export async function findShipment(db: Db, campaign_id: string, id: string): Promise<ShownShipment> {
  const { rows } = await sql<ShownShipment>`select ${columns} where s.campaign_id = ${campaign_id} and s.id = ${id}`.execute(db)
  if (!rows[0]) throw notFound('shipment')
  return withLink(rows[0])
}

function withLink(row: ShownShipment): ShownShipment {
  return { ...row, tracking_link: trackingLink(row) }
}

/**
 * Corrects carrier, tracking number or page of a parcel that left; what is left out stays. Guarantees: one version and one event of the
 * order; nothing is written when nothing differs; nobody is mailed by it (a corrected number can be mailed again). Refuses a shipment that
 * was undone (`shipment_undone`), and a number that a spreadsheet has spoiled or an address that is none (422).
 */
export async function changeShipment(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; shipment_id: string } & { [K in keyof Tracking]?: Tracking[K] | undefined },
): Promise<ShownShipment> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const { campaign_id, shipment_id, ...wanted } = input
  const found = await findShipment(tx.db, campaign_id, shipment_id)
  const order = await takeOrder(tx, { campaign_id, order_id: found.order.id })
  const shipment = await findShipment(tx.db, campaign_id, shipment_id)
  if (shipment.state !== 'left')
    throw new DomainError('shipment_undone', 'This parcel was taken back, so it has no tracking number.')
  const tracking = tidyTracking({
    carrier: wanted.carrier ?? shipment.carrier,
    tracking_number: wanted.tracking_number ?? shipment.tracking_number,
    tracking_url: wanted.tracking_url ?? shipment.tracking_url,
  })
  const fields = (Object.keys(tracking) as (keyof Tracking)[]).filter((field) => tracking[field] !== shipment[field])
  if (fields.length === 0) return shipment
  await tx.db
    .updateTable('orders')
    .set({ version: order.version + 1, updated_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', order.id)
    .execute()
  await tx.db
    .updateTable('shipments')
    .set({ ...tracking, updated_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', shipment_id)
    .execute()
  await appendEvent(tx, actor, {
    campaign_id,
    kind: 'shipment_changed',
    backer_id: order.backer_id,
    order_id: order.id,
    order_version: order.version + 1,
    from_status: order.status,
    to_status: order.status,
    data: { shipment_id, fields },
  })
  return await findShipment(tx.db, campaign_id, shipment_id)
}

const PROBLEMS = {
  number_missing: ['tracking_number', 'Fill in the tracking number.'],
  number_damaged: [
    'tracking_number',
    'This is no tracking number: a spreadsheet has spoiled it. Copy it from the carrier again.',
  ],
  tracking_url_invalid: ['tracking_url', 'Give the whole address of the page, beginning with https://'],
} as const

/** Carrier, number and page as they are kept. Refuses what no parcel can have (422, with its place). */
export function tidyTracking(input: Tracking): Tracking {
  const tracking = {
    carrier: tidyCell(input.carrier).slice(0, TRACKING_LENGTH.carrier),
    tracking_number: tidyCell(input.tracking_number),
    tracking_url: tidyCell(input.tracking_url),
  }
  const problem = trackingProblem(tracking, false)
  if (!problem) return tracking
  const [field, message] = PROBLEMS[problem]
  throw invalid(message, [{ field, code: problem, message }], problem)
}
