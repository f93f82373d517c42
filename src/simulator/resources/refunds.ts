import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { integer, metadata } from '../parameters.ts'
import { invalidRequest, noSuch } from '../refusals.ts'
import type { StoredCharge, StoredRefund } from '../store.ts'
import { cardOfName } from '../test-cards.ts'
import { type Endpoint, emit, endpoint, find, put, type Work } from '../work.ts'
import { needCharge, refundedOf } from './charges.ts'
import { mergeMetadata } from './customers.ts'
import { isCreatedIn, pageOf, timedList } from './list-page.ts'
import { needPayment } from './payment-intents.ts'

/** How long a refund is pending, and after how long one fails that looked well. */
const laterS = 5

const createInput = z.strictObject({
  payment_intent: z.string().optional(),
  charge: z.string().optional(),
  amount: integer.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
})

const listInput = z.strictObject({ charge: z.string().optional(), payment_intent: z.string().optional(), ...timedList })

/** Gives money back: all of it, or `amount`, as often as something of the charge is left. */
function create(work: Work, input: z.infer<typeof createInput>): Stripe.Refund {
  const charge = chargeOf(work, input)
  const left = charge.amount - refundedOf(work, charge.id)
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  const dispute = work.store.all('dispute').find((one) => one.charge === charge.id)
  if (dispute && !dispute.is_charge_refundable) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  }
  const amount = input.amount ?? left
  if (amount < 1) throw invalidRequest('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount > left) {
    throw invalidRequest(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' })
  }
  return showRefund(make(work, charge, { amount, reason: input.reason ?? null, metadata: mergeMetadata({}, input.metadata) }))
}

function chargeOf(work: Work, { payment_intent, charge }: z.infer<typeof createInput>): StoredCharge {
  if ((payment_intent === undefined) === (charge === undefined)) {
    throw invalidRequest('Give one of `charge` and `payment_intent`.', { code: 'parameter_missing', param: 'payment_intent' })
  }
  const payment = payment_intent === undefined ? null : needPayment(work, payment_intent, 'payment_intent')
  const found = needCharge(work, charge ?? payment?.latest_charge ?? '', 'charge')
  if (!found.is_taken) {
    throw invalidRequest(`This PaymentIntent (${found.payment_intent}) does not have a successful charge to refund.`, {
      code: 'payment_intent_unexpected_state',
    })
  }
  return found
}

function make(
  work: Work,
  charge: StoredCharge,
  { amount, reason, metadata }: Pick<StoredRefund, 'amount' | 'reason' | 'metadata'>,
): StoredRefund {
  const behaviour = cardOfName(find(work, 'payment_method', charge.payment_method)?.card ?? '')?.charged
  const becomes = behaviour?.kind === 'refund_later' ? behaviour.becomes : null
  const refund = put(work, 'refund', {
    id: newStripeId('re'),
    payment_intent: charge.payment_intent,
    charge: charge.id,
    currency: charge.currency,
    ...{ amount, reason, metadata },
    status: becomes === 'succeeded' ? 'pending' : 'succeeded',
    failure_reason: null,
    idempotency_key: work.key,
    created: work.now,
  })
  if (becomes) put(work, 'waiting', { id: refund.id, kind: 'refund', becomes, at: work.now + laterS, is_over: false })
  emit(work, 'refund.created', 'refund', refund)
  emit(work, 'charge.refunded', 'charge', charge)
  return refund
}

/** A refund as Stripe shows it. */
export function showRefund(refund: StoredRefund): Stripe.Refund {
  const { id, amount, charge, created, currency, metadata, payment_intent, reason, status } = refund
  return {
    ...{ id, object: 'refund' as const, amount, charge, created, currency, metadata, payment_intent, reason, status },
    balance_transaction: null,
    customer: null,
    customer_account: null,
    payment_method: null,
    receipt_number: null,
    source_transfer_reversal: null,
    transfer_reversal: null,
    ...(refund.failure_reason ? { failure_reason: refund.failure_reason } : {}),
  }
}

function needRefund(work: Work, id: string): StoredRefund {
  const refund = find(work, 'refund', id)
  if (!refund) throw noSuch('refund', id)
  return refund
}

function list(work: Work, input: z.infer<typeof listInput>): object {
  return pageOf(work.store, {
    kind: 'refund',
    request: input,
    url: '/v1/refunds',
    accept: ({ charge, payment_intent, created }) =>
      (!input.charge || charge === input.charge) &&
      (!input.payment_intent || payment_intent === input.payment_intent) &&
      isCreatedIn(created, input.created),
    show: ({ id }) => showRefund(needRefund(work, id)),
  })
}

export const refundEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/refunds', createInput, create, { movesMoney: true }),
  endpoint('GET', '/v1/refunds', listInput, list),
  endpoint('GET', '/v1/refunds/:id', z.strictObject({}), (work, _, id) => showRefund(needRefund(work, id))),
]
