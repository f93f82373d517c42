import type Stripe from 'stripe'
import { z } from 'zod'
import { noSuch } from '../refusals.ts'
import type { StoredCharge } from '../store.ts'
import { type Endpoint, endpoint, find, type Work } from '../work.ts'
import { isCreatedIn, pageOf, timedList } from './list-page.ts'

export function needCharge(work: Work, id: string, param?: string): StoredCharge {
  const charge = find(work, 'charge', id)
  if (!charge) throw noSuch('charge', id, param ? { param, status: 400 } : {})
  return charge
}

/** What of a charge was given back, or is on its way. */
export function refundedOf(work: Work, charge: string): number {
  const own = work.puts.flatMap((entry) => (entry[0] === 'refund' ? [entry[1]] : []))
  const known = work.store.all('refund').map((refund) => own.find(({ id }) => id === refund.id) ?? refund)
  const made = own.filter(({ id }) => !work.store.find('refund', id))
  return [...known, ...made]
    .filter((refund) => refund.charge === charge && refund.status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0)
}

/** A charge as Stripe shows it. */
export function showCharge(work: Work, charge: StoredCharge): Stripe.Charge {
  const { id, amount, created, currency, customer, metadata, payment_intent, payment_method } = charge
  const refunded = refundedOf(work, id)
  const isDisputed = work.store.all('dispute').some((dispute) => dispute.charge === id)
  return {
    ...sameForAll,
    ...{ id, amount, created, currency, customer, metadata, payment_intent, payment_method },
    amount_captured: charge.is_taken ? amount : 0,
    amount_refunded: refunded,
    captured: charge.is_taken,
    disputed: isDisputed,
    failure_code: charge.failure?.code ?? null,
    failure_message: charge.failure?.message ?? null,
    paid: charge.is_taken,
    refunded: charge.is_taken && refunded === amount,
    status: charge.is_taken ? 'succeeded' : charge.failure ? 'failed' : 'pending',
  }
}

const sameForAll = {
  object: 'charge',
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  calculated_statement_descriptor: null,
  description: null,
  failure_balance_transaction: null,
  fraud_details: null,
  livemode: false,
  on_behalf_of: null,
  outcome: null,
  payment_method_details: null,
  receipt_email: null,
  receipt_number: null,
  receipt_url: null,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Stripe.Charge>

const listInput = z.strictObject({ customer: z.string().optional(), payment_intent: z.string().optional(), ...timedList })

function list(work: Work, input: z.infer<typeof listInput>): object {
  return pageOf(work.store, {
    kind: 'charge',
    request: input,
    url: '/v1/charges',
    accept: ({ customer, payment_intent, created }) =>
      (!input.customer || customer === input.customer) &&
      (!input.payment_intent || payment_intent === input.payment_intent) &&
      isCreatedIn(created, input.created),
    show: ({ id }) => showCharge(work, needCharge(work, id)),
  })
}

export const chargeEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/charges', listInput, list),
  endpoint('GET', '/v1/charges/:id', z.strictObject({}), (work, _, id) => showCharge(work, needCharge(work, id))),
]
