import { requestChange } from '../../src/domain/fulfilment/change-requests.ts'
import { holdOrders } from '../../src/domain/orders/hold-orders.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { normaliseAddress } from '../../src/domain/shipping/address.ts'
import type { MadeOrder, ShippingDesk } from '../factories/shipping-desk.ts'
import { captainAnswers } from '../factories/survey-campaign.ts'

/** Orders from paid to shipped, with the names and the troubles that a desk meets. */
export interface DeskOrders {
  /** two that pass, one whose address does not, one that holds a playmat too */
  paid: { plain: MadeOrder[]; invalid: MadeOrder; playmat: MadeOrder }
  ready: { plain: MadeOrder; held: MadeOrder; asking: MadeOrder }
  shipped: MadeOrder
}

export async function makeDeskOrders(parts: TxParts, desk: ShippingDesk): Promise<DeskOrders> {
  const { address } = captainAnswers(desk.campaign)
  const named = (name: string) => ({ backer: { name }, data: { address: normaliseAddress({ ...address, name }) } })
  const paid = {
    plain: [await desk.make('paid', named('محمد عبد الرحمن الشريف')), await desk.make('paid')],
    invalid: await desk.make('paid', { data: { address: normaliseAddress({ ...address, postcode: '1011' }) } }),
    playmat: await desk.make('paid', { data: desk.withPlaymat }),
  }
  const ready = {
    plain: await desk.make('ready_to_ship', named('Anneliese Freifrau von Hohenstein-Wittgenberg zu Rauch auf Langenfeld')),
    held: await desk.make('ready_to_ship'),
    asking: await desk.make('ready_to_ship'),
  }
  const shipped = await desk.make('shipped')
  const hold = { campaign_id: desk.campaign.id, selection: { ids: [ready.held.id] }, reason: 'Asked to wait' }
  await inTransaction(parts, (tx) => holdOrders(tx, desk.campaign.staff, hold))
  await askForAddress(parts, desk, ready.asking, 'Neue Straße 12')
  return { paid, ready, shipped }
}

/** Its backer asks for another street. */
export async function askForAddress(parts: TxParts, desk: ShippingDesk, order: MadeOrder, line1: string): Promise<void> {
  const { address } = captainAnswers(desk.campaign)
  const campaign_id = desk.campaign.id
  await inTransaction(parts, (tx) =>
    requestChange(
      tx,
      { kind: 'backer', id: order.backer.id, campaign_id },
      { campaign_id, order_id: order.id, address: normaliseAddress({ ...address, line1 }), note: 'We move on the first.' },
    ),
  )
}
