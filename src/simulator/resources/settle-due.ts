import { emit, find, put, type Work } from '../work.ts'

/** Payments in processing of a folder that an earlier version left, which wrote down nothing that waits. */
export function awaitProcessing(work: Work): void {
  for (const payment of work.store.all('payment_intent')) {
    if (payment.status !== 'processing' || find(work, 'waiting', payment.id)) continue
    put(work, 'waiting', { id: payment.id, kind: 'payment_intent', becomes: 'succeeded', at: work.now, is_over: false })
  }
}

/** Brings about what was waiting for its time: payments in processing, refunds on their way. */
export function settleDue(work: Work): void {
  for (const waiting of work.store.all('waiting')) {
    if (waiting.is_over || waiting.at > work.now) continue
    put(work, 'waiting', { ...waiting, is_over: true })
    if (waiting.kind === 'payment_intent') finishPayment(work, waiting.id)
    else if (waiting.becomes === 'failed') failRefund(work, waiting.id)
    else succeedRefund(work, waiting.id)
  }
}

function finishPayment(work: Work, id: string): void {
  const payment = find(work, 'payment_intent', id)
  const charge = find(work, 'charge', payment?.latest_charge ?? '')
  if (payment?.status !== 'processing' || !charge) return
  // Only now it counts in the ledger.
  put(work, 'charge', { ...charge, is_taken: true })
  const paid = put(work, 'payment_intent', { ...payment, status: 'succeeded', amount_received: payment.amount })
  emit(work, 'payment_intent.succeeded', 'payment_intent', paid)
}

function succeedRefund(work: Work, id: string): void {
  const refund = find(work, 'refund', id)
  if (refund?.status !== 'pending') return
  emit(work, 'refund.updated', 'refund', put(work, 'refund', { ...refund, status: 'succeeded' }))
}

function failRefund(work: Work, id: string): void {
  const refund = find(work, 'refund', id)
  if (!refund || refund.status === 'failed') return
  const failed = put(work, 'refund', { ...refund, status: 'failed', failure_reason: 'expired_or_canceled_card' })
  emit(work, 'refund.updated', 'refund', failed)
  emit(work, 'refund.failed', 'refund', failed)
}
