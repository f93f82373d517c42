import type { KnobBoard } from './knobs.ts'
import { settleDue } from './resources/settle-due.ts'
import type { Store } from './store.ts'
import type { SimulatedCharge, SimulatedRefund } from './types.ts'
import { beginWork } from './work.ts'

interface Parts {
  store: Store
  knobs: Pick<KnobBoard, 'now'>
  hostedUrl: string
}

/** All charges that took money, oldest first. What is to happen by now has happened first. */
export function readLedger(parts: Parts): SimulatedCharge[] {
  settleNow(parts)
  return parts.store
    .all('charge')
    .filter((charge) => charge.is_taken)
    .map(({ id: _, is_taken: __, failure: ___, ...charge }) => charge)
}

/** All refunds, oldest first, those that failed too. What is to happen by now has happened first. */
export function readRefunds(parts: Parts): SimulatedRefund[] {
  settleNow(parts)
  return parts.store.all('refund').map(({ id, reason: _, failure_reason: __, ...refund }) => ({ refund: id, ...refund }))
}

function settleNow(parts: Parts): void {
  const work = beginWork(parts)
  settleDue(work)
  parts.store.commit(work.puts)
}
