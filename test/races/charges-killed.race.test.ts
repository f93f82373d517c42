import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClock } from '../../src/clock.server.ts'
import { readConfig } from '../../src/config.server.ts'
import { type Client, connect } from '../../src/db/client.server.ts'
import { stopOrphan } from '../../src/db/embedded-process.ts'
import { migrateOpen, openDatabase } from '../../src/db/open.server.ts'
import { chargeOrders } from '../../src/jobs/charge-orders.ts'
import { createLog } from '../../src/log.server.ts'
import { type LockedOrder, openGateway } from '../factories/charge-many.ts'
import { countCharges } from '../setup/count-charges.ts'
import { useTestDatabase } from '../setup/database.ts'
import { testFolder } from '../setup/folder.ts'
import { type Started, startProcess } from '../setup/process.ts'
import { steadyPort } from '../setup/program.ts'
import { chance } from '../setup/random.ts'
import { type SimulatorProcess, startSimulatorProcess } from '../setup/simulator-process.ts'
import {
  becomes,
  beginRun,
  type CutCalls,
  chargesOf,
  expectBooks,
  isRunOver,
  lookAtKill,
  noneWrong,
  partsOf,
  planOrders,
  startWorker,
  tellStuck,
} from './charge-torture.ts'
import { withSilenceAsNo, withSilenceAsYes } from './wrong-gateways.ts'

/*
 * One charge run over 400 orders, the whole program killed with -9 at 20 random moments of it (promises.md, promises 1 to 3), and then
 * counted at the gateway's own ledger. The gateway is a process that no kill reaches: it goes on with what it was told, as a bank does.
 * Every kill leaves calls in the air, answers that nobody read, and a PostgreSQL without its program.
 */

const KILLS = 20
const timeout_ms = 1_500
const cards = {
  ...{ none: 12, visa: 245, mastercard: 80, pays_slowly: 9, times_out_first: 15, times_out_and_pays: 15 },
  ...{ later_insufficient_funds: 12, later_lost_card: 6, later_processing_error: 6 },
}

let simulator: SimulatorProcess
/** Whatever became of the test: nothing of it goes on running. */
let undo: (() => Promise<void>) | undefined
beforeAll(async () => {
  simulator = await startSimulatorProcess()
  await simulator.knobs({ latency_ms: 120 })
})
afterAll(async () => {
  await undo?.()
  await simulator.stop()
})

async function makeWorld() {
  const folder = mkdtempSync(join(testFolder(), 'killed-'))
  chmodSync(folder, 0o755)
  const env = {
    DATA_DIR: folder,
    PORT: String(await steadyPort()),
    AFTERFUND_TEST: '1',
    STRIPE_HOST: '127.0.0.1',
    STRIPE_PORT: String(simulator.port),
    GATEWAY_TIMEOUT_MS: String(timeout_ms),
  }
  const database = await openDatabase({ dataFolder: folder, databaseUrl: null, migrationDatabaseUrl: null })
  await migrateOpen(database)
  let running: Started | undefined
  undo = async () => {
    running?.child.kill('SIGKILL')
    await running?.ended
    await stopOrphan(join(folder, 'postgres', 'data'))
    rmSync(folder, { recursive: true, force: true })
  }
  const start = async (charges_per_second: number) => {
    running = startProcess({ env: { ...env, CHARGES_PER_SECOND: String(charges_per_second) } })
    await running.up
    return running
  }
  return { start, database, url: database.url, port: env.PORT }
}

/** Moves the program's clock on, which then does all that became due: leases of the dead end, and the unknown are asked about. */
async function advance(port: string, duration: string): Promise<void> {
  const answer = await fetch(`http://localhost:${port}/api/v1/test/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: duration }),
  })
  if (!answer.ok) throw new Error(`The clock does not move: ${await answer.text()}`)
}

async function hasSentSince(client: Client, since: Date): Promise<boolean> {
  const sent = client.db.selectFrom('payment_attempts').select('id').where('sent_at', '>', since).limit(1)
  return (await sent.executeTakeFirst()) !== undefined
}

test(`the program killed ${KILLS} times in a run over 400 orders: nobody charged twice, nothing lost`, {
  timeout: 600_000,
}, async () => {
  const random = chance()
  const { start, database, url, port } = await makeWorld()
  const making = connect(url, { max: 8 })
  const run = await beginRun(making, simulator, planOrders(random, cards), { pace: 200 })
  await making.end()
  await database.close()

  const calls: CutCalls = { cut: new Set(), taken: new Set() }
  const moments = [`seed ${random.seed}`]
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const since = new Date()
    const program = await start(15)
    const client = connect(url, { max: 2 })
    // Most die at their work, however slow the machine; every fifth as it begins.
    if (kill % 5 > 0) await becomes(() => hasSentSince(client, since), 10_000, 20)
    const wait = random.between(0, 800)
    await sleep(wait)
    program.child.kill('SIGKILL')
    await program.ended
    // PostgreSQL outlives its program until the next start.
    moments.push(`kill ${kill}, after ${Math.round(wait)} ms: ${await lookAtKill(client, simulator, calls)}`)
    expect(await isRunOver(client, run.run_id), moments.join('\n')).toBe(false)
    await client.end()
  }
  await start(100)
  const client = connect(url, { max: 4 })
  for (let minutes = 1; minutes < 10 && !(await isRunOver(client, run.run_id)); minutes += 1) {
    await simulator.knobs({ clock_ahead_ms: minutes * 60_000 })
    await advance(port, 'PT1M')
  }
  const story = [...moments, await tellStuck(client)].join('\n')

  expect(await countCharges(client.db, run.orders, await simulator.ledger()), story).toEqual(noneWrong)
  expect(await isRunOver(client, run.run_id), story).toBe(true)
  await expectBooks(client, run, story)
  // The kills met what they were meant to meet.
  expect(calls.cut.size, story).toBeGreaterThan(KILLS)
  expect(calls.taken.size, story).toBeGreaterThan(0)
  await client.end()
})

describe('controls', () => {
  const database = useTestDatabase()
  const plan = (cards: Record<string, number>) => planOrders(chance(), cards)
  const count = async (orders: LockedOrder[]) =>
    await countCharges(database.db, orders, chargesOf(orders, await simulator.ledger()))

  test('a new key for each sending, and nobody who lists payments: the same kills charge people twice', async () => {
    const random = chance()
    const client = connect(database.url, { max: 8 })
    const { orders } = await beginRun(client, simulator, plan({ visa: 40 }))
    const start = (ahead_ms: number) =>
      startWorker(database.url, simulator, ['--new_keys', '--ahead_ms', String(ahead_ms), '--timeout_ms', String(timeout_ms)])
    let twice = 0
    for (let kill = 1; kill <= 10 && twice === 0; kill += 1) {
      // Each a minute after the one before: what the dead held is free.
      const worker = await start(kill * 60_000)
      await sleep(random.between(300, 900))
      await worker.kill('SIGKILL')
      twice = (await count(orders)).twice
    }
    expect(twice).toBeGreaterThan(0)
    await client.end()
  })

  const silences = [
    ['no', withSilenceAsNo, { visa: 2, times_out_and_pays: 2 }, { twice: 0, lost: 2, phantom: 0, stuck: 2 }],
    ['yes', withSilenceAsYes, { visa: 2, times_out_first: 2 }, { twice: 0, lost: 0, phantom: 2, stuck: 0 }],
  ] as const
  test.each(silences)('silence taken for a %s is counted', async (_name, wrong, cards, expected) => {
    const client = connect(database.url, { max: 8 })
    const { orders } = await beginRun(client, simulator, plan(cards))
    const config = readConfig({ GATEWAY_TIMEOUT_MS: '400' })
    const gateway = wrong(openGateway(simulator, 400))
    const log = createLog({ write: () => undefined }, 'silent')
    await chargeOrders({ ...partsOf(client), gateway, config, log, clock: createClock() }, () => false)
    expect(await count(orders)).toEqual(expected)
    gateway.close()
    await client.end()
  })
})
