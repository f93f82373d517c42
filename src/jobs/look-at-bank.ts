import type { Deps } from '../deps.server.ts'
import type { Attempt } from '../domain/payments/attempts.ts'
import { answerOfVisit, atBank } from '../domain/payments/bank-answer.ts'
import type { ChargeAnswer } from '../domain/payments/gateway.ts'

/**
 * Looks after a backer who was led to their bank: reads their payment, and never confirms it, since they may not be there any more. What
 * nobody knows stays at the bank; a gateway that does not answer says nothing about it.
 */
export async function lookAtBank(app: Pick<Deps, 'gateway' | 'clock'>, attempt: Attempt): Promise<ChargeAnswer> {
  const reading = await app.gateway.readPayment(attempt.payment ?? '')
  return reading.ok ? answerOfVisit(attempt, reading.value, app.clock.now()) : atBank
}
