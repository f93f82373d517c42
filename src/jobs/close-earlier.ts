import type { Deps } from '../deps.server.ts'
import { adoptPayments } from '../domain/payments/adopt-payments.ts'
import { closePayments, type TakenAttempt } from '../domain/payments/attempts.ts'
import type { ChargeAnswer } from '../domain/payments/gateway.ts'
import { inTransaction } from '../domain/shared/tx.ts'

export type CloseParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'gateway'>

const unknown = (code: string): ChargeAnswer => ({ answer: 'unknown', code, dead_key: false, slow_down: false })
const refused = (code: string, pauses = false): ChargeAnswer => ({ answer: 'refused', code, pauses })

/**
 * Cancels at the gateway the earlier payments of an order that took nothing and still could, before another attempt is sent: two can never
 * both succeed. What one of them took all the same is booked. Null: nothing stands in the way of this attempt; else what becomes of it.
 */
export async function closeEarlier(app: CloseParts, attempt: TakenAttempt): Promise<ChargeAnswer | null> {
  const { campaign_id } = attempt
  let hasTaken = false
  for (const payment of attempt.open_payments) {
    // A failure that the gateway keeps for a key would be answered for a day: each round has its own.
    const answer = await app.gateway.cancelPayment(payment, `cancel:${payment}:${attempt.id}:${attempt.sendings}`)
    if (!answer.ok) {
      const { failure } = answer
      if (failure.kind === 'refused' && failure.pauses) return refused(failure.code, true)
      if (failure.code !== 'resource_missing') return unknown(failure.code)
      await inTransaction(app, (tx) => closePayments(tx, campaign_id, [payment]))
      continue
    }
    const { state } = answer.value
    if (state !== 'canceled' && state !== 'succeeded') return unknown(`earlier_payment_${state}`)
    await inTransaction(app, (tx) => adoptPayments(tx, [answer.value]))
    hasTaken ||= state === 'succeeded'
  }
  return hasTaken ? refused('earlier_payment_succeeded') : null
}
