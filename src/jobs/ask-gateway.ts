import type { Deps } from '../deps.server.ts'
import type { TakenAttempt } from '../domain/payments/attempts.ts'
import { isAtBank } from '../domain/payments/bank-visits.ts'
import type { ChargeAnswer, ChargeRequest, GatewayPayment } from '../domain/payments/gateway.ts'
import { type CloseParts, closeEarlier } from './close-earlier.ts'
import { lookAtBank } from './look-at-bank.ts'

type Parts = CloseParts & Pick<Deps, 'log'>

/** So long the gateway remembers a key: after it, nothing of a first sending can still come. */
const KEY_LIVES_MS = 24 * 3_600_000
/** So long after its first sending what the list does not show did not arrive. Should it come all the same, it is booked late. */
const UNHEARD_MS = 10 * 60_000

const unknown = (code: string): ChargeAnswer => ({ answer: 'unknown', code, dead_key: false, slow_down: false })
const refused = (code: string): ChargeAnswer => ({ answer: 'refused', code, pauses: false })

/**
 * Asks the gateway about one attempt. One that was never sent is sent. About any other nobody knows whether the gateway has it: the
 * customer's payments are listed first, and only when none is of this attempt is it sent again, with the same key and the same
 * parameters (promises.md rule 3). Before either sending the order's earlier payments are closed, and what its order no longer waits for is
 * not sent. Never throws.
 */
export async function askGateway(app: Parts, attempt: TakenAttempt, account: string | null): Promise<ChargeAnswer> {
  // Its customer and card belong to another account: one that left can only be settled with that account's keys.
  if (attempt.gateway_account !== account) {
    return account && attempt.was === 'created' ? refused('other_account') : unknown('other_account')
  }
  try {
    if (isAtBank(attempt)) return await lookAtBank(app, attempt)
    const request = attempt.request as ChargeRequest
    if (attempt.was !== 'created') return await settle(app, attempt, request)
    if (!attempt.is_wanted) return refused('order_moved_on')
    return (await closeEarlier(app, attempt)) ?? (await app.gateway.charge(request, { key: attempt.key, is_repeat: false }))
  } catch (error) {
    app.log.error({ error, attempt_id: attempt.id }, 'the gateway adapter broke its word')
    return unknown('internal_error')
  }
}

async function settle(app: Parts, attempt: TakenAttempt, request: ChargeRequest): Promise<ChargeAnswer> {
  // All of them: a customer is one backer of one campaign, and the gateway's clock is not ours.
  const payments = await app.gateway.listPayments(request.customer, new Date(0))
  if (!payments.ok) return unknown(payments.failure.code)
  const ours = payments.value.filter((payment) => payment.metadata.afterfund_attempt === attempt.id)
  // A key that was forgotten may have made two.
  const own = ours.find(({ state }) => state === 'succeeded') ?? ours[0]
  if (own) return answerOf(own)
  const age = app.clock.now().getTime() - (attempt.sent_at ?? attempt.created_at).getTime()
  if (!attempt.is_wanted) return age >= UNHEARD_MS ? refused('order_moved_on') : unknown('order_moved_on')
  const earlier = await closeEarlier(app, attempt)
  // Whether the first sending took something is not known: only a listing without it, a while later, ends this one.
  if (earlier) return earlier.answer === 'refused' ? unknown(earlier.code) : earlier
  const answer = await app.gateway.charge(request, { key: attempt.key, is_repeat: true })
  if (answer.answer !== 'unknown') return answer
  // A 5xx that the gateway replays for this key, and no payment: that key can never succeed.
  if (answer.dead_key) return refused('gateway_error')
  // Somebody else used this key, in another life of these books: it can never be ours.
  if (answer.code === 'idempotency_error' && age >= UNHEARD_MS) return refused('key_used_before')
  // No payment a day later, and none would be made now: the first sending never arrived, or was refused and its answer lost.
  return answer.refuses_now && age >= KEY_LIVES_MS ? refused(answer.code) : answer
}

function answerOf(payment: GatewayPayment): ChargeAnswer {
  if (payment.state === 'succeeded') return { answer: 'succeeded', payment: payment.id, amount: payment.amount }
  if (payment.state === 'declined') {
    return { answer: 'declined', payment: payment.id, decline: payment.decline ?? { code: 'card_declined', advice: null } }
  }
  // Its backer was led to the bank in another life of these books: a yes that comes all the same is booked late.
  if (payment.state === 'asks') {
    return { answer: 'declined', payment: payment.id, decline: { code: 'authentication_required', advice: null } }
  }
  return payment.state === 'canceled' ? refused('payment_canceled') : unknown(payment.state)
}
