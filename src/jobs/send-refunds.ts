import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.server.ts'
import { findAccountInUse } from '../domain/payments/charging.ts'
import type { RefundRequest } from '../domain/payments/gateway.ts'
import { type RefundOutcome, settleRefund } from '../domain/refunds/settle-refunds.ts'
import { isUnderWay } from '../domain/refunds/states.ts'
import { type TakenRefund, takeRefunds } from '../domain/refunds/take-refunds.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { createPace } from './pace.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'gateway' | 'config'>

/** So many are asked about at once. They share the gateway's calls with a charge run, so they keep to a fifth of its pace. */
const AT_ONCE = 4
const SHARE_OF_PACE = 5
/** A refund is two calls at most, the list and the sending; beside them a lease has room to wait for its turn and to be booked. */
const CALLS = 2
const LEASE_SPARE_MS = 15_000
/** So long the gateway remembers a key: after it, nothing of a first sending can still come. */
const KEY_LIVES_MS = 24 * 3_600_000
const booking = { timeout_ms: 60_000, lock_timeout_ms: 45_000 }

/**
 * The lane of refunds: sends those that were decided, asks about those nobody knows, and looks again at those that left, since their money
 * can come back. No transaction is open during a call; a killed worker leaves a row that the next one asks about first. Answers how many.
 */
export async function sendRefunds(app: Parts, isStopping: () => boolean = () => false): Promise<number> {
  const pace = createPace(Math.max(1, app.config.chargesPerSecond / SHARE_OF_PACE))
  let done = 0
  while (!isStopping()) {
    const account = await findAccountInUse(app.db)
    const take = { lease_id: randomUUID(), lease_ms: CALLS * app.config.gatewayTimeoutMs + LEASE_SPARE_MS, limit: AT_ONCE }
    const taken = await inTransaction(app, (tx) => takeRefunds(tx, take))
    if (taken.length === 0) break
    const settled = await Promise.allSettled(
      taken.map(async (refund) => {
        await pace()
        const outcome = await askAbout(app, refund, account)
        await inTransaction(app, (tx) => settleRefund(tx, refund, outcome), booking)
      }),
    )
    const failed = settled.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
    done += taken.length
  }
  return done
}

/**
 * Asks the gateway about one refund. The payment's refunds are listed first, always: one that was sent may be among them, and those that the
 * books do not know (made elsewhere, or lost with a restored backup) are taken over before anything new leaves. Never throws.
 */
async function askAbout(app: Parts, refund: TakenRefund, account: string | null): Promise<RefundOutcome> {
  const isNew = refund.was === 'created'
  if (refund.gateway_account !== account) {
    if (!isUnderWay(refund)) return { answer: 'same' }
    if (!account) return isNew ? { answer: 'not_sent', code: 'gateway_unreachable' } : unknown('gateway_unreachable')
    return isNew ? { answer: 'refused', code: 'other_account', pauses: false } : unknown('other_account')
  }
  try {
    const listed = await app.gateway.listRefunds(refund.payment)
    if (!listed.ok) {
      if (!isUnderWay(refund)) return { answer: 'same' }
      return isNew ? { answer: 'not_sent', code: listed.failure.code } : unknown(listed.failure.code)
    }
    const own = listed.value.find((each) => each.id === refund.gateway_refund || each.metadata.afterfund_refund === refund.id)
    if (own) return { answer: 'accepted', refund: own }
    if (!isUnderWay(refund)) return { answer: 'same' }
    const others = listed.value.filter((each) => each.state !== 'failed' && !refund.known.includes(each.id))
    // Also of one that may have left: should it have, it is found here or told, and booked after all.
    if (others.length > 0) return { answer: 'others', refunds: others }
    return await send(app, refund)
  } catch (error) {
    app.log.error({ error, refund_id: refund.id }, 'the gateway adapter broke its word')
    return unknown('internal_error')
  }
}

async function send(app: Parts, refund: TakenRefund): Promise<RefundOutcome> {
  const is_repeat = refund.was !== 'created'
  const answer = await app.gateway.refund(requestOf(refund), { key: refund.key, is_repeat })
  if (answer.answer !== 'unknown') return answer
  // A 5xx that the gateway replays for this key, and none in the list: that key can never succeed.
  if (answer.dead_key && is_repeat) return { answer: 'refused', code: 'gateway_error', pauses: false }
  const age = app.clock.now().getTime() - (refund.sent_at ?? refund.created_at).getTime()
  return answer.refuses_now && age >= KEY_LIVES_MS ? { answer: 'refused', code: answer.code, pauses: false } : answer
}

function requestOf(refund: TakenRefund): RefundRequest {
  return {
    payment: refund.payment,
    amount: refund.amount,
    metadata: {
      afterfund_campaign: refund.campaign_id,
      afterfund_order: refund.order_id,
      afterfund_attempt: refund.attempt_id,
      afterfund_refund: refund.id,
    },
  }
}

function unknown(code: string): RefundOutcome {
  return { answer: 'unknown', code, dead_key: false, slow_down: false }
}
