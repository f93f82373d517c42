import type Stripe from 'stripe'
import { z } from 'zod'
import { checkAmount } from '../amounts.ts'
import { newStripeId } from '../ids.ts'
import { flag, integer, metadata, webAddress } from '../parameters.ts'
import { invalidRequest, noSuch, StripeRefusal } from '../refusals.ts'
import type { StoredPayment } from '../store.ts'
import { type Endpoint, emit, endpoint, find, put, type Work } from '../work.ts'
import { chargeCard, needOwnCard } from './charge-card.ts'
import { mergeMetadata, needCustomer } from './customers.ts'
import { isCreatedIn, pageOf, timedList } from './list-page.ts'
import { showPayment } from './show-payment.ts'

const createInput = z.strictObject({
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

const confirmInput = z.strictObject({
  payment_method: z.string().optional(),
  off_session: flag.optional(),
  return_url: webAddress.optional(),
  error_on_requires_action: flag.optional(),
})

const cancelInput = z.strictObject({
  cancellation_reason: z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
})

const listInput = z.strictObject({ customer: z.string().optional(), ...timedList })

/** While a payment waits for a card, for its confirmation, or for the bank's question, it can be confirmed and canceled. */
const UNFINISHED = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export function needPayment(work: Work, id: string, param?: string): StoredPayment {
  const payment = find(work, 'payment_intent', id)
  if (!payment) throw noSuch('payment_intent', id, param ? { param, status: 400 } : {})
  return payment
}

/**
 * Charges a saved card without its holder. Refuses (400) amounts, customers and cards that Stripe would refuse; a decline is a 402 that carries
 * the payment.
 */
function create(work: Work, input: z.infer<typeof createInput>): Stripe.PaymentIntent {
  if (!input.off_session || !input.confirm) {
    throw invalidRequest('The simulator charges saved cards only: off_session and confirm must be true.', {
      param: 'off_session',
    })
  }
  checkAmount(input.amount, input.currency)
  const customer = needCustomer(work, input.customer, 'customer')
  const card = needOwnCard(work, customer.id, input.payment_method)
  return chargeCard(work, newPayment(work, input), card, { off_session: true, return_url: null })
}

function newPayment(work: Work, input: z.infer<typeof createInput>): StoredPayment {
  const id = newStripeId('pi')
  return {
    id,
    allowed_payment_method_types: input.allowed_payment_method_types ?? null,
    amount: input.amount,
    amount_received: 0,
    automatic_payment_methods: { enabled: true, allow_redirects: input.automatic_payment_methods?.allow_redirects ?? 'always' },
    canceled_at: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newStripeId('sim', 20)}`,
    created: work.now,
    currency: input.currency.toLowerCase(),
    customer: input.customer,
    description: input.description || null,
    last_payment_error: null,
    latest_charge: null,
    metadata: mergeMetadata({}, input.metadata),
    next_action: null,
    payment_method: input.payment_method,
    statement_descriptor_suffix: input.statement_descriptor_suffix || null,
    status: 'requires_confirmation',
  }
}

/** Tries a payment again that took nothing so far: with its holder there, unless `off_session` says otherwise. */
function confirm(work: Work, input: z.infer<typeof confirmInput>, id: string): Stripe.PaymentIntent {
  const payment = needPayment(work, id)
  if (!UNFINISHED.includes(payment.status)) throw wrongStatus(payment, 'confirm', UNFINISHED)
  if (payment.automatic_payment_methods?.allow_redirects !== 'never' && !input.return_url) {
    throw invalidRequest('This payment accepts methods that redirect: a `return_url` must be given when it is confirmed.', {
      param: 'return_url',
    })
  }
  const chosen = input.payment_method ?? payment.payment_method
  if (!chosen) {
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method. Give one, or create another payment.',
      { code: 'payment_intent_unexpected_state' },
    )
  }
  const off_session = Boolean(input.off_session || input.error_on_requires_action)
  const card = needOwnCard(work, payment.customer, chosen)
  return chargeCard(work, payment, card, { off_session, return_url: input.return_url ?? null })
}

/** Ends a payment that took nothing: it never can. */
function cancel(work: Work, input: z.infer<typeof cancelInput>, id: string): Stripe.PaymentIntent {
  const payment = needPayment(work, id)
  if (!UNFINISHED.includes(payment.status)) throw wrongStatus(payment, 'cancel', UNFINISHED)
  const canceled = put(work, 'payment_intent', {
    ...payment,
    canceled_at: work.now,
    cancellation_reason: input.cancellation_reason ?? null,
    next_action: null,
    status: 'canceled',
  })
  emit(work, 'payment_intent.canceled', 'payment_intent', canceled)
  return showPayment(canceled)
}

function wrongStatus(payment: StoredPayment, act: string, allowed: string[]): StripeRefusal {
  const message =
    `You cannot ${act} this PaymentIntent because it has a status of ${payment.status}. Only a PaymentIntent with one of the following statuses ` +
    `may be ${act === 'cancel' ? 'canceled' : 'confirmed'}: ${allowed.join(', ')}.`
  const code = 'payment_intent_unexpected_state'
  return new StripeRefusal(400, { type: 'invalid_request_error', code, message, payment_intent: showPayment(payment) })
}

function list(work: Work, input: z.infer<typeof listInput>): object {
  if (input.customer) needCustomer(work, input.customer, 'customer')
  return pageOf(work.store, {
    kind: 'payment_intent',
    request: input,
    url: '/v1/payment_intents',
    accept: (payment) => (!input.customer || payment.customer === input.customer) && isCreatedIn(payment.created, input.created),
    // What became of it in this very call is not in the store yet.
    show: (payment) => showPayment(needPayment(work, payment.id)),
  })
}

const money = { movesMoney: true }

export const paymentIntentEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/payment_intents', createInput, create, money),
  endpoint('GET', '/v1/payment_intents', listInput, list),
  endpoint('GET', '/v1/payment_intents/:id', z.strictObject({}), (work, _, id) => showPayment(needPayment(work, id))),
  endpoint('POST', '/v1/payment_intents/:id/confirm', confirmInput, confirm, money),
  endpoint('POST', '/v1/payment_intents/:id/cancel', cancelInput, cancel),
]
