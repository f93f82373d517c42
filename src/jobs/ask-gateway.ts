import type { Deps } from '../deps.server.ts'
import type { TakenAttempt } from '../domain/payments/attempts.ts'
import type { ChargeAnswer, ChargeRequest, GatewayPayment } from '../domain/payments/gateway.ts'

const unknown = (code: string): ChargeAnswer => ({ answer: 'unknown', code, dead_key: false, slow_down: false })

/**
 * Asks the gateway about one attempt. One that was never sent is sent. About any other nobody knows whether the gateway has it: the
 * customer's payments are listed first, and only when none is of this attempt is it sent again, with the same key and the same
 * parameters (promises.md rule 3). Never throws.
 */
export async function askGateway(
  app: Pick<Deps, 'gateway' | 'log'>,
  attempt: TakenAttempt,
  account: string | null,
): Promise<ChargeAnswer> {
  // Its customer and card belong to another account: only with that account's keys can it be settled.
  if (attempt.gateway_account !== account) return unknown('other_account')
  try {
    const request = attempt.request as ChargeRequest
    if (attempt.was === 'created') return await app.gateway.charge(request, { key: attempt.key, is_repeat: false })
    return await settle(app, attempt, request)
  } catch (error) {
    app.log.error({ error, attempt_id: attempt.id }, 'the gateway adapter broke its word')
    return unknown('internal_error')
  }
}

async function settle(app: Pick<Deps, 'gateway'>, attempt: TakenAttempt, request: ChargeRequest): Promise<ChargeAnswer> {
  // All of them: a customer is one backer of one campaign, and the gateway's clock is not ours.
  const payments = await app.gateway.listPayments(request.customer, new Date(0))
  if (!payments.ok) return unknown(payments.failure.code)
  const own = payments.value.find((payment) => payment.metadata.afterfund_attempt === attempt.id)
  if (own) return answerOf(own)
  const answer = await app.gateway.charge(request, { key: attempt.key, is_repeat: true })
  // A 5xx that the gateway replays for this key, and no payment: that key can never succeed.
  if (answer.answer === 'unknown' && answer.dead_key) return { answer: 'refused', code: 'gateway_error', pauses: false }
  return answer
}

function answerOf(payment: GatewayPayment): ChargeAnswer {
  if (payment.state === 'succeeded') return { answer: 'succeeded', payment: payment.id, amount: payment.amount }
  if (payment.state === 'declined') {
    return { answer: 'declined', payment: payment.id, decline: payment.decline ?? { code: 'card_declined', advice: null } }
  }
  return payment.state === 'canceled' ? { answer: 'refused', code: 'payment_canceled', pauses: false } : unknown(payment.state)
}
