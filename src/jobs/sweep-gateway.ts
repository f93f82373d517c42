import type { Deps } from '../deps.server.ts'
import { adoptPayments } from '../domain/payments/adopt-payments.ts'
import { pauseRunOfAttempt } from '../domain/payments/charge-run-state.ts'
import { findAccountInUse } from '../domain/payments/charging.ts'
import type { Answered, GatewayFailure } from '../domain/payments/gateway.ts'
import {
  findOpenDisputes,
  findSweepStart,
  findUnsweptRuns,
  markSweep,
  type Sweeper,
  takeLateQuestions,
} from '../domain/payments/sweeps.ts'
import { adoptDisputes } from '../domain/refunds/adopt-disputes.ts'
import { adoptRefunds } from '../domain/refunds/adopt-refunds.ts'
import { inTransaction, type Tx } from '../domain/shared/tx.ts'

export type SweepParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'gateway'>

/** Booking waits for whoever holds the order just now, a bulk step included. */
const booking = { timeout_ms: 60_000, lock_timeout_ms: 45_000 }

/** An account has the same name with test and live keys, and shows each its own payments. */
export function sweeperOf(account: string, app: Pick<Deps, 'gateway' | 'processId'>): Sweeper {
  return { account: `${account}:${app.gateway.mode}`, process_id: app.processId, swept_at: marks.get(app.gateway) ?? null }
}

/** When each gateway was looked through here: in memory, where no backup can be put back beneath it. */
const marks = new WeakMap<Deps['gateway'], Date>()

/**
 * Looks through what the gateway has taken, given back and disputed since the last time, page by page, and books what the books do not know
 * (promises.md rule 5). Each page is a transaction of its own; one that was cut is begun anew, and finds most of it done. True when it came to the
 * end and its mark is written. A gateway that refuses its keys pauses the runs that wait for this; any other failure leaves them waiting.
 */
export async function sweepGateway(app: SweepParts, sweeper: Sweeper, isStopping: () => boolean): Promise<boolean> {
  const began = app.clock.now()
  const since = await findSweepStart(app.db, sweeper.account)
  const seen = { gateway_time: null as Date | null, began }
  const counts = { payments: 0, settled: 0, adopted: 0, reported: 0 }
  if (since) {
    const failure =
      (await readPages(app, app.gateway.paymentPages(since), isStopping, async (tx, payments) => {
        const found = await adoptPayments(tx, payments)
        counts.payments += payments.length
        counts.settled += found.settled
        counts.adopted += found.adopted
        counts.reported += found.reported
        for (const { created_at } of payments)
          if (!seen.gateway_time || created_at > seen.gateway_time) seen.gateway_time = created_at
      })) ??
      (await readPages(app, app.gateway.refundPages(since), isStopping, adoptRefunds)) ??
      (await readPages(app, app.gateway.disputePages(since), isStopping, adoptDisputes))
    if (failure) {
      await tellFailure(app, failure)
      return false
    }
  }
  if (isStopping()) return false
  const swept_at = await inTransaction(
    app,
    async (tx) => {
      await markSweep(tx, sweeper, seen)
      return tx.now
    },
    booking,
  )
  marks.set(app.gateway, swept_at)
  app.log.info({ since, ...counts }, 'the gateway was looked through')
  await readAfresh(app, isStopping)
  return true
}

/**
 * Reads what a listing by its time no longer shows, and what webhooks tell sooner where they come through: late answers to a bank's question,
 * and how disputes ended. Nothing waits for it; a gateway that does not answer is asked with the next sweep.
 */
async function readAfresh(app: SweepParts, isStopping: () => boolean): Promise<void> {
  const account = await findAccountInUse(app.db)
  if (!account) return
  for (const id of await inTransaction(app, (tx) => takeLateQuestions(tx, account))) {
    const payment = isStopping() ? null : await app.gateway.readPayment(id)
    if (!payment?.ok) return
    await inTransaction(app, (tx) => adoptPayments(tx, [payment.value]), booking)
  }
  for (const id of await findOpenDisputes(app.db)) {
    const dispute = isStopping() ? null : await app.gateway.readDispute(id)
    if (!dispute?.ok) return
    await inTransaction(app, (tx) => adoptDisputes(tx, [dispute.value]), booking)
  }
}

/** Null when all pages were read and booked. */
async function readPages<T>(
  app: SweepParts,
  pages: AsyncIterable<Answered<T[]>>,
  isStopping: () => boolean,
  book: (tx: Tx, page: T[]) => Promise<unknown>,
): Promise<GatewayFailure | null> {
  for await (const page of pages) {
    if (!page.ok) return page.failure
    if (isStopping()) return null
    if (page.value.length > 0) await inTransaction(app, (tx) => book(tx, page.value), booking)
  }
  return null
}

async function tellFailure(app: SweepParts, failure: GatewayFailure): Promise<void> {
  app.log.warn({ code: failure.code }, 'the gateway could not be looked through; nothing is charged before it was')
  if (failure.kind !== 'refused' || !failure.pauses) return
  for (const run of await findUnsweptRuns(app.db)) await inTransaction(app, (tx) => pauseRunOfAttempt(tx, run))
}
