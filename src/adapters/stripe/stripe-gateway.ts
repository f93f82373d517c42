import { Stripe } from 'stripe'
import type {
  CardSession,
  CardSessionInput,
  CardSessionReading,
  ChargeAnswer,
  ChargeRequest,
  CustomerInput,
  Gateway,
  GatewayPayment,
} from '../../domain/payments/gateway.ts'
import { afterCharges } from './stripe-after-charges.ts'
import { answerOfError, answerOfIntent, cardOf, paymentOf } from './stripe-answers.ts'
import { type Ask, answered, within } from './stripe-ask.ts'
import { findMissingRights, isRestricted, readAccount } from './stripe-rights.ts'
import { createTransport } from './stripe-transport.ts'
import { readWebhook } from './stripe-webhook.ts'

export interface StripeOptions {
  key: string
  protocol: 'http' | 'https'
  host: string
  port: number
  /** asked before each request instead of `port`, where the port may change (our own simulator after a restart) */
  find_port?: () => Promise<number>
  /** how long a whole call may take, in milliseconds */
  timeout_ms: number
  /** what signs the webhooks; more than one while a secret is exchanged */
  webhook_secrets?: readonly string[]
  /** the account on whose behalf everything is asked (Connect) */
  stripe_account?: string
  mode: 'test' | 'live'
}

/**
 * The gateway on Stripe's own client. Every request is sent once, with our own idempotency key where it is a POST, and ends within
 * `timeout_ms`. Nothing is logged here: no key, no card, no body.
 */
export function createStripeGateway(options: StripeOptions): Gateway {
  const { timeout_ms } = options
  const transport = createTransport(options)
  const stripe = new Stripe(options.key, {
    apiVersion: Stripe.API_VERSION,
    protocol: options.protocol,
    host: options.host,
    port: options.port,
    httpClient: transport.client,
    timeout: timeout_ms,
    maxNetworkRetries: 0,
    telemetry: false,
    ...(options.stripe_account ? { stripeAccount: options.stripe_account } : {}),
  })
  const ask: Ask = (call) => answered(timeout_ms, call)
  return {
    mode: options.mode,
    account: () => ask(() => readAccount(stripe, options.stripe_account ?? null)),
    missingRights: () => (isRestricted(options.key) ? findMissingRights(stripe, ask) : Promise.resolve({ ok: true, value: [] })),
    createCustomer: (input) => ask(() => createCustomer(stripe, input)),
    openCardSession: (input) => ask(() => openCardSession(stripe, input)),
    readCardSession: (gateway_id) => ask(() => readCardSession(stripe, gateway_id)),
    charge: (request, { key, is_repeat }) => charge(stripe, request, { key, is_repeat, timeout_ms }),
    listPayments: (customer, since) => ask(() => listPayments(stripe, customer, since)),
    ...afterCharges({ stripe, ask, timeout_ms }),
    readWebhook: (input) =>
      readWebhook(input, {
        secrets: options.webhook_secrets ?? [],
        account: options.stripe_account ?? null,
        isLive: options.mode === 'live',
      }),
    close: transport.close,
  }
}

/** An answer without an id is no answer of the gateway's. */
function idOf(object: { id?: unknown }): string {
  if (typeof object.id !== 'string' || object.id === '') throw new Error('An answer without an id')
  return object.id
}

async function createCustomer(stripe: Stripe, input: CustomerInput): Promise<string> {
  const { name, email, key } = input
  const customer = await stripe.customers.create({ name, email, metadata: metadataOf(input) }, { idempotencyKey: key })
  return idOf(customer)
}

async function openCardSession(stripe: Stripe, input: CardSessionInput): Promise<CardSession> {
  const session = await createSession(stripe, input, 'allowed_payment_method_types').catch((error: unknown) => {
    if (!isUnknownParameter(error)) throw error
    return createSession(stripe, input, 'payment_method_types')
  })
  if (!session.url) throw new Error('A session without a page')
  return { gateway_id: idOf(session), url: session.url, expires_at: new Date(session.expires_at * 1000) }
}

/**
 * A session that takes cards only. The list's name is `allowed_payment_method_types` in the version that the client speaks; stand-ins made
 * after an earlier description know it as `payment_method_types`.
 */
async function createSession(
  stripe: Stripe,
  input: CardSessionInput,
  list: 'allowed_payment_method_types' | 'payment_method_types',
): Promise<Stripe.Checkout.Session> {
  const metadata = metadataOf(input)
  return await stripe.checkout.sessions.create(
    {
      mode: 'setup',
      currency: input.currency.toLowerCase(),
      customer: input.customer,
      [list]: ['card'],
      metadata,
      setup_intent_data: { metadata },
      success_url: withSession(input.success_url),
      cancel_url: input.cancel_url,
    },
    { idempotencyKey: list === 'payment_method_types' ? `${input.key}:types` : input.key },
  )
}

function isUnknownParameter(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 400) return false
  return error.code === 'parameter_unknown' || error.param === 'allowed_payment_method_types'
}

/** The gateway puts the id where these braces stand, and knows them only unescaped. */
function withSession(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}session={CHECKOUT_SESSION_ID}`
}

async function readCardSession(stripe: Stripe, gateway_id: string): Promise<CardSessionReading> {
  const session = await stripe.checkout.sessions.retrieve(gateway_id, { expand: ['setup_intent.payment_method'] })
  idOf(session)
  if (session.status === 'expired') return { state: 'expired' }
  const setup = session.setup_intent
  if (session.status !== 'complete' || !setup || typeof setup === 'string' || setup.status !== 'succeeded')
    return { state: 'open' }
  const method = setup.payment_method
  const card = method && typeof method !== 'string' ? cardOf(method) : null
  const owner = setup.customer ?? session.customer
  const customer = typeof owner === 'string' ? owner : owner?.id
  if (!card || !customer) return { state: 'open' }
  return { state: 'complete', customer, metadata: setup.metadata ?? {}, card }
}

async function charge(
  stripe: Stripe,
  request: ChargeRequest,
  options: { key: string; is_repeat: boolean; timeout_ms: number },
): Promise<ChargeAnswer> {
  try {
    const sending = stripe.paymentIntents.create(
      {
        amount: request.amount,
        currency: request.currency.toLowerCase(),
        customer: request.customer,
        payment_method: request.payment_method,
        // The card on file or nothing: no kind of payment that would send somebody elsewhere.
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        off_session: true,
        confirm: true,
        description: request.description,
        metadata: request.metadata,
      },
      { idempotencyKey: options.key },
    )
    return answerOfIntent(await within(options.timeout_ms, sending))
  } catch (error) {
    return answerOfError(error, options.is_repeat)
  }
}

async function listPayments(stripe: Stripe, customer: string, since: Date): Promise<GatewayPayment[]> {
  const from = Math.floor(since.getTime() / 1000)
  const payments: GatewayPayment[] = []
  const expand = ['data.payment_method']
  for await (const intent of stripe.paymentIntents.list({ customer, created: { gte: from }, limit: 100, expand })) {
    payments.push(paymentOf(intent))
  }
  return payments
}

function metadataOf(input: { campaign_id: string; backer_id: string }): Record<string, string> {
  return { afterfund_campaign: input.campaign_id, afterfund_backer: input.backer_id }
}
