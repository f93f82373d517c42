import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { runOperation } from '../../src/jobs/run-operation.ts'
import { createLog } from '../../src/log.server.ts'
import { compare, type Result } from '../measure.ts'
import { carriedOut } from '../setup/carried-out.ts'
import { apiOf } from '../setup/http.ts'
import { withPeak } from '../setup/peak.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

/** Lock all: the command and the worker's step, against one UPDATE and one INSERT of events without any condition. */
export async function benchLock(world: World): Promise<Result[]> {
  const campaign = await world.large()
  const delay = await throughTheProgram(world, campaign.id)
  await world.stopProgram()
  const log = createLog(undefined, 'silent')
  const name = 'lock' as const
  const ours = async () => {
    await resetOrders(world, campaign.id, 'open')
    const began = performance.now()
    const selection = { filter: {} }
    const { operation } = await inTransaction(world.parts, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection }),
    )
    await runOperation({ ...world.parts, log }, { campaign_id: campaign.id, operation_id: operation })
    const took = performance.now() - began
    await carriedOut(world, operation)
    return took / 1000
  }
  const limit = async () => {
    await resetOrders(world, campaign.id, 'open')
    const began = performance.now()
    await world.client.pool.query(
      `with moved as (
          update orders set status = 'locked', version = version + 1, locked_at = $2, updated_at = $2
          where campaign_id = $1 returning id, backer_id, version)
        insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, at)
        select $1, 'lock', backer_id, id, version, 'open', 'locked', 'staff', $2 from moved`,
      [campaign.id, new Date()],
    )
    return (performance.now() - began) / 1000
  }
  return [await compare({ name: 'lock', unit: 's', goal: { at_most: 1.5 }, ours, limit }), ...loopResults('lock', delay)]
}

async function throughTheProgram(world: World, campaign_id: string) {
  await resetOrders(world, campaign_id, 'open')
  const program = await world.program()
  const api = apiOf(program.url, world.key)
  const { delay } = await program.watch(() =>
    withPeak(world, async () => {
      const request = { name: 'lock', selection: { filter: {} } }
      const { operation } = await api.post<{ operation: string }>(`/campaigns/${campaign_id}/transitions`, request)
      for (let state = 'queued'; state !== 'done'; ) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        state = (await api.get<{ state: string }>(`/campaigns/${campaign_id}/operations/${operation}`)).state
        if (state === 'failed') throw new Error('The lock failed')
      }
      await carriedOut(world, operation)
    }),
  )
  return delay
}
