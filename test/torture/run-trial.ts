import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../src/db/client.server.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import type { Knobs, NextMove } from '../../src/simulator/types.ts'
import { makeManyLocked, openGateway } from '../factories/charge-many.ts'
import { becomes, type CutCalls, lookAtKill, partsOf, planOrders } from '../races/charge-torture.ts'
import { type SimulatorProcess, startSimulatorProcess } from '../setup/simulator-process.ts'
import { countBooks, type TrialCount } from './count-books.ts'
import { backerActs, type People, staffPress } from './people.ts'
import { CARDS, type Life, planTrial } from './plan-trial.ts'
import { findProgramPort, makeProgramWorld, type ProgramWorld } from './program-world.ts'

export interface TrialResult {
  seed: number
  count: TrialCount
  /** what the kills and faults met: a trial that meets nothing shows nothing */
  met: { cut: number; taken: number; forgotten: number; faults: Partial<Record<NextMove, number>>; acts: number }
  /** minutes of the test clock until nothing was open any more, after the last kill */
  minutes: number
  seconds: number
  /** a line for each kill */
  story: string[]
}

/** What the whole of recovery may take (promises.md, promise 2). */
const RECOVERY_MINUTES = 15

interface Trial {
  simulator: SimulatorProcess
  world: ProgramWorld
  gateway: ReturnType<typeof openGateway>
  plan: ReturnType<typeof planTrial>
  campaign: Parameters<typeof startChargeRun>[1] & { campaign_id: string }
  orders: Awaited<ReturnType<typeof makeManyLocked>>['orders']
  calls: CutCalls
  met: TrialResult['met']
  story: string[]
}

/**
 * One trial: a charge run over 200 orders in the real program, killed with -9 at 20 drawn moments, at a gateway that fails in every way it
 * can, with an old backup put back twice. The gateway is a process that no kill reaches, as a bank is; its ledger is what counts.
 */
export async function runTrial(seed: number, tell?: (line: string) => void): Promise<TrialResult> {
  const began = performance.now()
  const plan = planTrial(seed)
  const { port, webhook } = await findProgramPort()
  const simulator = await startSimulatorProcess({ webhook })
  const world = await makeProgramWorld(simulator, port)
  const gateway = openGateway(simulator, 3_000)
  try {
    const trial = await beginTrial({ simulator, world, gateway, plan })
    const say = (line: string) => {
      trial.story.push(line)
      tell?.(line)
    }
    say(`seed ${seed}`)
    for (const [at, life] of plan.lives.entries()) say(`kill ${at + 1}: ${await liveAndDie(trial, life)}`)
    const minutes = await recover(trial)
    const client = await world.database()
    const count = await countBooks(client.db, trial.orders, await simulator.ledger(), world.now())
    for (const line of count.lines) say(line)
    const code = await world.stop()
    if (code !== 0) say(`the program stopped with ${code}`)
    trial.met.cut = trial.calls.cut.size
    trial.met.taken = trial.calls.taken.size
    const seconds = Math.round((performance.now() - began) / 1000)
    return { seed, count, met: trial.met, minutes, seconds, story: trial.story }
  } finally {
    gateway.close()
    await world.remove()
    await simulator.stop()
  }
}

/** 200 locked orders with their cards, and a run over them; the first backup may be from before the run. */
async function beginTrial(parts: Pick<Trial, 'simulator' | 'world' | 'gateway' | 'plan'>): Promise<Trial> {
  const { simulator, world, plan } = parts
  await simulator.knobs({ latency_ms: 100, webhook_repeats: 1, webhooks_shuffled: true })
  await world.start(1)
  const client = await world.database()
  const { campaign, orders } = await makeManyLocked(partsOf(client), simulator, planOrders(plan.random, CARDS))
  if (plan.is_first_from_before) await world.backUp('first')
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false, pace: 500 }
  await inTransaction(partsOf(client), (tx) => startChargeRun(tx, campaign.staff, input))
  await world.stop()
  const met = { cut: 0, taken: 0, forgotten: 0, faults: {}, acts: 0 }
  const calls = { cut: new Set<string>(), taken: new Set<string>() }
  return { ...parts, campaign: { ...campaign.staff, campaign_id: campaign.id }, orders, calls, met, story: [] }
}

const peopleOf = ({ simulator, gateway, campaign, world }: Trial, client: Client): People => ({
  ...{ client, simulator, gateway },
  ...{ campaign_id: campaign.campaign_id, staff: campaign, now: world.now },
})

/** Starts the program, lets people act and the gateway fail, and kills it. Answers a line for people. */
async function liveAndDie(trial: Trial, life: Life): Promise<string> {
  const { simulator, world, plan } = trial
  const told: string[] = []
  if (life.restores) {
    await world.restore(life.restores)
    told.push(`restored the ${life.restores} backup`)
  }
  if (life.forgets_keys) await simulator.forgetKeys()
  const { moves, calls_per_second } = life
  await simulator.knobs({ next: moves, calls_per_second, is_down: life.is_down_ms > 0, clock_ahead_ms: 0 })
  const since = new Date()
  await world.start(12)
  const client = await world.database()
  if (life.restores) trial.met.forgotten += await countForgotten(trial, client)
  const people = peopleOf(trial, client)
  await staffPress(people)
  const up_again = sleep(life.is_down_ms).then(() => simulator.knobs({ is_down: false }))
  // Most die at their work, however slow the machine; every fifth as it begins.
  if (!life.is_short) await becomes(() => hasSentSince(client, since), 3_000, 20)
  if (life.backs_up) await world.backUp(life.backs_up)
  for (let acts = 0; acts < life.backers; acts += 1) {
    told.push(await backerActs(people, plan.random))
    trial.met.acts += 1
  }
  await sleep(life.wait_ms)
  await up_again
  const left = await killAndLook(trial, client)
  noteFaults(trial, moves, (await simulator.knobs({})).next)
  return [`after ${Math.round(life.wait_ms)} ms`, ...told, left].join('; ')
}

/** The kill, and what it has left: looked at through PostgreSQL, which outlives its program. */
async function killAndLook({ world, simulator, calls }: Trial, client: Client): Promise<string> {
  await world.kill()
  const left = await lookAtKill(client, simulator, calls)
  await world.leave()
  return left
}

async function hasSentSince(client: Client, since: Date): Promise<boolean> {
  const sent = client.db.selectFrom('payment_attempts').select('id').where('sent_at', '>', since).limit(1)
  return (await sent.executeTakeFirst()) !== undefined
}

/** Orders that the gateway has charged and the backup does not know of. */
async function countForgotten({ simulator }: Trial, client: Client): Promise<number> {
  const charged = new Set((await simulator.ledger()).map(({ metadata }) => metadata.afterfund_order))
  const paid = await client.db.selectFrom('orders').select('id').where('captured', '>', 0).execute()
  return charged.size - paid.length
}

/** Which of the ordered faults the calls of a life have met. */
function noteFaults({ met }: Trial, moves: Life['moves'], left: Knobs['next']): void {
  for (const move of moves.slice(0, moves.length - left.length)) met.faults[move] = (met.faults[move] ?? 0) + 1
}

/** A last start without any fault, and minute by minute until nothing is open. Answers how many minutes that took. */
async function recover(trial: Trial): Promise<number> {
  const { simulator, world } = trial
  await simulator.knobs({ next: [], calls_per_second: null, is_down: false, clock_ahead_ms: 0 })
  await world.start(100)
  const people = peopleOf(trial, await world.database())
  let minutes = 0
  let isOpen = true
  while (isOpen && minutes < RECOVERY_MINUTES) {
    await staffPress(people)
    minutes += 1
    await world.advance(1)
    isOpen = await isSomethingOpen(trial, people)
  }
  // Once more, and the failed cards with it: nobody is charged again.
  await staffPress(people, { retry_errored: true })
  await world.advance(1)
  await becomes(async () => !(await isSomethingOpen(trial, people)), 10_000)
  return minutes
}

async function isSomethingOpen({ campaign }: Trial, { client }: People): Promise<boolean> {
  const open = await client.db
    .selectFrom('payment_attempts')
    .select('id')
    .where('state', 'in', ['created', 'sent', 'unknown'])
    .executeTakeFirst()
  const run = await client.db
    .selectFrom('charge_runs')
    .select('id')
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirst()
  const locked = await client.db
    .selectFrom('orders')
    .select('id')
    .where('campaign_id', '=', campaign.campaign_id)
    .where('status', '=', 'locked')
    .executeTakeFirst()
  return Boolean(open ?? run ?? locked)
}
