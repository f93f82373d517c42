import { describe, expect, test } from 'vitest'
import { storeEvent } from '../../src/domain/gateway-events/store-event.ts'
import { startCharge } from '../../src/domain/payments/start-charge.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeCampaign } from '../factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../factories/charging.ts'
import { useTestProgram } from '../setup/deps.ts'
import { clientOf } from '../setup/simulator-client.ts'

/* Many things at one order at once, and a gateway that is away. */

const HOUR_MS = 3_600_000

describe('a backer presses pay 20 times while an automatic try is due and the gateway tells of the first decline', () => {
  const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })

  test('the money is taken once', async () => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const order = await makeLocked(deps, campaign, { card: 'funds_arrive' })
    await startRun(deps, campaign)
    await work(deps)
    const follow = deps.db.selectFrom('payment_follow_ups').select('retry_at').where('order_id', '=', order.id)
    const { retry_at } = await follow.executeTakeFirstOrThrow()
    deps.clock.advance((retry_at?.getTime() ?? 0) - deps.clock.now().getTime() + 1_000)
    const { data } = await clientOf(simulator).events.list({ limit: 100 })
    const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
    const key = { campaign_id: campaign.id, order_id: order.id }
    const tell = data.map(({ id, type, data: about }) => {
      const object = about.object as { id: string; object: string }
      return storeEvent(deps.db, { id, type, object: { kind: object.object, id: object.id } }, deps.clock.now())
    })
    await Promise.allSettled([
      work(deps),
      ...tell,
      ...Array.from({ length: 20 }, () => inTransaction(deps, (tx) => startCharge(tx, backer, key))),
    ])
    deps.clock.advance(60_000)
    await work(deps)
    expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
    expect((await attemptsOf(deps, order.id)).map(({ state }) => state)).toEqual(['declined', 'succeeded'])
    expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 1300, balance_due: 0 })
    expect(await verifyBooks(deps.db, deps.clock.now())).toEqual([])
  })
})

describe('the gateway is away for ten minutes in the middle of a run', () => {
  const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })

  test('nothing is called failed, and afterwards each is paid once', async () => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const orders = [await makeLocked(deps, campaign), await makeLocked(deps, campaign), await makeLocked(deps, campaign)]
    const run = await startRun(deps, campaign)
    simulator.knobs({ next: ['cut_after', 'answer', 'cut_before'] })
    await work(deps)
    simulator.knobs({ is_down: true, next: [] })
    for (let minute = 0; minute < 10; minute += 1) {
      deps.clock.advance(60_000)
      await work(deps)
    }
    const states = (await Promise.all(orders.map(({ id }) => attemptsOf(deps, id)))).flat().map(({ state }) => state)
    expect(states.sort()).toEqual(['succeeded', 'unknown', 'unknown'])
    simulator.knobs({ is_down: false })
    deps.clock.advance(120_000)
    await work(deps)
    for (const { id } of orders) {
      expect(takenFor(simulator.ledger(), id)).toEqual([1300])
      expect(await orderNow(deps, id)).toMatchObject({ status: 'paid', captured: 1300 })
    }
    const { state } = await deps.db.selectFrom('charge_runs').select('state').where('id', '=', run.id).executeTakeFirstOrThrow()
    expect(['done', 'paused']).toContain(state)
    deps.clock.advance(HOUR_MS)
    expect(await verifyBooks(deps.db, deps.clock.now())).toEqual([])
  })
})
