import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClock } from '../../src/clock.server.ts'
import { readConfig } from '../../src/config.server.ts'
import { writeBackup } from '../../src/db/backup.ts'
import { type Client, connect } from '../../src/db/client.server.ts'
import { appRole } from '../../src/db/embedded.server.ts'
import { restoreBackup } from '../../src/db/restore.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { chargeOrders } from '../../src/jobs/charge-orders.ts'
import { newId } from '../../src/lib/id.ts'
import { createLog } from '../../src/log.server.ts'
import { type LockedOrder, openGateway } from '../factories/charge-many.ts'
import { beginRun, chargesOf, partsOf, planOrders, startWorker } from '../races/charge-torture.ts'
import { withNothingCanceled, withNothingListed, withSilenceAsNo, withSilenceAsYes } from '../races/wrong-gateways.ts'
import { countCharges } from '../setup/count-charges.ts'
import { cloneDatabase, type TestDatabase, useTestDatabase } from '../setup/database.ts'
import { testFolder } from '../setup/folder.ts'
import { chance } from '../setup/random.ts'
import { type SimulatorProcess, startSimulatorProcess } from '../setup/simulator-process.ts'
import { bringBanksQuestion, entersNewCard, type People, sayYes } from './people.ts'

/*
 * What the torture counts is not always zero: the same faults, met by a gateway or a worker with one thing made wrong, charge people twice
 * or lose their money. Each wrong one stands beside the right one.
 */

const database = useTestDatabase()
const timeout_ms = 1_500
const nothing = { twice: 0, lost: 0, phantom: 0, stuck: 0 }
let simulator: SimulatorProcess
beforeAll(async () => {
  simulator = await startSimulatorProcess()
  await simulator.knobs({ latency_ms: 20 })
})
afterAll(() => simulator.stop())

const plan = (cards: Record<string, number>) => planOrders(chance(), cards)
const right = (gateway: Gateway) => gateway
const count = async ({ db }: Pick<Client, 'db'>, orders: LockedOrder[]) =>
  await countCharges(db, orders, chargesOf(orders, await simulator.ledger()))

/** A worker of this process does all there is to charge, as a process of its own that has just started. */
async function charge(client: Client, wrong: (gateway: Gateway) => Gateway, call_ms = timeout_ms): Promise<void> {
  const gateway = wrong(openGateway(simulator, call_ms))
  const config = readConfig({ GATEWAY_TIMEOUT_MS: String(call_ms), CHARGES_PER_SECOND: '200' })
  const log = createLog({ write: () => undefined }, 'silent')
  await chargeOrders({ ...partsOf(client), clock: createClock(), gateway, config, log, processId: newId() }, () => false)
  gateway.close()
}

async function on<T>({ url }: Pick<TestDatabase, 'url'>, act: (client: Client) => Promise<T>): Promise<T> {
  const client = connect(url, { max: 8 })
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}

describe('a backup from before the run is put back, and the gateway has forgotten its keys', () => {
  async function chargeTwiceOver(wrong: (gateway: Gateway) => Gateway) {
    const folder = mkdtempSync(join(testFolder(), 'controls-'))
    const file = join(folder, 'old.backup')
    const [old, fresh] = [await cloneDatabase(), await cloneDatabase()]
    try {
      const orders = await on(old, async (client) => {
        const run = await beginRun(client, simulator, plan({ visa: 20 }))
        await writeBackup(old.ownerUrl, file)
        await charge(client, right)
        expect(await count(client, run.orders)).toEqual(nothing)
        return run.orders
      })
      await restoreBackup(fresh.ownerUrl, appRole, file)
      await simulator.forgetKeys()
      return await on(fresh, async (client) => {
        await charge(client, wrong)
        return await count(client, orders)
      })
    } finally {
      await old.drop()
      await fresh.drop()
      rmSync(folder, { recursive: true, force: true })
    }
  }

  test('nobody is charged again', async () => {
    expect(await chargeTwiceOver(right)).toEqual(nothing)
  })

  test('control: a gateway that is not looked through charges everybody twice', async () => {
    expect(await chargeTwiceOver(withNothingListed)).toMatchObject({ twice: 20 })
  })
})

test('control: a new key for each sending, and nobody who lists payments: kills charge people twice', async () => {
  await simulator.knobs({ latency_ms: 120 })
  const random = chance()
  await on(database, async (client) => {
    const { orders } = await beginRun(client, simulator, plan({ visa: 40 }))
    let twice = 0
    for (let kill = 1; kill <= 10 && twice === 0; kill += 1) {
      // Each a minute after the one before: what the dead held is free.
      const args = ['--new_keys', '--ahead_ms', String(kill * 60_000), '--timeout_ms', String(timeout_ms)]
      const worker = await startWorker(database.url, simulator, args)
      await sleep(random.between(300, 900))
      await worker.kill('SIGKILL')
      twice = (await count(client, orders)).twice
    }
    expect(twice).toBeGreaterThan(0)
  })
  await simulator.knobs({ latency_ms: 20 })
})

describe('answers that are cut', () => {
  const cards = { visa: 4, times_out_and_pays: 2, times_out_first: 2 }
  const moves = ['cut_after', 'cut_before', 'cut_after'] as const

  async function chargeCut(wrong: (gateway: Gateway) => Gateway) {
    const own = await cloneDatabase()
    try {
      return await on(own, async (client) => {
        const { orders } = await beginRun(client, simulator, plan(cards))
        await simulator.knobs({ next: [...moves] })
        await charge(client, wrong, 400)
        await simulator.knobs({ next: [] })
        return await count(client, orders)
      })
    } finally {
      await own.drop()
    }
  }

  test('are neither a yes nor a no', async () => {
    expect(await chargeCut(right)).toMatchObject({ twice: 0, phantom: 0 })
  })

  test('control: taken for a no, money is lost', async () => {
    expect((await chargeCut(withSilenceAsNo)).lost).toBeGreaterThan(0)
  })

  test('control: taken for a yes, orders are called paid that nobody has charged', async () => {
    expect((await chargeCut(withSilenceAsYes)).phantom).toBeGreaterThan(0)
  })
})

describe('a bank asks about the first payment, its backer enters another card, and then answers the bank', () => {
  async function payTwoWays(wrong: (gateway: Gateway) => Gateway) {
    const own = await cloneDatabase()
    const gateway = openGateway(simulator, timeout_ms)
    try {
      return await on(own, async (client) => {
        const run = await beginRun(client, simulator, plan({ always_asks: 1 }))
        await charge(client, right)
        const [order] = run.orders
        if (!order) throw new Error('There is no order.')
        const { campaign_id, staff } = run
        const people: People = { client, simulator, gateway, campaign_id, staff, now: () => new Date() }
        const urls = await bringBanksQuestion(people, order)
        expect(urls).toHaveLength(1)
        await entersNewCard(people, order)
        await charge(client, wrong)
        for (const url of urls) await sayYes(url)
        return await count(client, run.orders)
      })
    } finally {
      gateway.close()
      await own.drop()
    }
  }

  test('they pay once', async () => {
    expect(await payTwoWays(right)).toEqual(nothing)
  })

  test('control: where the first payment is left open they pay twice', async () => {
    expect(await payTwoWays(withNothingCanceled)).toMatchObject({ twice: 1 })
  })
})
