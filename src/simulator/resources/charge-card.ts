import type Stripe from 'stripe'
import { DECLINES, type DeclineReason } from '../declines.ts'
import { newStripeId } from '../ids.ts'
import { invalidRequest, StripeRefusal } from '../refusals.ts'
import type { StoredCard, StoredPayment } from '../store.ts'
import { type ChargeBehaviour, cardOfName } from '../test-cards.ts'
import { emit, find, put, type Work } from '../work.ts'
import { openDispute } from './disputes.ts'
import { needCard, spent } from './payment-methods.ts'
import { showPayment } from './show-payment.ts'

/** How long a payment of a card that pays slowly is in processing. */
const processingS = 5

/** What happens to one charge. */
type Outcome =
  | { kind: 'paid' }
  | { kind: 'processing' }
  | { kind: 'declined'; reason: DeclineReason }
  | { kind: 'asked' }
  | { kind: 'nothing' }

export interface Charging {
  /** without its holder: a bank that wants to ask declines */
  off_session: boolean
  /** where the bank's page leads back to */
  return_url: string | null
}

/** A saved card of this customer. Refuses (400) what was detached, and what belongs to somebody else. */
export function needOwnCard(work: Work, customer: string, id: string): StoredCard {
  const card = needCard(work, id, 'payment_method')
  if (card.is_spent) throw spent()
  if (card.object.customer !== customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${card.id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param: 'payment_method' },
    )
  }
  return card
}

/**
 * Charges a card for a payment. A decline is a 402 that carries the payment; a bank that asks its holder leaves the payment with the
 * address of its page. Cards that time out set the silence of the call.
 */
export function chargeCard(work: Work, payment: StoredPayment, card: StoredCard, charging: Charging): Stripe.PaymentIntent {
  const outcome = meet(work, card, charging)
  const chosen = { ...payment, payment_method: card.id, next_action: null }
  switch (outcome.kind) {
    case 'nothing':
      return showPayment(chosen)
    case 'asked':
      return showPayment(ask(work, chosen, charging.return_url))
    case 'declined':
      throw decline(work, chosen, card, outcome.reason)
    case 'paid':
    case 'processing':
      return showPayment(take(work, chosen, outcome.kind === 'paid'))
  }
}

/** The bank's holder has said yes: what the card does then. null when the money was taken. */
export function finishAsked(work: Work, payment: StoredPayment): DeclineReason | null {
  const card = needCard(work, payment.payment_method ?? '')
  const behaviour = cardOfName(card.card)?.charged
  const reason = behaviour?.kind === 'ask' && behaviour.declines ? DECLINES[behaviour.declines] : null
  if (reason) refuse(work, { ...payment, next_action: null }, card, reason)
  else take(work, { ...payment, next_action: null }, true)
  return reason
}

/** The bank's holder has said no. */
export function refuseAsked(work: Work, payment: StoredPayment): void {
  const card = needCard(work, payment.payment_method ?? '')
  const message = 'The bank could not authenticate the holder of this card. Choose another one and try again.'
  const error = { type: 'invalid_request_error' as const, code: 'payment_intent_authentication_failure', message }
  const failed = put(work, 'payment_intent', {
    ...payment,
    next_action: null,
    payment_method: null,
    last_payment_error: { ...error, payment_method: card.object },
    status: 'requires_payment_method',
  })
  emit(work, 'payment_intent.payment_failed', 'payment_intent', failed)
}

/** What the card does this time. Cards that do otherwise the second time remember the first. */
function meet(work: Work, card: StoredCard, { off_session }: Charging): Outcome {
  const behaviour: ChargeBehaviour = cardOfName(card.card)?.charged ?? { kind: 'succeed' }
  switch (behaviour.kind) {
    case 'succeed':
    case 'refund_later':
    case 'dispute':
      return { kind: 'paid' }
    case 'decline':
      return { kind: 'declined', reason: DECLINES[behaviour.reason] }
    case 'ask':
      return off_session ? { kind: 'declined', reason: DECLINES.authentication_required } : { kind: 'asked' }
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

function take(work: Work, payment: StoredPayment, isPaid: boolean): StoredPayment {
  const charge = chargeOf(work, payment)
  put(work, 'charge', { ...charge, is_taken: isPaid })
  const taken = put(work, 'payment_intent', {
    ...payment,
    latest_charge: charge.id,
    last_payment_error: null,
    amount_received: isPaid ? payment.amount : 0,
    status: isPaid ? 'succeeded' : 'processing',
  })
  emit(work, isPaid ? 'payment_intent.succeeded' : 'payment_intent.processing', 'payment_intent', taken)
  if (!isPaid) {
    put(work, 'waiting', {
      id: taken.id,
      kind: 'payment_intent',
      becomes: 'succeeded',
      at: work.now + processingS,
      is_over: false,
    })
  }
  const behaviour = cardOfName(needCard(work, payment.payment_method ?? '').card)?.charged
  if (behaviour?.kind === 'dispute') openDispute(work, taken, behaviour.as)
  return taken
}

function chargeOf(work: Work, payment: StoredPayment) {
  const charge = newStripeId('ch')
  return {
    id: charge,
    payment_intent: payment.id,
    charge,
    amount: payment.amount,
    currency: payment.currency,
    customer: payment.customer,
    payment_method: payment.payment_method ?? '',
    metadata: payment.metadata,
    idempotency_key: work.key,
    created: work.now,
  }
}

function ask(work: Work, payment: StoredPayment, return_url: string | null): StoredPayment {
  if (return_url === null) {
    throw invalidRequest('The bank of this card asks its holder on a page of its own: a `return_url` is needed.', {
      code: 'parameter_missing',
      param: 'return_url',
    })
  }
  const url = `${work.hostedUrl}/checkout/${payment.id}/authenticate`
  const asked = put(work, 'payment_intent', {
    ...payment,
    status: 'requires_action',
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url, url } },
  })
  emit(work, 'payment_intent.requires_action', 'payment_intent', asked)
  return asked
}

function decline(work: Work, payment: StoredPayment, card: StoredCard, reason: DeclineReason): StripeRefusal {
  const kept = refuse(work, payment, card, reason)
  const error = { type: 'card_error' as const, ...reason, charge: String(kept.latest_charge) }
  return new StripeRefusal(402, { ...error, payment_intent: showPayment(kept), payment_method: card.object }, true)
}

/** The charge failed: the payment waits for another card. */
function refuse(work: Work, payment: StoredPayment, card: StoredCard, reason: DeclineReason): StoredPayment {
  const failure = { code: reason.code, message: reason.message }
  const charge = put(work, 'charge', { ...chargeOf(work, payment), is_taken: false, failure })
  const refused = put(work, 'payment_intent', {
    ...payment,
    latest_charge: charge.id,
    payment_method: null,
    last_payment_error: { type: 'card_error', ...reason, charge: charge.id, payment_method: card.object },
    status: 'requires_payment_method',
  })
  emit(work, 'payment_intent.payment_failed', 'payment_intent', refused)
  return refused
}
