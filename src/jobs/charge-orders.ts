import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.server.ts'
import { findCampaignsWithAttempts, type TakenAttempt, takeAttempts } from '../domain/payments/attempts.ts'
import { type RunKey, saveProgress } from '../domain/payments/charge-run-state.ts'
import { findAccountInUse } from '../domain/payments/charging.ts'
import { feedChargeRun, findRunsUnderWay, slowDown } from '../domain/payments/feed-charge-run.ts'
import type { ChargeAnswer } from '../domain/payments/gateway.ts'
import { type AnsweredAttempt, settleAttempts } from '../domain/payments/settle-attempts.ts'
import { isSweepDue } from '../domain/payments/sweeps.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { askGateway } from './ask-gateway.ts'
import { createDoor } from './pace.ts'
import { sweeperOf, sweepGateway } from './sweep-gateway.ts'
import { createRunWatch, type RunWatch } from './watch-runs.ts'

export type ChargeParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'gateway' | 'config' | 'processId'>

/** So many calls are in flight at once: a second's worth, and at 20 a second room to spare. */
const IN_FLIGHT = { least: 30, most: 250 }
/** So many orders get their attempt in one transaction: a second's worth, which is what a killed worker leaves to be sent first. */
const BATCH = { least: 20, most: 250 }
/** What is taken is sent within about this time, well within the lease. */
const AHEAD_MS = 500
/** Asking about one that was sent before is two calls, the list and the sending. */
const CALLS = 2
/** What a lease has beside the longest calls: waiting for their turn, and booking the answer. */
const LEASE_SPARE_MS = 8_000
/** So often it looks for a backer's own charge while every call is in the air. */
const LOOK_MS = 500
const SAVE_EVERY_MS = 3_000
/** A large run's progress is saved more rarely: it takes a twentieth of the time at most. */
const SAVE_REST = 20
/** Booking waits for whoever holds the order just now, a bulk step included: an answer is never given up lightly. */
const booking = { timeout_ms: 60_000, lock_timeout_ms: 45_000 }

/**
 * The lane of charges: feeds the runs under way, sends attempts in their pace, backers' own first, books the answers, and asks again
 * about those nobody knows. Returns when nothing is left to do now; when the program stops, what is in flight is finished and booked.
 * No transaction is open during a call. Nothing is sent before the gateway's payments were looked through (promises.md rule 5).
 * Answers how much it did. Where it breaks, what is in the air is booked all the same.
 */
export async function chargeOrders(app: ChargeParts, isStopping: () => boolean): Promise<number> {
  const watch = createRunWatch(app)
  const flight = createFlight(app, watch)
  const sweep = createSweep(app, isStopping)
  try {
    await watch.begin()
    return await fly(app, { flight, sweep, watch }, isStopping)
  } catch (error) {
    await flight.land()
    throw error
  } finally {
    await sweep.end()
  }
}

async function fly(
  app: ChargeParts,
  { flight, sweep, watch }: { flight: Flight; sweep: Sweep; watch: RunWatch },
  isStopping: () => boolean,
): Promise<number> {
  let done = 0
  for (;;) {
    await sweep.look()
    const runs = await findRunsUnderWay(app.db)
    await watch.quicken(runs)
    // One account's gateway serves them all, so the slowest sets the pace.
    flight.pace(Math.min(...runs.map(({ pace }) => pace)))
    // What was answered is booked while the next ones are made and sent: they are about other orders.
    const [booked, begun] = await Promise.allSettled([flight.book(), isStopping() ? 0 : begin(app, flight, runs)])
    if (booked.status === 'rejected') throw booked.reason
    if (begun.status === 'rejected') throw begun.reason
    done += begun.value
    // What was booked may have been the last that a run waited for.
    if (begun.value + booked.value > 0) continue
    // At a slow pace there may be nothing in the air and the next turn still to come.
    if (flight.size() === 0 && (isStopping() || flight.room() > 0)) {
      if (!sweep.isUnderWay()) break
      if (await sweep.end()) done += 1
      continue
    }
    await flight.next()
  }
  await flight.saveProgress()
  return done
}

/** Sends what was made, and makes more only once all of that is sent: an order without an attempt can still be changed, and a pause has little to take back. */
async function begin(app: ChargeParts, flight: Flight, runs: readonly RunKey[]): Promise<number> {
  const { launched, isAll } = await launch(app, flight)
  const mayFeed = isAll && flight.free() > 0 && flight.room() > 0
  return launched + (mayFeed ? await feedRuns(app, flight, runs) : 0)
}

async function feedRuns(app: ChargeParts, flight: Flight, runs: readonly RunKey[]): Promise<number> {
  let fed = 0
  for (const { campaign_id, run_id } of runs) {
    const key = { campaign_id, run_id }
    fed += (await inTransaction(app, (tx) => feedChargeRun(tx, key, flight.batch()), booking)).orders
    flight.touch(key)
  }
  return fed
}

/** `isAll`: nothing that could be sent is left */
async function launch(app: ChargeParts, flight: Flight): Promise<{ launched: number; isAll: boolean }> {
  let launched = 0
  for (const campaign_id of await findCampaignsWithAttempts(app.db, app.clock.now())) {
    const limit = Math.min(flight.free(), flight.room())
    if (limit <= 0) return { launched, isAll: false }
    // Before they are taken: what is taken leaves.
    const account = await findAccountInUse(app.db)
    if (!account) return { launched, isAll: false }
    const take = {
      lease_id: randomUUID(),
      lease_ms: CALLS * app.config.gatewayTimeoutMs + LEASE_SPARE_MS,
      limit,
      sweeper: sweeperOf(account, app),
    }
    const taken = await inTransaction(app, (tx) => takeAttempts(tx, campaign_id, take))
    for (const attempt of taken) flight.start(attempt, account)
    launched += taken.length
    if (taken.length === limit) return { launched, isAll: false }
  }
  return { launched, isAll: true }
}

interface Sweep {
  /** begins one where it is due; what is in the air goes on meanwhile */
  look(): Promise<void>
  isUnderWay(): boolean
  /** waits for the one under way; true when it came to its end */
  end(): Promise<boolean>
}

/** Looks now and then whether the gateway is to be looked through; after one that failed, the next round of the worker tries again. */
function createSweep(app: ChargeParts, isStopping: () => boolean): Sweep {
  let underWay: Promise<boolean> | null = null
  let hasFailed = false
  let next = 0
  return {
    isUnderWay: () => underWay !== null,
    async look() {
      if (underWay || hasFailed || isStopping() || performance.now() < next) return
      next = performance.now() + LOOK_MS
      const account = await findAccountInUse(app.db)
      if (!account) return
      const sweeper = sweeperOf(account, app)
      if (!(await isSweepDue(app.db, sweeper, app.clock.now()))) return
      underWay = sweepGateway(app, sweeper, isStopping)
        .catch((error: unknown) => {
          app.log.error({ error }, 'looking through the gateway failed; nothing is charged before it was done')
          return false
        })
        .then((isDone) => {
          hasFailed = !isDone
          underWay = null
          next = 0
          return isDone
        })
    },
    end: async () => (await underWay) ?? false,
  }
}

interface Flight {
  /** calls that are not answered, and answers that are not booked */
  size(): number
  /** how many more calls may be in the air */
  free(): number
  /** how many orders may get their attempt at once */
  batch(): number
  /** how many more may be taken now without waiting long for their turn */
  room(): number
  pace(per_second: number): void
  start(attempt: TakenAttempt, account: string | null): void
  /** resolves when a call has been answered, or it is time to look for new ones */
  next(): Promise<void>
  /** books the answers that are there, and tells how many */
  book(): Promise<number>
  /** waits for the calls in the air and books each answer by itself: one that cannot be booked holds up no other */
  land(): Promise<void>
  touch(key: RunKey): void
  saveProgress(): Promise<void>
}

/** `from`: when it was taken for its turn */
type Answered = AnsweredAttempt & { attempt: TakenAttempt; answer: ChargeAnswer; from: number }

function createFlight(app: ChargeParts, watch: RunWatch): Flight {
  const calls = new Set<Promise<void>>()
  const answered: Answered[] = []
  const progress = createProgress(app)
  /** when each run was last slowed down */
  const slowed = new Map<string, number>()
  let pace = app.config.chargesPerSecond
  let turn = 0
  const door = createDoor()

  const call = async (attempt: TakenAttempt, account: string | null, at: number) => {
    const from = performance.now()
    await door(at, pace)
    const answer = await askGateway(app, attempt, account)
    answered.push({ attempt, attempt_id: attempt.id, lease_id: attempt.lease_id, answer, from })
  }
  const aSecond = ({ least, most }: { least: number; most: number }) => Math.min(most, Math.max(least, Math.ceil(pace)))
  return {
    size: () => calls.size + answered.length,
    // Where booking is slower than the gateway, as much waits to be booked as may be in the air, and no more.
    free: () => (answered.length < aSecond(IN_FLIGHT) ? aSecond(IN_FLIGHT) - calls.size : 0),
    batch: () => aSecond(BATCH),
    room: () => Math.ceil(((AHEAD_MS - Math.max(0, turn - performance.now())) * pace) / 1000),
    pace(per_second) {
      pace = Math.min(per_second, app.config.chargesPerSecond)
    },
    start(attempt, account) {
      const at = Math.max(performance.now(), turn)
      turn = at + 1000 / pace
      const started = call(attempt, account, at).finally(() => calls.delete(started))
      calls.add(started)
    },
    async next() {
      if (answered.length > 0) return
      let timer: NodeJS.Timeout | undefined
      const look = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LOOK_MS)
      })
      await Promise.race([...calls, look])
      clearTimeout(timer)
    },
    async book() {
      const batch = [...answered]
      for (const campaign_id of new Set(batch.map(({ attempt }) => attempt.campaign_id))) {
        const own = batch.filter(({ attempt }) => attempt.campaign_id === campaign_id)
        await bookAnswers(app, campaign_id, own, { slowed })
      }
      answered.splice(0, batch.length)
      await watch.hear(batch.map(({ answer }) => answer))
      for (const { attempt } of batch) {
        const { campaign_id, run_id } = attempt
        if (run_id) progress.touch({ campaign_id, run_id })
      }
      if (progress.isDue()) await progress.save()
      return batch.length
    },
    async land() {
      await Promise.all(calls)
      for (const one of answered.splice(0)) {
        const { campaign_id, id: attempt_id } = one.attempt
        await bookAnswers(app, campaign_id, [one], { slowed, limits: {} }).catch((error: unknown) =>
          app.log.error({ error, attempt_id }, 'an answer of the gateway was not booked; it is asked again'),
        )
      }
    },
    touch: progress.touch,
    saveProgress: progress.save,
  }
}

/** The runs of which something was done since their progress was saved. */
function createProgress(app: ChargeParts) {
  const touched = new Map<string, RunKey>()
  let next = performance.now() + SAVE_EVERY_MS
  return {
    touch: (key: RunKey) => void touched.set(key.run_id, key),
    isDue: () => performance.now() > next,
    async save() {
      const began = performance.now()
      for (const [id, key] of [...touched]) {
        touched.delete(id)
        await inTransaction(app, (tx) => saveProgress(tx, key))
      }
      next = began + Math.max(SAVE_EVERY_MS, (performance.now() - began) * SAVE_REST)
    },
  }
}

async function bookAnswers(
  app: ChargeParts,
  campaign_id: string,
  batch: Answered[],
  { slowed, limits = booking }: { slowed: Map<string, number>; limits?: Parameters<typeof inTransaction>[2] },
): Promise<void> {
  // What was on its way when the pace was halved says nothing about the new pace.
  const tooFast = new Set(
    batch.flatMap(({ attempt: { run_id }, answer, from }) =>
      answer.answer === 'unknown' && answer.slow_down && run_id && from > (slowed.get(run_id) ?? 0) ? [run_id] : [],
    ),
  )
  await inTransaction(
    app,
    async (tx) => {
      await settleAttempts(tx, campaign_id, batch)
      for (const run_id of tooFast) await slowDown(tx, { campaign_id, run_id })
    },
    limits,
  )
  for (const run_id of tooFast) slowed.set(run_id, performance.now())
}
