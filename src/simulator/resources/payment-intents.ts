import type Stripe from 'stripe'
import { z } from 'zod'
import { integer, listParameters } from '../parameters.ts'
import { noSuch } from '../refusals.ts'
import { type Endpoint, endpoint, find, put, type Work } from '../work.ts'
import { chargeCard, chargeParameters } from './charge-card.ts'
import { needCustomer } from './customers.ts'
import { pageOf } from './list-page.ts'

/** How long a payment of a card that pays slowly is in processing. */
const processingSeconds = 5

const listInput = z.strictObject({
  customer: z.string().optional(),
  created: z
    .union([
      integer,
      z.strictObject({ gt: integer.optional(), gte: integer.optional(), lt: integer.optional(), lte: integer.optional() }),
    ])
    .optional(),
  ...listParameters,
})
type ListInput = z.infer<typeof listInput>

/** A payment in processing is paid once its time has come; that is written when somebody looks. */
export function settle(work: Work, payment: Stripe.PaymentIntent): Stripe.PaymentIntent {
  if (payment.status !== 'processing' || work.now < payment.created + processingSeconds) return payment
  const charge = find(work, 'charge', String(payment.latest_charge))
  // Waiting charges carry no amount taken: only now it counts in the ledger.
  if (charge) put(work, 'charge', { ...charge, is_taken: true })
  return put(work, 'payment_intent', { ...payment, status: 'succeeded', amount_received: payment.amount })
}

function list(work: Work, input: ListInput): object {
  if (input.customer) needCustomer(work, input.customer, 'customer')
  const wanted = work.store
    .all('payment_intent')
    .filter((payment) => (!input.customer || payment.customer === input.customer) && isCreatedIn(payment.created, input.created))
  const page = pageOf(wanted, input, '/v1/payment_intents')
  return { ...page, data: page.data.map((payment) => settle(work, payment)) }
}

function isCreatedIn(created: number, range: ListInput['created']): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return created === range
  const { gt = -1, gte = 0, lt = Number.POSITIVE_INFINITY, lte = Number.POSITIVE_INFINITY } = range
  return created > gt && created >= gte && created < lt && created <= lte
}

function retrieve(work: Work, _: object, id: string): Stripe.PaymentIntent {
  const payment = find(work, 'payment_intent', id)
  if (!payment) throw noSuch('payment_intent', id)
  return settle(work, payment)
}

export const paymentIntentEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/payment_intents', chargeParameters, chargeCard, { isCharge: true }),
  endpoint('GET', '/v1/payment_intents', listInput, list),
  endpoint('GET', '/v1/payment_intents/:id', z.strictObject({}), retrieve),
]
