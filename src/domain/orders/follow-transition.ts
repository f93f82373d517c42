import { sql } from 'kysely'
import { mailInvalidAddresses } from '../fulfilment/address-mails.ts'
import { closeRequestsOfOperation } from '../fulfilment/close-requests.ts'
import { type ParcelFacts, recordShipments, undoShipments } from '../fulfilment/ship-orders.ts'
import { queueMessagesOfOperation } from '../messages/queue-message.ts'
import { refundCanceled } from '../refunds/start-refund.ts'
import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import type { StaffTransition } from './lifecycle.ts'
import type { Selection, TrackedOrders } from './selection.ts'

interface OfOperation {
  campaign_id: string
  operation_id: string
}

export interface Followed extends OfOperation {
  name: StaffTransition
  selection: Selection | TrackedOrders
  parcels: ParcelFacts
}

/** What belongs to a transition beside the orders it moved, in its transaction: drafts overtaken, stock given back, parcels, mails. */
export async function followTransition(tx: Tx, actor: Actor, { name, selection, parcels, ...ids }: Followed): Promise<void> {
  switch (name) {
    case 'lock':
      return await overtakeDrafts(tx, ids)
    case 'cancel':
      await afterCancel(tx, ids)
      await refundCanceled(tx, actor, ids)
      return await closeRequestsOfOperation(tx, { ...ids, event_kind: 'cancel', code: 'order_canceled' })
    case 'finalize_address':
      if (!('tracking_file' in selection)) await mailInvalidAddresses(tx, actor, { ...ids, selection })
      return
    case 'ship':
      await recordShipments(tx, ids, parcels)
      return await closeRequestsOfOperation(tx, { ...ids, event_kind: 'ship', code: 'already_shipped' })
    case 'undo_ship':
      return await undoShipments(tx, ids)
    default:
      return
  }
}

/** An edit that was not confirmed before the lock is kept and shown as not taken over. */
async function overtakeDrafts(tx: Tx, ids: OfOperation): Promise<void> {
  await sql`update drafts d set state = 'overtaken'
    from events e
    where d.campaign_id = ${ids.campaign_id} and d.state = 'active'
      and e.campaign_id = ${ids.campaign_id} and e.operation_id = ${ids.operation_id} and e.kind = 'lock' and e.backer_id = d.backer_id`.execute(
    tx.db,
  )
}

/** A canceled order gives back the stock it held, and its backer is told. */
async function afterCancel(tx: Tx, ids: OfOperation): Promise<void> {
  const canceled = sql`select e.order_id from events e
    where e.campaign_id = ${ids.campaign_id} and e.operation_id = ${ids.operation_id} and e.kind = 'cancel'`
  await sql`update addons a set held = a.held - given.quantity
    from (select oa.addon_id, sum(oa.stock_held)::int as quantity from order_addons oa
      where oa.campaign_id = ${ids.campaign_id} and oa.order_id in (${canceled}) and oa.stock_held > 0
      group by oa.addon_id) given
    where a.campaign_id = ${ids.campaign_id} and a.id = given.addon_id`.execute(tx.db)
  await sql`update order_addons oa set stock_held = 0
    where oa.campaign_id = ${ids.campaign_id} and oa.order_id in (${canceled}) and oa.stock_held > 0`.execute(tx.db)
  await queueMessagesOfOperation(tx, { ...ids, event_kind: 'cancel', kind: 'cancellation' })
}
