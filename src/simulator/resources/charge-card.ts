import type Stripe from 'stripe'
import { z } from 'zod'
import { checkAmount } from '../amounts.ts'
import { DECLINES, type DeclineReason } from '../declines.ts'
import { newStripeId } from '../ids.ts'
import { flag, integer, metadata } from '../parameters.ts'
import { invalidRequest, StripeRefusal } from '../refusals.ts'
import type { StoredCard } from '../store.ts'
import { type ChargeBehaviour, cardOfName } from '../test-cards.ts'
import { find, put, type Work } from '../work.ts'
import { mergeMetadata, needCustomer } from './customers.ts'
import { needCard, spent } from './payment-methods.ts'

export const chargeParameters = z.strictObject({
  amount: integer,
  currency: z.string().regex(/^[a-zA-Z]{3}$/),
  customer: z.string(),
  payment_method: z.string(),
  off_session: flag,
  confirm: flag,
  allowed_payment_method_types: z.array(z.literal('card')).length(1).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: z.literal('true'), allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  description: z.string().max(1000).optional(),
  metadata: metadata.optional(),
  statement_descriptor_suffix: z.string().max(22).optional(),
  error_on_requires_action: flag.optional(),
})
type Input = z.infer<typeof chargeParameters>

/** What happens to one charge. */
type Outcome = { kind: 'paid' } | { kind: 'processing' } | { kind: 'declined'; reason: DeclineReason } | { kind: 'nothing' }

/**
 * Charges a saved card without its holder. Refuses (400) amounts, customers and cards that Stripe would refuse; a decline is a 402 that carries
 * the payment. Cards that time out set the silence of the call.
 */
export function chargeCard(work: Work, input: Input): Stripe.PaymentIntent {
  if (!input.off_session || !input.confirm) {
    throw invalidRequest('The simulator charges saved cards only: off_session and confirm must be true.', {
      param: 'off_session',
    })
  }
  checkAmount(input.amount, input.currency)
  const customer = needCustomer(work, input.customer, 'customer')
  const card = needCard(work, input.payment_method, 'payment_method')
  if (card.is_spent) throw spent()
  if (card.object.customer !== customer.id) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${card.id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param: 'payment_method' },
    )
  }
  const outcome = meet(work, card)
  const payment = makePayment(work, input, card)
  if (outcome.kind === 'nothing') return payment
  const charge = newStripeId('ch')
  if (outcome.kind === 'declined') throw decline(work, { ...payment, latest_charge: charge }, card, outcome.reason)
  const isPaid = outcome.kind === 'paid'
  put(work, 'charge', {
    id: charge,
    is_taken: isPaid,
    payment_intent: payment.id,
    charge,
    amount: payment.amount,
    currency: payment.currency,
    customer: customer.id,
    payment_method: card.id,
    metadata: payment.metadata,
    idempotency_key: work.key,
    created: work.now,
  })
  return put(work, 'payment_intent', {
    ...payment,
    latest_charge: charge,
    amount_received: isPaid ? payment.amount : 0,
    status: isPaid ? 'succeeded' : 'processing',
  })
}

/** What the card does this time. Cards that do otherwise the second time remember the first. */
function meet(work: Work, card: StoredCard): Outcome {
  const behaviour: ChargeBehaviour = cardOfName(card.card)?.charged ?? { kind: 'succeed' }
  switch (behaviour.kind) {
    case 'succeed':
      return { kind: 'paid' }
    case 'decline':
      return { kind: 'declined', reason: DECLINES[behaviour.reason] }
    case 'decline_once':
      return isFirst(work, card.id) ? { kind: 'declined', reason: DECLINES[behaviour.reason] } : { kind: 'paid' }
    case 'hang_after':
      work.silence = 'after'
      return { kind: 'paid' }
    case 'hang_before':
      if (!isFirst(work, `${card.id} ${work.key ?? ''}`)) return { kind: 'paid' }
      work.silence = 'before'
      return { kind: 'nothing' }
    case 'process':
      return { kind: 'processing' }
  }
}

function isFirst(work: Work, id: string): boolean {
  if (find(work, 'met', id)) return false
  put(work, 'met', { id })
  return true
}

function decline(work: Work, payment: Stripe.PaymentIntent, card: StoredCard, reason: DeclineReason): StripeRefusal {
  const error = { type: 'card_error' as const, ...reason, charge: String(payment.latest_charge) }
  const kept = put(work, 'payment_intent', {
    ...payment,
    payment_method: null,
    last_payment_error: { ...error, payment_method: card.object },
    status: 'requires_payment_method',
  })
  return new StripeRefusal(402, { ...error, payment_intent: kept, payment_method: card.object }, true)
}

function makePayment(work: Work, input: Input, card: StoredCard): Stripe.PaymentIntent {
  const id = newStripeId('pi')
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: input.allowed_payment_method_types ?? null,
    amount: input.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { enabled: true, allow_redirects: input.automatic_payment_methods?.allow_redirects ?? 'always' },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${newStripeId('sim', 20)}`,
    confirmation_method: 'automatic',
    created: work.now,
    currency: input.currency.toLowerCase(),
    customer: input.customer,
    customer_account: null,
    description: input.description || null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, input.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: card.id,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: input.statement_descriptor_suffix || null,
    status: 'requires_confirmation',
    transfer_data: null,
    transfer_group: null,
  }
}
