import type { Row } from '../../db/types.ts'
import type { Db } from '../shared/tx.ts'
import type { Message } from './outbox.ts'

/** What a mail is about beside its order: the rows whose ids its cause left with it. Null where it left none. */
export interface MailCauses {
  /** the notice that announces something */
  notice: Row<'notices'> | null
  /** the charge that succeeded or failed */
  attempt: Row<'payment_attempts'> | null
  /** what follows the failed charge, as it stands now */
  follow_up: Row<'payment_follow_ups'> | null
  /** the change that was asked for */
  request: Row<'change_requests'> | null
  /** the parcel */
  shipment: ShipmentFacts | null
}

export interface ShipmentFacts extends Pick<Row<'shipments'>, 'state' | 'carrier' | 'tracking_number' | 'tracking_url'> {
  lines: { name: string; option: string; quantity: number }[]
}

/** Reads what the data of a message names. An id that names nothing in this campaign reads as null. */
export async function loadMailCauses(db: Db, { campaign_id, data }: Message): Promise<MailCauses> {
  const id = (name: string) => (typeof data[name] === 'string' ? data[name] : null)
  const row = async <T extends 'notices' | 'payment_attempts' | 'change_requests'>(table: T, name: string) => {
    const wanted = id(name)
    if (!wanted) return null
    const found = await db
      .selectFrom(table as 'notices')
      .selectAll()
      .where('campaign_id', '=', campaign_id)
      .where('id', '=', wanted)
      .executeTakeFirst()
    return (found ?? null) as Row<T> | null
  }
  const shipment_id = id('shipment_id')
  const order_id = id('order_id')
  return {
    notice: await row('notices', 'notice_id'),
    attempt: await row('payment_attempts', 'attempt_id'),
    follow_up: order_id ? await loadFollowUp(db, { campaign_id, order_id }) : null,
    request: await row('change_requests', 'request_id'),
    shipment: shipment_id ? await loadShipment(db, { campaign_id, shipment_id }) : null,
  }
}

async function loadFollowUp(db: Db, key: { campaign_id: string; order_id: string }): Promise<MailCauses['follow_up']> {
  const found = await db
    .selectFrom('payment_follow_ups')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .executeTakeFirst()
  return found ?? null
}

async function loadShipment(db: Db, key: { campaign_id: string; shipment_id: string }): Promise<ShipmentFacts | null> {
  const shipment = await db
    .selectFrom('shipments')
    .select(['state', 'carrier', 'tracking_number', 'tracking_url'])
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.shipment_id)
    .executeTakeFirst()
  if (!shipment) return null
  const lines = await db
    .selectFrom('shipment_lines as l')
    .innerJoin('skus as s', (join) => join.onRef('s.campaign_id', '=', 'l.campaign_id').onRef('s.id', '=', 'l.sku_id'))
    .innerJoin('items as i', (join) => join.onRef('i.campaign_id', '=', 's.campaign_id').onRef('i.id', '=', 's.item_id'))
    .select(['i.name', 's.option_name as option', 'l.quantity'])
    .where('l.campaign_id', '=', key.campaign_id)
    .where('l.shipment_id', '=', key.shipment_id)
    .orderBy('l.position')
    .execute()
  return { ...shipment, lines }
}
