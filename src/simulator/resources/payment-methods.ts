import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { z } from 'zod'
import { DECLINES } from '../declines.ts'
import { newStripeId } from '../ids.ts'
import { listParameters } from '../parameters.ts'
import { invalidRequest, noSuch, StripeRefusal } from '../refusals.ts'
import type { StoredCard } from '../store.ts'
import { cardOfToken, type TestCard } from '../test-cards.ts'
import { beginWork, type Endpoint, emit, endpoint, find, put, type Work } from '../work.ts'
import { needCustomer } from './customers.ts'
import { type List, pageOf } from './list-page.ts'

export interface EnteredCard {
  card: TestCard
  exp_month: number
  exp_year: number
  name: string | null
}

/** A payment method as an answer shows it, or as a parameter names it (400 when unknown). */
export function needCard(work: Work, id: string, param?: string): StoredCard {
  const stored = find(work, 'payment_method', id)
  if (!stored) throw noSuch('PaymentMethod', id, param ? { param, status: 400 } : {})
  return stored
}

/** Keeps a card with a customer. The number itself goes nowhere: what is kept of it is what Stripe shows of one. */
export function saveCard(work: Work, customer: Stripe.Customer, entered: EnteredCard): Stripe.PaymentMethod {
  const { card, exp_month, exp_year, name } = entered
  const object: Stripe.PaymentMethod = {
    id: newStripeId('pm'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: { address: null, email: customer.email, name, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
      exp_month,
      exp_year,
      fingerprint: createHash('sha256').update(card.number).digest('base64url').replace(/[-_]/g, '').slice(0, 16),
      funding: 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: work.now,
    customer: customer.id,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  put(work, 'payment_method', { id: object.id, card: card.name, is_spent: false, object })
  return object
}

/** Attaches a test payment method (`pm_card_visa`), as Stripe makes a card of its own of it; refuses what plainly declines. */
function attach(work: Work, input: { customer: string }, id: string): Stripe.PaymentMethod {
  const customer = needCustomer(work, input.customer, 'customer')
  const card = cardOfToken(id)
  if (card?.refused) {
    const { code, decline_code, message, ...more } = DECLINES[card.refused]
    throw new StripeRefusal(402, { type: 'card_error', code, decline_code, message, ...more }, true)
  }
  if (card) return saveCard(work, customer, { card, exp_month: 12, exp_year: 2034, name: customer.name ?? null })
  const stored = needCard(work, id)
  if (stored.is_spent) throw spent()
  if (stored.object.customer !== customer.id) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    })
  }
  return stored.object
}

export function spent(): StripeRefusal {
  return invalidRequest(
    'The provided PaymentMethod was detached from a Customer. It may not be used again; save the card again for a new one.',
    { code: 'payment_method_unexpected_state', param: 'payment_method' },
  )
}

function detach(work: Work, _: object, id: string): Stripe.PaymentMethod {
  const stored = needCard(work, id)
  if (stored.object.customer === null) {
    throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.', {
      code: 'payment_method_unexpected_state',
    })
  }
  const object = { ...stored.object, customer: null }
  emit(work, 'payment_method.detached', 'payment_method', put(work, 'payment_method', { ...stored, is_spent: true, object }))
  return object
}

/** The bank has given its holder a new card, as the networks tell: two years more, another number. Null where no customer has it. */
export function renewCard(parts: Parameters<typeof beginWork>[0], id: string): Stripe.PaymentMethod | null {
  const work = beginWork(parts)
  const stored = find(work, 'payment_method', id)
  const card = stored?.object.card
  if (!stored || !card || stored.object.customer === null) return null
  const last4 = String((Number(card.last4) + 1) % 10_000).padStart(4, '0')
  const object = { ...stored.object, card: { ...card, last4, exp_year: card.exp_year + 2 } }
  emit(work, 'payment_method.automatically_updated', 'payment_method', put(work, 'payment_method', { ...stored, object }))
  parts.store.commit(work.puts)
  return object
}

const type = z.literal('card').optional()

function listOf(work: Work, customer: string, page: List<'payment_method'>['request'], url: string): object {
  const accept = ({ object }: StoredCard) => object.customer === customer
  return pageOf(work.store, { kind: 'payment_method', request: page, url, accept, show: ({ object }) => object })
}

export const paymentMethodEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/payment_methods', z.strictObject({ customer: z.string(), type, ...listParameters }), (work, input) => {
    return listOf(work, needCustomer(work, input.customer, 'customer').id, input, '/v1/payment_methods')
  }),
  endpoint('GET', '/v1/customers/:id/payment_methods', z.strictObject({ type, ...listParameters }), (work, input, id) =>
    listOf(work, needCustomer(work, id).id, input, `/v1/customers/${id}/payment_methods`),
  ),
  endpoint('GET', '/v1/payment_methods/:id', z.strictObject({}), (work, _, id) => needCard(work, id).object),
  endpoint('POST', '/v1/payment_methods/:id/attach', z.strictObject({ customer: z.string() }), attach),
  endpoint('POST', '/v1/payment_methods/:id/detach', z.strictObject({}), detach),
]
