import type Stripe from 'stripe'
import { z } from 'zod'
import { newStripeId } from '../ids.ts'
import { metadata } from '../parameters.ts'
import { noSuch } from '../refusals.ts'
import { type Endpoint, endpoint, find, put, type Work } from '../work.ts'

const parameters = z.strictObject({
  email: z.string().max(512).optional(),
  name: z.string().max(256).optional(),
  description: z.string().optional(),
  metadata: metadata.optional(),
})
type Parameters = z.infer<typeof parameters>

/** A customer named by a parameter (400 when unknown) or, without one, by the address (404). */
export function needCustomer(work: Work, id: string, param?: string): Stripe.Customer {
  const customer = find(work, 'customer', id)
  if (!customer) throw noSuch('customer', id, param ? { param, status: 400 } : {})
  return customer
}

function createCustomer(work: Work, input: Parameters): Stripe.Customer {
  return put(
    work,
    'customer',
    withChanges(
      {
        id: newStripeId('cus', 14),
        object: 'customer',
        address: null,
        balance: 0,
        created: work.now,
        currency: null,
        default_source: null,
        delinquent: false,
        description: null,
        discount: null,
        email: null,
        invoice_prefix: null,
        invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
        livemode: false,
        metadata: {},
        name: null,
        next_invoice_sequence: 1,
        phone: null,
        preferred_locales: [],
        shipping: null,
        tax_exempt: 'none',
        test_clock: null,
      },
      input,
    ),
  )
}

function updateCustomer(work: Work, input: Parameters, id: string): Stripe.Customer {
  return put(work, 'customer', withChanges(needCustomer(work, id), input))
}

function withChanges(customer: Stripe.Customer, input: Parameters): Stripe.Customer {
  return {
    ...customer,
    email: changed(input.email, customer.email),
    name: changed(input.name, customer.name ?? null),
    description: changed(input.description, customer.description),
    metadata: mergeMetadata(customer.metadata, input.metadata),
  }
}

function changed(given: string | undefined, was: string | null): string | null {
  return given === undefined ? was : given || null
}

/** Stripe merges metadata by key; an empty value takes a key away. */
export function mergeMetadata(was: Stripe.Metadata, given: Record<string, string> = {}): Stripe.Metadata {
  return Object.fromEntries(Object.entries({ ...was, ...given }).filter(([, value]) => value !== ''))
}

export const customerEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/customers', parameters, createCustomer),
  endpoint('GET', '/v1/customers/:id', z.strictObject({}), (work, _, id) => needCustomer(work, id)),
  endpoint('POST', '/v1/customers/:id', parameters, updateCustomer),
]
