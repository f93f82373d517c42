import type { StepAnswer } from '../../src/domain/operations/start-step.ts'
import { holdOrders, releaseOrders } from '../../src/domain/orders/hold-orders.ts'
import type { StaffTransition } from '../../src/domain/orders/lifecycle.ts'
import { type GivenNotice, scheduleNotice, withdrawNotice } from '../../src/domain/orders/notices.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { runOperation } from '../../src/jobs/run-operation.ts'
import { createLog } from '../../src/log.server.ts'
import { type Result, shown } from '../measure.ts'
import { carriedOut } from '../setup/carried-out.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import type { World } from '../setup/world.ts'

/**
 * Every other act of staff over all orders, one straight after the other as in a hurry: the statistics of the one before are stale. The
 * command and the worker's step. Comes late: it leaves the books of these orders as they need not be.
 */
export async function benchSteps(world: World): Promise<Result[]> {
  const { id: campaign_id, staff } = await world.large()
  await world.stopProgram()
  const log = createLog(undefined, 'silent')
  const results: Result[] = []
  const act = async <T extends StepAnswer>(name: string, command: (tx: Tx) => Promise<T>): Promise<T> => {
    const began = performance.now()
    const answer = await inTransaction(world.parts, command)
    if (answer.state === 'queued') await runOperation({ ...world.parts, log }, { campaign_id, operation_id: answer.operation })
    results.push(shown(`all at once: ${name}`, (performance.now() - began) / 1000, 's'))
    await carriedOut(world, answer.operation)
    return answer
  }
  const input = { campaign_id, selection: { filter: {} }, reason: 'All of them' }
  const move = (name: StaffTransition) => act(name, (tx) => transitionOrders(tx, staff, { ...input, name }))

  await resetOrders(world, campaign_id, 'open')
  await act('hold', (tx) => holdOrders(tx, staff, input))
  await act('release', (tx) => releaseOrders(tx, staff, input))
  const notice: GivenNotice = await act('notice', (tx) => scheduleNotice(tx, staff, input))
  await act('withdraw the notice', (tx) => withdrawNotice(tx, staff, { campaign_id, notice_id: notice.id }))
  await move('lock')
  await move('unlock')
  await resetOrders(world, campaign_id, 'paid')
  await move('finalize_address')
  await move('ship')
  await move('undo_ship')
  await move('reopen_address')
  return results
}
