import { type RawBuilder, sql } from 'kysely'
import type { MessageKind } from '../messages/kinds.ts'
import type { Tx } from '../shared/tx.ts'

export interface ShipmentMails {
  kind: Extract<MessageKind, 'tracking' | 'tracking_corrected'>
  /** which shipments, over `s` shipments and `b` backers */
  where: RawBuilder<boolean>
}

/**
 * One mail for each shipment, in one statement. Occasion: the shipment and its number, so that the same number is mailed once and a
 * corrected one again. Answers how many were queued.
 */
export async function queueMessagesOfShipments(tx: Tx, campaign_id: string, { kind, where }: ShipmentMails): Promise<number> {
  const result = await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select s.campaign_id, gen_random_uuid(), ${kind}, o.backer_id, s.id || ':' || s.tracking_number,
      jsonb_build_object('shipment_id', s.id, 'order_id', s.order_id), 'queued', ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from shipments s
    join orders o on o.campaign_id = s.campaign_id and o.id = s.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where s.campaign_id = ${campaign_id} and ${where}
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  const queued = Number(result.numAffectedRows ?? 0)
  if (queued > 0) await tx.enqueue({ job: 'deliver_messages' })
  return queued
}
