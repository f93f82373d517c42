import type { Deps } from '../deps.server.ts'
import {
  endEvents,
  endKnownEvents,
  forgetOldEvents,
  type GatewayEvent,
  putOffEvents,
  returnEvents,
  takeEvents,
} from '../domain/gateway-events/take-events.ts'
import { adoptPayments } from '../domain/payments/adopt-payments.ts'
import type { Answered, GatewayFailure } from '../domain/payments/gateway.ts'
import { completeCardSessions, findBackerOfSession } from '../domain/payments/read-card-sessions.ts'
import { isCardKnown, renewCards } from '../domain/payments/renew-cards.ts'
import { adoptDisputes } from '../domain/refunds/adopt-disputes.ts'
import { adoptRefunds } from '../domain/refunds/adopt-refunds.ts'
import type { BackerKey } from '../domain/shared/keys.ts'
import { inTransaction, type Tx } from '../domain/shared/tx.ts'
import { isId } from '../lib/id.ts'
import { isOutage } from './outage.ts'
import { createPace } from './pace.ts'

type EventParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'gateway' | 'config'>

/** `wait`: for a turn of the gateway's; before each reading */
interface Lane {
  wait(): Promise<void>
  isStopping(): boolean
}

/** Taken at once. What they are about is often the same object, which is read once. */
const BATCH = 50
/** The longest reading is three calls; beside them booking, which waits for whoever holds the order. */
const CALLS = 3
const booking = { timeout_ms: 60_000, lock_timeout_ms: 45_000 }
const LEASE_SPARE_MS = 50_000
/** A gateway takes about 25 calls a second of one account; a charge run makes 20. */
const READINGS_PER_SECOND = 4

/** What came of reading an object: `code` says why nothing did. */
type Outcome = { end: 'done'; code: string | null } | { end: 'again'; code: string; isSilent: boolean }
type Read = (app: EventParts, lane: Lane, id: string) => Promise<Outcome>

const DONE: Outcome = { end: 'done', code: null }

/** The worker's lane of events. */
export function eventReader(app: EventParts, isStopping: () => boolean): () => Promise<number> {
  const isPaced = !app.config.isTest && app.config.gateway !== 'simulator'
  const lane = { wait: createPace(isPaced ? READINGS_PER_SECOND : null), isStopping }
  return () => readEvents(app, lane)
}

/**
 * Acts on what the gateway told: reads each object afresh and hands it on, whatever the event said of it, so that repeated, late and disordered
 * ones do no harm. A gateway that does not answer is asked again, the rest waits with it; what cannot be booked is logged and tried again.
 * Nothing is lost: what is given up after three days is shown. Answers how many events were ended.
 */
async function readEvents(app: EventParts, lane: Lane): Promise<number> {
  let done = await endKnownEvents(app.db, app.clock.now())
  while (!lane.isStopping()) {
    // What takes longer may be read twice, which does no harm.
    const lease_ms = CALLS * app.config.gatewayTimeoutMs + LEASE_SPARE_MS
    const taken = await takeEvents(app.db, app.clock.now(), { limit: BATCH, lease_ms })
    if (taken.length === 0) break
    const { ended, isSilent } = await readBatch(app, lane, taken)
    done += ended
    if (isSilent) break
  }
  if (done > 0) await forgetOldEvents(app.db, app.clock.now())
  return done
}

async function readBatch(
  app: EventParts,
  lane: Lane,
  taken: readonly GatewayEvent[],
): Promise<{ ended: number; isSilent: boolean }> {
  const groups = [...Map.groupBy(taken, (event) => `${readingOf(event)} ${event.object_id}`).values()]
  let ended = 0
  for (const [index, group] of groups.entries()) {
    const outcome = lane.isStopping() ? null : await readGroup(app, lane, group)
    if (outcome?.end === 'done') {
      await endEvents(app.db, group, app.clock.now(), outcome.code)
      ended += group.length
    } else if (outcome) await putOffEvents(app.db, group, app.clock.now(), outcome)
    if (outcome?.end === 'done' || outcome?.isSilent === false) continue
    await returnEvents(app.db, groups.slice(outcome ? index + 1 : index).flat(), app.clock.now())
    return { ended, isSilent: true }
  }
  return { ended, isSilent: false }
}

async function readGroup(app: EventParts, lane: Lane, group: readonly GatewayEvent[]): Promise<Outcome> {
  const [event] = group
  const read = event ? READINGS[readingOf(event)] : null
  if (!event || !read) return { end: 'done', code: 'ignored' }
  try {
    return await read(app, lane, event.object_id)
  } catch (error) {
    // Without a database nothing can be noted either: they come back when their lease is over.
    if (isOutage(error)) throw error
    app.log.error({ error, event_ids: group.map(({ id }) => id) }, 'what the gateway told could not be booked; it is tried again')
    return { end: 'again', code: 'internal_error', isSilent: false }
  }
}

type Reading = 'payment' | 'refunds' | 'dispute' | 'card' | 'setup' | 'session' | 'nothing'

/** What an event asks to be read. */
function readingOf({ type, object_kind }: GatewayEvent): Reading {
  if (object_kind === 'payment_intent')
    return type.startsWith('payment_intent.') ? 'payment' : isOfRefund(type) ? 'refunds' : 'nothing'
  if (object_kind === 'dispute') return 'dispute'
  if (object_kind === 'payment_method') return 'card'
  if (object_kind === 'setup_intent') return 'setup'
  return object_kind === 'checkout.session' ? 'session' : 'nothing'
}

function isOfRefund(type: string): boolean {
  return type === 'charge.refunded' || type.startsWith('refund.') || type.startsWith('charge.refund.')
}

const READINGS: Record<Reading, Read | null> = {
  payment: async (app, lane, id) =>
    hand(
      app,
      await asked(lane, () => app.gateway.readPayment(id)),
      async (tx, payment) => void (await adoptPayments(tx, [payment])),
    ),
  refunds: (app, lane, id) => readMoneyBack(app, lane, () => app.gateway.listRefunds(id), adoptRefunds),
  dispute: (app, lane, id) =>
    readMoneyBack(
      app,
      lane,
      async () => {
        const dispute = await app.gateway.readDispute(id)
        return dispute.ok ? { ok: true, value: [dispute.value] } : dispute
      },
      adoptDisputes,
    ),
  card: async (app, lane, id) => {
    if (!(await isCardKnown(app.db, id))) return { end: 'done', code: 'not_ours' }
    return hand(app, await asked(lane, () => app.gateway.readCard(id)), renewCards)
  },
  setup: async (app, lane, id) => {
    const setup = await asked(lane, () => app.gateway.readSetup(id))
    if (!setup.ok) return failed(setup.failure)
    const { afterfund_campaign: campaign_id, afterfund_backer: backer_id } = setup.value
    if (!campaign_id || !backer_id || !isId(campaign_id) || !isId(backer_id)) return { end: 'done', code: 'not_ours' }
    return await readCards(app, { campaign_id, backer_id })
  },
  session: async (app, _lane, id) => {
    const backer = await findBackerOfSession(app.db, id)
    return backer ? await readCards(app, backer) : { end: 'done', code: 'not_ours' }
  },
  nothing: null,
}

async function asked<T>(lane: Lane, ask: () => Promise<T>): Promise<T> {
  await lane.wait()
  return await ask()
}

/** Books in a transaction what was read. */
async function hand<T>(app: EventParts, answer: Answered<T>, book: (tx: Tx, value: T) => Promise<void>): Promise<Outcome> {
  if (!answer.ok) return failed(answer.failure)
  await inTransaction(app, (tx) => book(tx, answer.value), booking)
  return DONE
}

/** Money back belongs to a payment: one that the books do not have is read and taken over first. */
async function readMoneyBack<T>(
  app: EventParts,
  lane: Lane,
  ask: () => Promise<Answered<T[]>>,
  adopt: (tx: Tx, values: T[]) => Promise<{ unknown_payments: string[] }>,
): Promise<Outcome> {
  const answer = await asked(lane, ask)
  if (!answer.ok) return failed(answer.failure)
  const first = await inTransaction(app, (tx) => adopt(tx, answer.value), booking)
  for (const id of first.unknown_payments) {
    const payment = await asked(lane, () => app.gateway.readPayment(id))
    if (!payment.ok) return failed(payment.failure)
    await inTransaction(
      app,
      async (tx) => {
        await adoptPayments(tx, [payment.value])
        await adopt(tx, answer.value)
      },
      booking,
    )
  }
  return DONE
}

async function readCards(app: EventParts, backer: BackerKey): Promise<Outcome> {
  const { is_unknown } = await completeCardSessions(app, backer)
  return is_unknown ? { end: 'again', code: 'card_not_read', isSilent: false } : DONE
}

/** What the gateway does not know is nobody's. Keys that it refuses are put right by somebody; until then all waits. */
function failed(failure: GatewayFailure): Outcome {
  if (failure.code === 'resource_missing') return { end: 'done', code: failure.code }
  return { end: 'again', code: failure.code, isSilent: failure.kind === 'outage' || failure.pauses }
}
