import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { type Endpoint, endpoint, put, type Work } from '../work.ts'

/** The one account of a folder, made at the first question. */
function findAccount(work: Work): Stripe.Account {
  const known = work.store.all('account')[0]
  if (known) return known
  return put(work, 'account', {
    id: newStripeId('acct', 16),
    object: 'account',
    business_profile: {
      mcc: null,
      name: 'Afterfund gateway simulator',
      product_description: null,
    } as Stripe.Account.BusinessProfile,
    charges_enabled: true,
    country: 'US',
    created: work.now,
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    type: 'standard',
  })
}

export const accountEndpoints: Endpoint[] = [endpoint('GET', '/v1/account', z.strictObject({}), findAccount)]
