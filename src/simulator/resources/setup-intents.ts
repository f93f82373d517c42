import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { noSuch } from '../refusals.ts'
import { type Endpoint, endpoint, find, put, type Work } from '../work.ts'

export function needSetupIntent(work: Work, id: string): Stripe.SetupIntent {
  const found = find(work, 'setup_intent', id)
  if (!found) throw noSuch('setupintent', id)
  return found
}

/** The setup that belongs to a session of the hosted page. */
export function makeSetupIntent(
  work: Work,
  input: { customer: string; metadata: Stripe.Metadata; description: string | null },
): Stripe.SetupIntent {
  const id = newStripeId('seti')
  return put(work, 'setup_intent', {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newStripeId('sim', 20)}`,
    created: work.now,
    customer: input.customer,
    customer_account: null,
    description: input.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: input.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  })
}

export const setupIntentEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/setup_intents/:id', z.strictObject({}), (work, _, id) => needSetupIntent(work, id)),
]
