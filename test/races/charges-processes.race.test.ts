import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Client, connect } from '../../src/db/client.server.ts'
import { pauseChargeRun, resumeChargeRun, startChargeRun, stopChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { countCharges } from '../setup/count-charges.ts'
import { useTestDatabase } from '../setup/database.ts'
import { chance } from '../setup/random.ts'
import { type SimulatorProcess, startSimulatorProcess } from '../setup/simulator-process.ts'
import {
  type BegunRun,
  becomes,
  beginRun,
  chargesOf,
  expectBooks,
  isRunOver,
  noneWrong,
  partsOf,
  planOrders,
  startWorker,
  type Worker,
} from './charge-torture.ts'

/*
 * Two workers, each a process of its own, at one charge run. Their gateway forgets what the gateway would protect us with: each sending has a
 * new key, and nobody lists payments. What is left is that an attempt has one owner (promises.md rule 2).
 */

const database = useTestDatabase()
const workers: Worker[] = []
let simulator: SimulatorProcess
let client: Client

beforeAll(async () => {
  simulator = await startSimulatorProcess()
  await simulator.knobs({ latency_ms: 100 })
  client = connect(database.url, { max: 8 })
})
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill('SIGTERM')
})
afterAll(async () => {
  await client.end()
  await simulator.stop()
})

async function startTwo(args: string[]): Promise<void> {
  workers.push(...(await Promise.all([startWorker(database.url, simulator, args), startWorker(database.url, simulator, args)])))
}

const chargesSoFar = async ({ orders }: BegunRun) => chargesOf(orders, await simulator.ledger())
const count = async (run: BegunRun) => await countCharges(client.db, run.orders, await chargesSoFar(run))

async function openAttempts({ campaign_id }: BegunRun): Promise<number> {
  const rows = await client.db
    .selectFrom('payment_attempts')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .where('state', 'in', ['created', 'sent', 'unknown'])
    .execute()
  return rows.length
}

async function countLocked({ campaign_id }: BegunRun): Promise<number> {
  const orders = client.db.selectFrom('orders').select('id').where('campaign_id', '=', campaign_id).where('status', '=', 'locked')
  return (await orders.execute()).length
}

test('two processes at one run charge each order once, even at a gateway that would charge twice', async () => {
  const run = await beginRun(client, simulator, planOrders(chance(), { none: 3, visa: 90, later_lost_card: 5 }), { pace: 200 })
  await startTwo(['--new_keys'])
  await becomes(() => isRunOver(client, run.run_id), 60_000)
  expect(await count(run)).toEqual(noneWrong)
  await expectBooks(client, run)
})

test('control: without leases two processes charge people twice', async () => {
  const run = await beginRun(client, simulator, planOrders(chance(), { visa: 30 }), { pace: 200 })
  await startTwo(['--new_keys', '--no_lease'])
  await becomes(async () => (await count(run)).twice > 0, 30_000)
  expect((await count(run)).twice).toBeGreaterThan(0)
})

test('paused, resumed, stopped and started anew at random, with two processes at it: nothing leaves while it is paused', async () => {
  const random = chance()
  const story = `seed ${random.seed}`
  const cards = { none: 4, visa: 80, mastercard: 20, times_out_and_pays: 3, later_insufficient_funds: 5 }
  const pace = 12
  const run = await beginRun(client, simulator, planOrders(random, cards), { pace })
  const parts = partsOf(client)
  const { campaign_id, staff } = run
  let { run_id } = run
  const act = (command: typeof pauseChargeRun) => inTransaction(parts, (tx) => command(tx, staff, { campaign_id, run_id }))
  const isOver = () => isRunOver(client, run_id)
  await startTwo([])
  for (let turn = 0; turn < 8 && !(await isOver()); turn += 1) {
    await sleep(random.between(50, 700))
    // It may be done by the time the pause arrives; any other refusal is a fault.
    const paused = await act(pauseChargeRun).catch(async (error) => {
      if (!(await isOver())) throw error
      return null
    })
    if (!paused) break
    await becomes(async () => (await openAttempts(run)) === 0, 30_000)
    const before = (await chargesSoFar(run)).length
    await sleep(random.between(0, 500))
    expect((await chargesSoFar(run)).length, story).toBe(before)
    if (turn % 3 < 2 || (await countLocked(run)) === 0) await act(resumeChargeRun)
    else {
      await act(stopChargeRun)
      const input = { campaign_id, selection: { filter: {} }, retry_errored: false, pace }
      run_id = (await inTransaction(parts, (tx) => startChargeRun(tx, staff, input))).id
    }
  }
  await becomes(isOver, 60_000)
  expect(await count(run), story).toEqual(noneWrong)
  await expectBooks(client, run, story)
})
