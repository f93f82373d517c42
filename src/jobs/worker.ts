import type { Deps, Worker } from '../deps.server.ts'
import { findCampaignsWithReminders } from '../domain/follow-ups/send-reminders.ts'
import { findCampaignsWithRetries } from '../domain/follow-ups/start-retries.ts'
import { hasDueEvents } from '../domain/gateway-events/take-events.ts'
import { findImportsToRead } from '../domain/imports/find-waiting.ts'
import { hasMailUnderWay } from '../domain/messages/outbox.ts'
import { findWaitingOperations } from '../domain/operations/run-state.ts'
import { findDueNotices } from '../domain/orders/notices.ts'
import { findCampaignsWithAttempts } from '../domain/payments/attempts.ts'
import { hasCardsToDetach } from '../domain/payments/detach-cards.ts'
import { findRunsUnderWay } from '../domain/payments/feed-charge-run.ts'
import { findDueCardSessions } from '../domain/payments/read-card-sessions.ts'
import { findCampaignsToWarn } from '../domain/payments/warn-expiring.ts'
import { hasRefundsDue } from '../domain/refunds/take-refunds.ts'
import { chargeOrders } from './charge-orders.ts'
import { checkCardSessions } from './check-card-sessions.ts'
import { deliverMessages } from './deliver-messages.ts'
import { detachCards } from './detach-cards.ts'
import { queueNames } from './enqueue.ts'
import { createPace } from './pace.ts'
import { eventReader } from './read-events.ts'
import { readWaitingImports } from './read-imports.ts'
import { retryCards } from './retry-cards.ts'
import { runDueNotices } from './run-notices.ts'
import { runOperation } from './run-operation.ts'
import { sendRefunds } from './send-refunds.ts'
import { warnOfExpiry } from './warn-of-expiry.ts'

/** What is due later is a row with a time; this often the worker looks. The queue only makes it look sooner. */
const SCAN_MS = 2_000
const LISTEN_S = 0.5

type Parts = Omit<Deps, 'worker'>

/**
 * Carries out what the queues and the clock ask for. Rows are the truth: a mail, an operation, an upload or a notice that waits is found by
 * the scan, whatever became of the job that announced it. Everything may be run twice, and by several processes at once.
 */
export function createWorker(deps: Parts): Worker {
  let timer: NodeJS.Timeout | undefined
  let isStopping = false
  const faults = new Map<object, string>()
  const lanes = lanesOf(deps, () => isStopping)

  const watched = (lane: Lane) =>
    lane.run().then(
      () => faults.delete(lane),
      (error: unknown) => {
        faults.set(lane, error instanceof Error ? error.message : String(error))
        deps.log.error({ error }, 'the worker failed; it tries again')
      },
    )
  // Each in its own time: mails may leave slowly for hours, a large upload takes half a minute, and a notice waits for neither.
  const look = async () => {
    if (!isStopping) await Promise.all(lanes.map(watched))
  }

  return {
    async start() {
      for (const name of queueNames) {
        await deps.boss.work(name, { batchSize: 100, pollingIntervalSeconds: LISTEN_S }, async () => void look())
      }
      timer = setInterval(() => void look(), SCAN_MS)
      void look()
    },
    async stop() {
      isStopping = true
      if (timer) {
        clearInterval(timer)
        await Promise.all(queueNames.map((name) => deps.boss.offWork(name, { wait: false })))
      }
      await Promise.all(lanes.map((lane) => lane.idle()))
    },
    async runDue() {
      let done = 1
      while (done > 0 && !isStopping) {
        done = 0
        for (const lane of lanes) done += await lane.run()
      }
    },
    async isIdle() {
      return !lanes.some((lane) => lane.isBusy()) && !(await hasWork(deps, deps.clock.now()))
    },
    fault() {
      if (isStopping) return 'It was stopped'
      return faults.values().next().value ?? null
    },
  }
}

/** In the order in which they are run by hand. Mails first: what is announced leaves before it happens. */
function lanesOf(deps: Parts, isStopping: () => boolean): Lane[] {
  return [
    oneAtATime(deliveryOf(deps, isStopping)),
    oneAtATime(() => runSteps(deps)),
    oneAtATime(() => readWaitingImports(deps)),
    oneAtATime(() => retryCards(deps, isStopping)),
    oneAtATime(() => chargeOrders(deps, isStopping)),
    oneAtATime(() => checkCardSessions(deps, isStopping)),
    oneAtATime(() => sendRefunds(deps, isStopping)),
    oneAtATime(async () => (await warnOfExpiry(deps)) + (await detachCards(deps, isStopping))),
    oneAtATime(eventReader(deps, isStopping)),
  ]
}

/** Whether something is due now, or under way. */
async function hasWork({ db }: Parts, now: Date): Promise<boolean> {
  const answers = [
    await hasMailUnderWay(db, now),
    await hasDueEvents(db, now),
    await hasRefundsDue(db, now),
    await hasCardsToDetach(db, now),
  ]
  const waiting = [
    await findDueNotices(db, now),
    await findWaitingOperations(db),
    await findImportsToRead(db),
    await findRunsUnderWay(db),
    await findCampaignsWithAttempts(db, now),
    await findCampaignsWithRetries(db, now),
    await findCampaignsWithReminders(db, now),
    await findDueCardSessions(db, now),
    await findCampaignsToWarn(db, now),
  ]
  return answers.includes(true) || waiting.some((rows) => rows.length > 0)
}

function deliveryOf(deps: Parts, isStopping: () => boolean): () => Promise<number> {
  const pace = createPace(deps.config.mailPerSecond)
  return () => deliverMessages(deps, { pace, isStopping })
}

async function runSteps(deps: Parts): Promise<number> {
  let done = await runDueNotices(deps, deps.clock.now())
  for (const key of await findWaitingOperations(deps.db)) if (await runOperation(deps, key)) done += 1
  return done
}

interface Lane {
  run(): Promise<number>
  idle(): Promise<void>
  isBusy(): boolean
}

/** Runs one call after the other: who comes while one runs gets the next run, so nothing that was written before it came is missed. */
function oneAtATime(run: () => Promise<number>): Lane {
  let current: Promise<number> | null = null
  let next: Promise<number> | null = null
  const begin = (): Promise<number> => {
    const started = run().finally(() => {
      if (current === started) current = null
    })
    current = started
    return started
  }
  return {
    run() {
      if (!current && !next) return begin()
      next ??= Promise.resolve(current)
        .catch(() => 0)
        .then(() => {
          next = null
          return begin()
        })
      return next
    },
    async idle() {
      while (current ?? next) await (next ?? current)?.catch(() => 0)
    },
    isBusy: () => current !== null || next !== null,
  }
}
