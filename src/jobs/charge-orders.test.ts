import { sql } from 'kysely'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { makeCampaign } from '../../test/factories/campaign.ts'
import { makeManyLocked } from '../../test/factories/charge-many.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../../test/factories/charging.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import type { Deps } from '../deps.server.ts'
import { takeAttempts } from '../domain/payments/attempts.ts'
import { findAccountInUse } from '../domain/payments/charging.ts'
import { feedChargeRun } from '../domain/payments/feed-charge-run.ts'
import { settleAttempts } from '../domain/payments/settle-attempts.ts'
import { startCharge } from '../domain/payments/start-charge.ts'
import type { Sweeper } from '../domain/payments/sweeps.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { newId } from '../lib/id.ts'
import { chargeOrders } from './charge-orders.ts'
import { sweeperOf, sweepGateway } from './sweep-gateway.ts'

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '3000', CHARGES_PER_SECOND: '20' } })
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const planned = (length: number) => Array.from({ length }, () => ({ card: 'visa', owed: 1300 }))

/** As if this process had looked through the gateway just now. */
async function markSwept(deps: Deps): Promise<Sweeper> {
  const account = (await findAccountInUse(deps.db)) ?? ''
  await sweepGateway(deps, sweeperOf(account, deps), () => false)
  return sweeperOf(account, deps)
}

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: program.ownerUrl })
  await client.connect()
  await client.query(statement)
  await client.end()
}

async function countIn(state: 'created' | 'sent' | 'succeeded', campaign_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from payment_attempts where campaign_id = ${campaign_id}
    and state = ${state}`.execute(program.db)
  return rows[0]?.n ?? 0
}

test('a run makes its attempts as it sends them, not all at once: what waits can still be changed', async () => {
  const { deps } = program
  const { campaign } = await makeManyLocked(deps, program.simulator, planned(50))
  await startRun(deps, campaign)
  let most = 0
  let isOver = false
  const working = chargeOrders(deps, () => false).then(() => {
    isOver = true
  })
  while (!isOver) {
    most = Math.max(most, await countIn('created', campaign.id))
    await sleep(20)
  }
  await working
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(20)
})

test('a slow run keeps its pace, also with nothing in the air between two charges', async () => {
  const { deps } = program
  const { campaign, orders } = await makeManyLocked(deps, program.simulator, planned(3))
  await startRun(deps, campaign, { pace: 1 })
  await work(deps)
  const attempts = (await Promise.all(orders.map(({ id }) => attemptsOf(deps, id)))).flat()
  expect(attempts.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  const [first = 0, ...later] = attempts.map(({ sent_at }) => sent_at?.getTime() ?? 0).sort((a, b) => a - b)
  expect(Math.max(...later) - first).toBeGreaterThan(1_400)
  expect(Math.min(...later) - first).toBeGreaterThan(400)
})

test('at a faster pace more is in the air', async () => {
  const { deps, simulator } = program
  const { campaign } = await makeManyLocked(deps, simulator, planned(60))
  simulator.knobs({ latency_ms: 1_500 })
  await startRun(deps, campaign, { pace: 200 })
  const fast = { ...deps, config: { ...deps.config, chargesPerSecond: 200 } }
  let most = 0
  let isOver = false
  const working = chargeOrders(fast, () => most > 40).finally(() => {
    isOver = true
  })
  while (!isOver) {
    most = Math.max(most, await countIn('sent', campaign.id))
    await sleep(50)
  }
  await working
  simulator.knobs({ latency_ms: 0 })
  expect(most).toBeGreaterThan(40)
})

test('many refusals of one moment halve the pace once', async () => {
  const { deps, simulator } = program
  const { campaign } = await makeManyLocked(deps, simulator, planned(12))
  simulator.knobs({ next: Array.from({ length: 8 }, () => 429) })
  const run = await startRun(deps, campaign)
  await chargeOrders(deps, () => false)
  const { pace } = await deps.db.selectFrom('charge_runs').select('pace').where('id', '=', run.id).executeTakeFirstOrThrow()
  expect(pace).toBe(10)
})

test("a backer's own charge leaves at once, also while the gateway is silent about another", async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign, { card: 'funds_arrive' })
  await startRun(deps, campaign)
  await work(deps)
  await makeLocked(deps, campaign, { card: 'times_out_and_pays' })
  await startRun(deps, campaign)
  const working = chargeOrders(deps, () => false)
  await sleep(300)
  const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
  await inTransaction(deps, (tx) => startCharge(tx, backer, { campaign_id: campaign.id, order_id: order.id }))
  await sleep(1_500)
  expect((await orderNow(deps, order.id)).status).toBe('paid')
  await working
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
})

test('that nothing was taken counts only from who still holds the attempt', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
  await deps.db.updateTable('orders').set({ status: 'errored' }).where('id', '=', order.id).execute()
  await inTransaction(deps, (tx) => startCharge(tx, backer, { campaign_id: campaign.id, order_id: order.id }))
  const sweeper = await markSwept(deps)
  const take = () =>
    inTransaction(deps, async (tx) => {
      const [taken] = await takeAttempts(tx, campaign.id, { lease_id: newId(), lease_ms: 1_000, limit: 1, sweeper })
      if (!taken) throw new Error('Nothing was there to take.')
      return { attempt_id: taken.id, lease_id: taken.lease_id }
    })
  const slow = await take()
  deps.clock.advance(2_000)
  const other = await take()
  const settle = (answered: Parameters<typeof settleAttempts>[2][number]) =>
    inTransaction(deps, (tx) => settleAttempts(tx, campaign.id, [answered]))
  await settle({ ...slow, answer: { answer: 'refused', code: 'resource_missing', pauses: false } })
  await settle({ ...slow, answer: { answer: 'unknown', code: 'timeout', dead_key: false, slow_down: false } })
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'unknown', lease_id: other.lease_id }])
  await settle({ ...other, answer: { answer: 'succeeded', payment: 'pi_1', amount: 1300 } })
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  await settle({ ...slow, answer: { answer: 'succeeded', payment: 'pi_1', amount: 1300 } })
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'succeeded', payment: 'pi_1' }])
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
})

test('what the gateway keeps refusing ends a day after its first sending, once the list shows no payment', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await startRun(deps, campaign)
  simulator.knobs({ next: ['cut_before', 404, 404] })
  await work(deps)
  deps.clock.advance(60_000)
  await work(deps)
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'unknown', code: 'resource_missing', sendings: 2 }])
  deps.clock.advance(24 * 3_600_000)
  await work(deps)
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'refused', code: 'resource_missing', sendings: 3 }])
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'locked', captured: 0 })
  expect(takenFor(simulator.ledger(), order.id)).toEqual([])
})

test('an attempt that never left is not sent to another account, and ends', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  const run = await startRun(deps, campaign)
  await markSwept(deps)
  await inTransaction(deps, (tx) => feedChargeRun(tx, { campaign_id: campaign.id, run_id: run.id }, 20))
  await deps.db.updateTable('payment_attempts').set({ gateway_account: 'acct_other' }).where('order_id', '=', order.id).execute()
  await work(deps)
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'refused', code: 'other_account' }])
  expect(takenFor(program.simulator.ledger(), order.id)).toEqual([])
})

test('an answer on its way is booked all the same when the lane breaks', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await startRun(deps, campaign)
  await markSwept(deps)
  simulator.knobs({ latency_ms: 1_000, next: [404] })
  const working = chargeOrders(deps, () => false).catch((error: unknown) => error)
  await sleep(200)
  await asOwner('alter table charge_runs rename to charge_runs_away')
  await sleep(700)
  await asOwner('alter table charge_runs_away rename to charge_runs')
  expect(await working).toBeInstanceOf(Error)
  simulator.knobs({ latency_ms: 0 })
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'refused', sendings: 1 }])
})
