import { sql } from 'kysely'
import { takeOrder } from '../orders/find-order.ts'
import type { GatewayRefund, RefundAnswer } from '../payments/gateway.ts'
import type { Tx } from '../shared/tx.ts'
import { adoptRefunds } from './adopt-refunds.ts'
import { endUnsent, followRefund, saveRefund } from './follow-refund.ts'
import { isUnderWay, type Refund } from './states.ts'
import type { TakenRefund } from './take-refunds.ts'

/** What came of asking about one refund. */
export type RefundOutcome =
  | RefundAnswer
  /** the gateway was not asked for the money, so nothing can have left */
  | { answer: 'not_sent'; code: string }
  /** the payment has refunds that the books do not know: they are taken over first, and this one is not sent */
  | { answer: 'others'; refunds: GatewayRefund[] }
  /** one that left stands as it stood, or could not be read */
  | { answer: 'same' }

/** How long until it is asked again, by how often it was. */
const WAITS_S = [2, 5, 15, 60, 600]
/** So long a refund waits for keys that may give money back. */
const KEYS_WAIT_MS = 3 * 86_400_000

/**
 * Books what came of asking about a refund that this worker took. Guarantees: it is booked once, whoever asks and however often; what the
 * gateway has counts whoever brings it, and that nothing left counts only from who still holds it. A refusal gives the credit back; keys
 * that may not refund keep it waiting for three days; all else is asked again.
 */
export async function settleRefund(tx: Tx, taken: TakenRefund, outcome: RefundOutcome): Promise<void> {
  const order = await takeOrder(tx, taken)
  const refund = await readRefund(tx, taken)
  if (outcome.answer === 'accepted') {
    await followRefund(tx, order, refund, outcome.refund)
    return
  }
  if (refund.lease_id !== taken.lease_id) return
  if (outcome.answer === 'same') return await saveRefund(tx, refund)
  if (!isUnderWay(refund)) return
  if (outcome.answer === 'others') {
    await endUnsent(tx, order, refund, { state: 'refused', code: 'refunded_elsewhere' })
    await adoptRefunds(tx, outcome.refunds)
    return
  }
  if (outcome.answer === 'unknown')
    return await saveRefund(tx, { ...refund, state: 'unknown', code: outcome.code }, later(tx, refund))
  const waits = outcome.answer === 'not_sent' || (outcome.pauses && tx.now.getTime() - refund.created_at.getTime() < KEYS_WAIT_MS)
  if (waits) return await saveRefund(tx, { ...refund, state: 'created', code: outcome.code }, later(tx, refund))
  await endUnsent(tx, order, refund, { state: 'refused', code: outcome.code })
}

async function readRefund(tx: Tx, { campaign_id, id }: Pick<Refund, 'campaign_id' | 'id'>): Promise<Refund> {
  const { rows } = await sql<Refund>`select * from refunds where campaign_id = ${campaign_id} and id = ${id} for update`.execute(
    tx.db,
  )
  const [refund] = rows
  if (!refund) throw new Error('A refund that was taken is a row')
  return refund
}

function later(tx: Tx, { sendings }: Pick<Refund, 'sendings'>): Date {
  const wait = WAITS_S[Math.min(sendings, WAITS_S.length) - 1] ?? 2
  return new Date(tx.now.getTime() + wait * 1000)
}
