import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { integer, metadata, webAddress } from '../parameters.ts'
import { invalidRequest, noSuch } from '../refusals.ts'
import { type Endpoint, emit, endpoint, find, put, type Work } from '../work.ts'
import { mergeMetadata, needCustomer } from './customers.ts'
import { makeSetupIntent, needSetupIntent } from './setup-intents.ts'

const day = 24 * 60 * 60

const createParameters = z.strictObject({
  mode: z.literal('setup'),
  currency: z
    .string()
    .regex(/^[a-zA-Z]{3}$/)
    .optional(),
  customer: z.string(),
  // The version that the client speaks took `payment_method_types` away.
  allowed_payment_method_types: z.array(z.literal('card')).length(1).optional(),
  setup_intent_data: z.strictObject({ metadata: metadata.optional(), description: z.string().optional() }).optional(),
  metadata: metadata.optional(),
  client_reference_id: z.string().max(200).optional(),
  success_url: webAddress,
  cancel_url: webAddress.optional(),
  expires_at: integer.optional(),
})

/** A session as it stands: open ones end at their time. */
export function findSession(work: Work, id: string): Stripe.Checkout.Session | null {
  const session = find(work, 'session', id)
  if (!session) return null
  return session.status === 'open' && session.expires_at <= work.now ? expire(work, session) : session
}

function needSession(work: Work, id: string): Stripe.Checkout.Session {
  const session = findSession(work, id)
  if (!session) throw noSuch('checkout.session', id)
  return session
}

function createSession(work: Work, input: z.infer<typeof createParameters>): Stripe.Checkout.Session {
  const customer = needCustomer(work, input.customer, 'customer')
  if (!input.currency && !input.allowed_payment_method_types) {
    throw invalidRequest('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' })
  }
  const expires_at = input.expires_at ?? work.now + day
  if (expires_at < work.now + 30 * 60 || expires_at > work.now + day) {
    throw invalidRequest('The `expires_at` timestamp must be between 30 minutes and 24 hours from now.', { param: 'expires_at' })
  }
  const setup = makeSetupIntent(work, {
    customer: customer.id,
    metadata: mergeMetadata({}, input.setup_intent_data?.metadata),
    description: input.setup_intent_data?.description ?? null,
  })
  const id = newStripeId('cs_test', 58)
  return put(work, 'session', {
    ...unusedInSetup,
    id,
    object: 'checkout.session',
    allowed_payment_method_types: input.allowed_payment_method_types ?? null,
    cancel_url: input.cancel_url ?? null,
    client_reference_id: input.client_reference_id ?? null,
    created: work.now,
    currency: input.currency?.toLowerCase() ?? null,
    customer: customer.id,
    customer_details: {
      address: null,
      business_name: null,
      email: customer.email,
      individual_name: null,
      name: null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: null,
    },
    expires_at,
    metadata: mergeMetadata({}, input.metadata),
    mode: 'setup',
    payment_method_types: ['card'],
    payment_status: 'no_payment_required',
    setup_intent: setup.id,
    status: 'open',
    success_url: input.success_url,
    ui_mode: 'hosted_page',
    url: `${work.hostedUrl}/checkout/${id}`,
  })
}

function expireByHand(work: Work, _: object, id: string): Stripe.Checkout.Session {
  const session = needSession(work, id)
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    )
  }
  return expire(work, session)
}

function expire(work: Work, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const setup = needSetupIntent(work, String(session.setup_intent))
  put(work, 'setup_intent', { ...setup, status: 'canceled', cancellation_reason: 'abandoned' })
  const expired = put(work, 'session', { ...session, status: 'expired', url: null })
  emit(work, 'checkout.session.expired', 'session', expired)
  return expired
}

/** What a session has, but a setup never fills. */
const unusedInSetup = {
  adaptive_pricing: null,
  after_expiration: null,
  allow_promotion_codes: null,
  amount_subtotal: null,
  amount_total: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer_account: null,
  customer_creation: null,
  customer_email: null,
  discounts: null,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: 'always',
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  submit_type: null,
  subscription: null,
  total_details: null,
  wallet_options: null,
} satisfies Partial<Stripe.Checkout.Session>

export const sessionEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/checkout/sessions', createParameters, createSession),
  endpoint('GET', '/v1/checkout/sessions/:id', z.strictObject({}), (work, _, id) => needSession(work, id)),
  endpoint('POST', '/v1/checkout/sessions/:id/expire', z.strictObject({}), expireByHand),
]
