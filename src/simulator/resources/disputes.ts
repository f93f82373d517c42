import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { flag } from '../parameters.ts'
import { invalidRequest, noSuch } from '../refusals.ts'
import type { StoredDispute, StoredPayment } from '../store.ts'
import { type Endpoint, emit, endpoint, find, put, type Work } from '../work.ts'
import { isCreatedIn, pageOf, timedList } from './list-page.ts'

/** How long one may answer a dispute. */
const answerS = 9 * 24 * 60 * 60

export type DisputeReason = 'fraudulent' | 'product_not_received' | 'inquiry'

const OPEN: Stripe.Dispute.Status[] = ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review']

/** The holder of the card objects. An inquiry takes no money yet, and the charge can still be refunded. */
export function openDispute(work: Work, payment: StoredPayment, reason: DisputeReason): StoredDispute {
  const isInquiry = reason === 'inquiry'
  const dispute = put(work, 'dispute', {
    id: newStripeId('dp'),
    payment_intent: payment.id,
    charge: payment.latest_charge ?? '',
    amount: payment.amount,
    currency: payment.currency,
    reason: isInquiry ? 'general' : reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
    is_charge_refundable: isInquiry,
    evidence: null,
    created: work.now,
  })
  emit(work, 'charge.dispute.created', 'dispute', dispute)
  if (!isInquiry) emit(work, 'charge.dispute.funds_withdrawn', 'dispute', dispute)
  return dispute
}

const updateInput = z.strictObject({
  evidence: z.strictObject({ uncategorized_text: z.string() }).optional(),
  submit: flag.optional(),
})

/** Answers a dispute. As in Stripe's test mode, evidence that reads `winning_evidence` or `losing_evidence` decides it at once. */
function update(work: Work, input: z.infer<typeof updateInput>, id: string): Stripe.Dispute {
  const dispute = needOpen(work, id)
  const evidence = input.evidence?.uncategorized_text ?? dispute.evidence
  if (input.submit === false) return showDispute(put(work, 'dispute', { ...dispute, evidence }))
  if (evidence === 'winning_evidence') return showDispute(close(work, { ...dispute, evidence }, true))
  if (evidence === 'losing_evidence') return showDispute(close(work, { ...dispute, evidence }, false))
  const status = isWarning(dispute) ? 'warning_under_review' : 'under_review'
  const answered = put(work, 'dispute', { ...dispute, evidence, status })
  emit(work, 'charge.dispute.updated', 'dispute', answered)
  return showDispute(answered)
}

function close(work: Work, dispute: StoredDispute, isWon: boolean): StoredDispute {
  const status = isWarning(dispute) ? 'warning_closed' : isWon ? 'won' : 'lost'
  const closed = put(work, 'dispute', { ...dispute, status })
  emit(work, 'charge.dispute.closed', 'dispute', closed)
  if (status === 'won') emit(work, 'charge.dispute.funds_reinstated', 'dispute', closed)
  return closed
}

function isWarning({ status }: StoredDispute): boolean {
  return status.startsWith('warning_')
}

function needDispute(work: Work, id: string): StoredDispute {
  const dispute = find(work, 'dispute', id)
  if (!dispute) throw noSuch('dispute', id)
  return dispute
}

function needOpen(work: Work, id: string): StoredDispute {
  const dispute = needDispute(work, id)
  if (!OPEN.includes(dispute.status)) throw invalidRequest('This dispute is already closed.', { code: 'dispute_already_closed' })
  return dispute
}

/** A dispute as Stripe shows it. */
export function showDispute(dispute: StoredDispute): Stripe.Dispute {
  const { id, amount, charge, created, currency, is_charge_refundable, payment_intent, reason, status } = dispute
  return {
    ...{
      id,
      object: 'dispute' as const,
      amount,
      charge,
      created,
      currency,
      is_charge_refundable,
      payment_intent,
      reason,
      status,
    },
    balance_transactions: [],
    enhanced_eligibility_types: [],
    evidence: { ...noEvidence, uncategorized_text: dispute.evidence },
    evidence_details: {
      due_by: OPEN.includes(status) ? created + answerS : null,
      enhanced_eligibility: {},
      has_evidence: dispute.evidence !== null,
      past_due: false,
      submission_count: OPEN.includes(status) && !status.endsWith('under_review') ? 0 : 1,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    livemode: false,
    metadata: {},
  }
}

const noEvidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
} satisfies Stripe.Dispute.Evidence

const listInput = z.strictObject({ charge: z.string().optional(), payment_intent: z.string().optional(), ...timedList })

function list(work: Work, input: z.infer<typeof listInput>): object {
  return pageOf(work.store, {
    kind: 'dispute',
    request: input,
    url: '/v1/disputes',
    accept: ({ charge, payment_intent, created }) =>
      (!input.charge || charge === input.charge) &&
      (!input.payment_intent || payment_intent === input.payment_intent) &&
      isCreatedIn(created, input.created),
    show: (dispute) => showDispute(needDispute(work, dispute.id)),
  })
}

export const disputeEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/disputes', listInput, list),
  endpoint('GET', '/v1/disputes/:id', z.strictObject({}), (work, _, id) => showDispute(needDispute(work, id))),
  endpoint('POST', '/v1/disputes/:id', updateInput, update),
  endpoint('POST', '/v1/disputes/:id/close', z.strictObject({}), (work, _, id) =>
    showDispute(close(work, needOpen(work, id), false)),
  ),
]
