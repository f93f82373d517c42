import type Stripe from 'stripe'

type ErrorType = 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'

/** The body of an error, in Stripe's shape. */
export interface StripeErrorBody {
  type: ErrorType
  message: string
  code?: string
  decline_code?: string
  advice_code?: string
  param?: string
  doc_url?: string
  charge?: string
  payment_intent?: Stripe.PaymentIntent
  payment_method?: Stripe.PaymentMethod
}

/** Ends a call with an error of Stripe's. `isKept`: it is the answer to its idempotency key from then on. */
export class StripeRefusal extends Error {
  override name = 'StripeRefusal'
  status: number
  body: StripeErrorBody
  isKept: boolean

  constructor(status: number, body: StripeErrorBody, isKept = false) {
    super(body.message)
    this.status = status
    this.body = {
      ...body,
      ...(body.code ? { doc_url: `https://docs.stripe.com/error-codes/${body.code.replaceAll('_', '-')}` } : {}),
    }
    this.isKept = isKept
  }
}

export function invalidRequest(
  message: string,
  { code, param, status = 400 }: { code?: string; param?: string; status?: number } = {},
) {
  return new StripeRefusal(status, {
    type: 'invalid_request_error',
    message,
    ...(code ? { code } : {}),
    ...(param ? { param } : {}),
  })
}

/** Not there: 404 when the address names it, 400 when a parameter does. */
export function noSuch(what: string, id: string, { param = 'id', status = 404 }: { param?: string; status?: number } = {}) {
  return invalidRequest(`No such ${what}: '${id}'`, { code: 'resource_missing', param, status })
}

const ownSentences: Record<number, [StripeErrorBody['type'], string, string?]> = {
  401: ['invalid_request_error', 'Invalid API Key provided. (The simulator was told to answer this.)'],
  403: ['invalid_request_error', 'The key does not have the required permissions. (The simulator was told to answer this.)'],
  404: ['invalid_request_error', 'No such object. (The simulator was told to answer this.)', 'resource_missing'],
  409: [
    'invalid_request_error',
    'This object cannot be accessed right now. (The simulator was told to answer this.)',
    'lock_timeout',
  ],
  429: [
    'invalid_request_error',
    'Too many requests hit the API too quickly. (The simulator was told to answer this.)',
    'rate_limit',
  ],
}

/** The error that a test asked for (`next` of the knobs). From 500 on it is kept for the key, as Stripe keeps what fell over halfway. */
export function orderedRefusal(status: number): StripeRefusal {
  const [type, message, code] = ownSentences[status] ?? [
    status >= 500 ? 'api_error' : 'invalid_request_error',
    'An error occurred. (The simulator was told to answer this.)',
  ]
  return new StripeRefusal(status, { type, message, ...(code ? { code } : {}) }, status >= 500)
}
