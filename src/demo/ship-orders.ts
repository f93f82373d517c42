import { loadCatalog } from '../domain/catalog/load-catalog.ts'
import { applyTracking } from '../domain/fulfilment/apply-tracking.ts'
import { requestChange } from '../domain/fulfilment/change-requests.ts'
import { saveStockOnHand } from '../domain/fulfilment/stock.ts'
import { stageTracking } from '../domain/fulfilment/tracking-files.ts'
import { sendTrackingMails } from '../domain/fulfilment/tracking-mails.ts'
import type { OrderStatus } from '../domain/orders/lifecycle.ts'
import { scheduleNotice } from '../domain/orders/notices.ts'
import { listOrders } from '../domain/orders/queries.ts'
import { transitionOrders } from '../domain/orders/transition-orders.ts'
import type { Demo } from './demo.ts'

/** What came from the factory so far: orders of these alone can leave. */
const ARRIVED: Readonly<Record<string, number>> = { 'Core Game': 140, 'Metal Coins': 60, 'Art Book': 80, 'Crew T-shirt': 12 }

/** The last part of the way: stock arrives, addresses become final, parcels leave, one comes back, one backer moves house too late. */
export async function shipOrders(demo: Demo): Promise<void> {
  const { campaign_id, staff, at } = demo
  const catalog = await loadCatalog(demo.deps.db, campaign_id)
  const arrived = catalog.items.flatMap(({ name, kind, skus }) =>
    kind === 'digital' ? [] : skus.map((sku) => ({ id: sku.id, count: ARRIVED[name] ?? 0 })),
  )
  await at(96, (tx) =>
    saveStockOnHand(tx, staff, { campaign_id, skus: Object.fromEntries(arrived.map(({ id, count }) => [id, count])) }),
  )
  const only_sku = arrived.filter(({ count }) => count > 0).map(({ id }) => id)
  await at(72, (tx) =>
    transitionOrders(tx, staff, { campaign_id, name: 'finalize_address', selection: { filter: { status: ['paid'], only_sku } } }),
  )
  await sendParcels(demo)
  const ready = await ordersIn(demo, 'ready_to_ship', 200)
  const [mover] = ready.filter(({ address }) => address !== null)
  if (mover?.address) {
    const actor = { kind: 'backer' as const, id: mover.backer.id, campaign_id }
    const address = { ...mover.address, line2: 'c/o Harbour Office', delivery_notes: 'Ring twice, please.' }
    await at(10, (tx) =>
      requestChange(tx, actor, { campaign_id, order_id: mover.id, address, address_accepted: true, note: 'I moved last week.' }),
    )
  }
  const paid = await ordersIn(demo, 'paid', 6)
  if (paid.length > 0) {
    const selection = { ids: paid.map(({ id }) => id) }
    await at(12, (tx) => scheduleNotice(tx, staff, { campaign_id, kind: 'finalize_address', selection }))
  }
}

/** A tracking file comes back from the warehouse: some rows are not fit to ship anything, as in real life. */
async function sendParcels(demo: Demo): Promise<void> {
  const { campaign_id, staff, at, partsAt } = demo
  const ready = await ordersIn(demo, 'ready_to_ship', 200)
  const leaving = ready.slice(0, Math.ceil(ready.length * 0.6))
  const rows = leaving.map(({ number }, index) => {
    const tracking = index === 3 ? '' : index === 5 ? '9.25E+11' : `00340434${String(161094007919 + index * 7919)}`
    return `${number},DHL,${tracking},`
  })
  const text = ['Order number,Carrier,Tracking number,Tracking URL', ...rows, '999999,DHL,00340434161094999999,'].join('\r\n')
  const body = (async function* () {
    yield Buffer.from(text)
  })()
  const file = await stageTracking(partsAt(50), staff, { campaign_id, file_name: 'tracking wave 1.csv', body })
  await at(50, (tx) => applyTracking(tx, staff, { campaign_id, file_id: file.id }))
  const all = { filter: { status: ['shipped' as const] } }
  await at(49, (tx) => sendTrackingMails(tx, staff, { campaign_id, selection: all, smtp: demo.deps.mailer !== null }))
  const shipped = await ordersIn(demo, 'shipped', 1)
  const back = { campaign_id, name: 'undo_ship' as const, selection: { ids: shipped.map(({ id }) => id) } }
  await at(30, (tx) => transitionOrders(tx, staff, { ...back, reason: 'The parcel came back from the loading bay.' }))
}

async function ordersIn({ deps, campaign_id }: Demo, status: OrderStatus, limit: number) {
  const { data } = await listOrders(deps.db, campaign_id, {
    filter: { status: [status] },
    sort: 'number',
    limit,
    now: deps.clock.now(),
  })
  return data
}
