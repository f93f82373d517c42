import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { createClock } from '../../src/clock.server.ts'
import { readConfig } from '../../src/config.server.ts'
import { writeBackup } from '../../src/db/backup.ts'
import { type Client, connect } from '../../src/db/client.server.ts'
import { appRole } from '../../src/db/embedded.server.ts'
import { emptyTables } from '../../src/db/empty-tables.ts'
import { restoreBackup } from '../../src/db/restore.ts'
import type { Clock, Deps, Worker } from '../../src/deps.server.ts'
import type { MailOutcome } from '../../src/domain/messages/mailer.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { recordGatewayAccount } from '../../src/domain/payments/record-gateway.ts'
import { createWorker } from '../../src/jobs/worker.ts'
import { newId } from '../../src/lib/id.ts'
import { createLog } from '../../src/log.server.ts'
import { startSimulator } from '../../src/simulator/start-simulator.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { makeBacker, makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { openGateway } from '../factories/charge-many.ts'
import { testFolder } from '../setup/folder.ts'
import { chance, type Random } from '../setup/random.ts'
import { clientOf } from '../setup/simulator-client.ts'
import { withDrawnFaults } from './drawn-faults.ts'

/** The program without its doors: what a worker and the domain's processes need. */
export type SimApp = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'gateway' | 'config' | 'processId' | 'mailer' | 'linkSecret'>

/**
 * A small campaign, its people, its gateway (the real simulator, over HTTP, in this process) and a worker, all driven by one seed. Nothing
 * here waits for real time but the calls themselves.
 */
export interface Sim {
  seed: number
  random: Random
  clock: Clock
  simulator: Simulator
  stripe: Stripe
  app: SimApp
  worker: Worker
  campaign: TestCampaign
  backers: string[]
  /** how much of what is sent the gateway makes go wrong, 0 to 1; mails too */
  faults: { share: number }
  /** the most that each order's card had to bear at any moment */
  borne: Map<string, number>
  hasBackup: boolean
  /** where banks ask, and nobody has answered yet */
  questions: { url: string; backer: number }[]
  /** Another process from now on, with a new worker. */
  restart(): Promise<void>
  backUp(): Promise<void>
  restore(): Promise<void>
  close(): Promise<void>
}

const BACKERS = 5
export const KINDS_OF_CARDS = [
  ...['visa', 'visa', 'visa', 'funds_arrive', 'always_asks', 'always_asks', 'later_insufficient_funds', 'later_lost_card'],
  ...['refund_fails', 'refund_pending', 'disputed', 'pays_slowly', 'later_processing_error'],
] as const

/** Every simulation begins at nine in the morning, so that a seed goes the same way whenever it is run. */
function nextNine(): Date {
  const at = new Date()
  at.setUTCHours(33, 0, 0, 0)
  return at
}

export async function makeSim(
  urls: { url: string; ownerUrl: string },
  seed: number,
  wrong: (gateway: Gateway) => Gateway = (gateway) => gateway,
): Promise<Sim> {
  const random = chance(seed)
  const folder = mkdtempSync(join(testFolder(), 'simulation-'))
  const simulator = await startSimulator({ folder })
  const clock = clockWith(simulator)
  const faults = { share: 0 }
  let client: Client = connect(urls.url, { max: 6 })
  const open = openGateway(simulator, 1_000)
  const sim = {
    seed,
    random,
    clock,
    simulator,
    stripe: clientOf(simulator),
    faults,
    backers: [],
    hasBackup: false,
  } as unknown as Sim
  const gateway: Gateway = wrong(withDrawnFaults(open, sim))
  const wire = async () => {
    const app = appOf(client, { clock, gateway, simulator, mailer: drawnMailer(sim) })
    const account = await recordGatewayAccount(app)
    if (!account.ok && !simulator.knobs({}).is_down) throw new Error('The gateway says no account.')
    Object.assign(sim, { app, worker: createWorker(app as Omit<Deps, 'worker'>) })
  }
  const file = join(folder, 'sim.backup')
  Object.assign(sim, {
    borne: new Map(),
    questions: [],
    restart: wire,
    backUp: async () => {
      await writeBackup(urls.ownerUrl, file)
      sim.hasBackup = true
    },
    restore: async () => {
      await client.end()
      await emptyTables(urls.ownerUrl)
      await restoreBackup(urls.ownerUrl, appRole, file)
      client = connect(urls.url, { max: 6 })
      await wire()
    },
    close: async () => {
      open.close()
      await client.end()
      await simulator.stop()
      rmSync(folder, { recursive: true, force: true })
      await emptyTables(urls.ownerUrl)
    },
  } satisfies Partial<Sim>)
  await wire()
  await populate(sim)
  return sim
}

/** Five backers, who owe something for the add-ons they take. */
async function populate(sim: Sim): Promise<void> {
  sim.campaign = await makeCampaign(sim.app, { addon_price: 3000, stock: 12 })
  for (let place = 0; place < BACKERS; place += 1) {
    const owed = [1300, 0, 2500, 40, 700][place] ?? 0
    const backer = await makeBacker(sim.app, sim.campaign, { pledge_amount: 6100 - owed, email: `backer${place}@example.com` })
    sim.backers.push(backer.id)
  }
}

function clockWith(simulator: Simulator): Clock {
  const clock = createClock(nextNine())
  const follow = () => void simulator.knobs({ clock_ahead_ms: Math.max(0, clock.now().getTime() - Date.now()) })
  follow()
  return {
    now: clock.now,
    advance: (ms) => {
      clock.advance(ms)
      follow()
    },
  }
}

function appOf(
  client: Client,
  { clock, gateway, simulator, mailer }: { clock: Clock; gateway: Gateway; simulator: Simulator; mailer: Deps['mailer'] },
): SimApp {
  const config = readConfig({
    ...{ AFTERFUND_TEST: '1', DATA_DIR: testFolder(), STRIPE_HOST: '127.0.0.1', STRIPE_PORT: String(simulator.port) },
    ...{ GATEWAY_TIMEOUT_MS: '1000', CHARGES_PER_SECOND: '500' },
  })
  return {
    ...{ db: client.db, clock, gateway, config, mailer },
    log: createLog({ write: () => undefined }, 'silent'),
    processId: newId(),
    linkSecret: Buffer.alloc(32, 7),
    enqueue: async () => undefined,
  }
}

/** A mail server that fails as often as the gateway does. */
function drawnMailer(sim: Sim): Deps['mailer'] {
  let sent = 0
  return {
    send: async (): Promise<MailOutcome> => {
      sent += 1
      if (chance(sim.seed + sent * 7919).between(0, 1) >= sim.faults.share) return { state: 'sent', answer: '250 ok' }
      return { state: 'unknown', reason: 'drawn' }
    },
    close: () => undefined,
  }
}
