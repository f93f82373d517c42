import { Stripe } from 'stripe'
import type {
  ChargeAnswer,
  ConfirmAnswer,
  Decline,
  GatewayCard,
  GatewayDispute,
  GatewayFailure,
  GatewayPayment,
  GatewayRefund,
} from '../../domain/payments/gateway.ts'

/** What is thrown where the gateway took too long; raised by us, since the client only limits the time between two bytes. */
export class TookTooLong extends Error {
  readonly code = 'ETIMEDOUT'
}

/** What these statuses say in answer to a first sending: the gateway took nothing. */
const REFUSALS = new Set([400, 401, 403, 404])
const KEYS_ARE_THE_REASON = new Set([401, 403])

/** Never reached: no connection came to be. */
const NEVER_REACHED = new Set(['UNREACHABLE', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** What the gateway and we call alike. */
const ENDS = ['succeeded', 'processing', 'canceled'] as const

type Intent = Stripe.PaymentIntent & { lastResponse?: { statusCode?: number } }

/** The answer that a PaymentIntent is: succeeded when it reads so, else nobody knows yet. */
export function answerOfIntent(intent: Intent): ChargeAnswer {
  const isIntent = intent.object === 'payment_intent' && intent.lastResponse?.statusCode === 200
  if (isIntent && intent.status === 'succeeded') {
    return { answer: 'succeeded', payment: intent.id, amount: intent.amount_received ?? intent.amount }
  }
  return unknown(isIntent ? `payment_${intent.status}` : 'broken_answer')
}

/** The answer to a payment that was confirmed with its holder there: the address of the bank's page, where it asks. */
export function answerOfConfirmed(intent: Intent): ConfirmAnswer {
  const url = intent.status === 'requires_action' ? askUrlOf(intent) : null
  return url === null ? answerOfIntent(intent) : { answer: 'asks', payment: intent.id, url }
}

function askUrlOf(intent: Stripe.PaymentIntent): string | null {
  return intent.next_action?.redirect_to_url?.url ?? null
}

/**
 * The answer that an error is. Declined: 402 with a PaymentIntent that waits for another card. Refused: 400, 401, 403 or 404 to the first
 * sending, never an idempotency error. All else is unknown, also a 402 whose PaymentIntent could still succeed.
 */
export function answerOfError(error: unknown, is_repeat: boolean): ChargeAnswer {
  if (!(error instanceof Stripe.errors.StripeError)) return unknown(codeOf(error))
  const status = error.statusCode ?? 0
  const intent = error.payment_intent
  if (status === 402 && intent) {
    if (intent.status !== 'requires_payment_method' && intent.status !== 'canceled') return unknown(`payment_${intent.status}`)
    return { answer: 'declined', payment: intent.id, decline: declineOf(error) }
  }
  const isRefusal = REFUSALS.has(status) && !isAboutTheKey(error)
  if (isRefusal && !is_repeat) {
    return { answer: 'refused', code: codeOf(error), pauses: KEYS_ARE_THE_REASON.has(status), ...rightOf(error) }
  }
  return {
    answer: 'unknown',
    code: codeOf(error),
    dead_key: status >= 500 && error.headers?.['idempotent-replayed'] === 'true',
    slow_down: status === 429,
    ...(isRefusal && !KEYS_ARE_THE_REASON.has(status) ? { refuses_now: true } : {}),
  }
}

/** What an error means for a call that moves no money. */
export function failureOf(error: unknown): GatewayFailure {
  const status = error instanceof Stripe.errors.StripeError ? (error.statusCode ?? 0) : 0
  if (!REFUSALS.has(status) && status !== 402) return { kind: 'outage', code: codeOf(error) }
  return { kind: 'refused', code: codeOf(error), pauses: KEYS_ARE_THE_REASON.has(status), ...rightOf(error) }
}

/** What is said where a restricted key lacks the right for what was asked; other 403 say that the key may not be used from here, or at all. */
function sentenceAboutRights(error: unknown): string | null {
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 403) return null
  const isAbout = error.code === 'more_permissions_required' || /\bpermissions?\b/i.test(error.message)
  return isAbout ? error.message : null
}

/** The right that is missing, where the gateway names it: "Having the 'rak_customer_write' permission would allow this request". */
function rightOf(error: unknown): { right?: string } {
  const right = /\brak_([a-z0-9_]{1,60})\b/.exec(sentenceAboutRights(error) ?? '')?.[1]
  return right ? { right } : {}
}

/** The account that a refused question was about: the sentence about a missing right names it, beside a key that it hides. */
export function accountNamedBy(error: unknown): string | null {
  return /\bon account '(acct_[A-Za-z0-9]+)'/.exec(sentenceAboutRights(error) ?? '')?.[1] ?? null
}

/** A payment as the list shows it. */
export function paymentOf(intent: Stripe.PaymentIntent): GatewayPayment {
  const state = stateOf(intent)
  const method = intent.payment_method ?? intent.last_payment_error?.payment_method
  return {
    id: intent.id,
    state,
    customer: idOf(intent.customer),
    card: method && typeof method !== 'string' ? cardOf(method) : null,
    ask_url: askUrlOf(intent),
    amount: state === 'succeeded' ? intent.amount_received : intent.amount,
    currency: intent.currency.toUpperCase(),
    decline: state === 'declined' && intent.last_payment_error ? declineOf(intent.last_payment_error) : null,
    metadata: intent.metadata,
    created_at: new Date(intent.created * 1000),
  }
}

export function cardOf(method: Stripe.PaymentMethod): GatewayCard | null {
  const { card } = method
  if (!card) return null
  return {
    gateway_id: method.id,
    brand: card.brand,
    last4: card.last4,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    country: card.country ?? null,
    fingerprint: card.fingerprint ?? null,
  }
}

export function refundOf(refund: Stripe.Refund): GatewayRefund {
  return {
    id: refund.id,
    payment: idOf(refund.payment_intent),
    // Stripe has more words for what is not over, and one more for what gave nothing back.
    state: refund.status === 'succeeded' ? 'succeeded' : isLostRefund(refund) ? 'failed' : 'pending',
    amount: refund.amount,
    currency: refund.currency.toUpperCase(),
    code: refund.failure_reason ?? (refund.status === 'canceled' ? 'canceled' : null),
    metadata: refund.metadata ?? {},
    created_at: new Date(refund.created * 1000),
  }
}

function isLostRefund({ status }: Stripe.Refund): boolean {
  return status === 'failed' || status === 'canceled'
}

export function disputeOf(dispute: Stripe.Dispute): GatewayDispute {
  return {
    id: dispute.id,
    payment: idOf(dispute.payment_intent),
    state: stateOfDispute(dispute.status),
    amount: dispute.amount,
    currency: dispute.currency.toUpperCase(),
    reason: dispute.reason,
    created_at: new Date(dispute.created * 1000),
  }
}

function stateOfDispute(status: Stripe.Dispute.Status): GatewayDispute['state'] {
  if (status === 'won') return 'won'
  if (status === 'lost') return 'lost'
  if (status === 'warning_closed' || status === 'prevented') return 'closed'
  return status.startsWith('warning_') ? 'inquiry' : 'open'
}

function idOf(object: string | { id: string } | null | undefined): string | null {
  return typeof object === 'string' ? object : (object?.id ?? null)
}

function stateOf(intent: Stripe.PaymentIntent): GatewayPayment['state'] {
  if (intent.status === 'requires_payment_method') return intent.last_payment_error ? 'declined' : 'unfinished'
  if (intent.status === 'requires_action') return 'asks'
  return ENDS.find((state) => state === intent.status) ?? 'unfinished'
}

function declineOf(error: { decline_code?: string; code?: string; advice_code?: string }): Decline {
  return { code: error.decline_code || error.code || 'generic_decline', advice: error.advice_code || null }
}

function isAboutTheKey(error: Stripe.errors.StripeError): boolean {
  return error.rawType === 'idempotency_error'
}

/**
 * One word for what happened: `right_missing` where a key lacks a right; else the gateway's own where it said one; else `timeout`, `unreachable`, `connection_lost`, `http_<status>` or
 * `broken_answer`. Nothing of a request or of a body.
 */
function codeOf(error: unknown): string {
  if (error instanceof TookTooLong) return 'timeout'
  if (error instanceof Stripe.errors.StripeConnectionError) {
    const { code } = (error.detail ?? {}) as unknown as { code?: string }
    if (code === 'ETIMEDOUT') return 'timeout'
    return NEVER_REACHED.has(code ?? '') ? 'unreachable' : 'connection_lost'
  }
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode === undefined) return 'broken_answer'
  if (sentenceAboutRights(error) !== null) return 'right_missing'
  const isWord = (text: unknown): text is string => typeof text === 'string' && /^[a-z0-9_]{1,80}$/.test(text)
  if (isWord(error.code)) return error.code
  const says = error.rawType
  return isWord(says) && says !== 'api_error' && says !== 'invalid_request_error' ? says : `http_${error.statusCode}`
}

function unknown(code: string): ChargeAnswer {
  return { answer: 'unknown', code, dead_key: false, slow_down: false }
}
