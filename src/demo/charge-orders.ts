import type { Selection } from '../domain/orders/selection.ts'
import { startChargeRun } from '../domain/payments/charge-runs.ts'
import { chargeOrders } from '../jobs/charge-orders.ts'
import type { Demo } from './demo.ts'

/** The demo's past is charged in a moment, not at a gateway's pace. */
const PACE = 500

/** One charge run of the past, from its start to its end. */
export async function chargeRun(demo: Demo, hours_ago: number, selection: Selection, retry_errored = false): Promise<void> {
  const { campaign_id, staff } = demo
  await demo.at(hours_ago, (tx) => startChargeRun(tx, staff, { campaign_id, selection, retry_errored, pace: PACE }))
  await chargeWhatWaits(demo, hours_ago)
}

/** Sends the attempts that were made, as the worker would have. */
export async function chargeWhatWaits(demo: Demo, hours_ago: number): Promise<void> {
  const parts = demo.partsAt(hours_ago)
  await chargeOrders({ ...parts, config: { ...parts.config, chargesPerSecond: PACE } }, () => false)
}
