import { Stripe } from 'stripe'
import { z } from 'zod'
import { noSuch } from '../refusals.ts'
import type { EventKind, Kinds, StoredEvent } from '../store.ts'
import { type Endpoint, endpoint, find, type Work } from '../work.ts'
import { showCharge } from './charges.ts'
import { showDispute } from './disputes.ts'
import { isCreatedIn, pageOf, timedList } from './list-page.ts'
import { showRefund } from './refunds.ts'
import { showPayment } from './show-payment.ts'

const SHOW: { [K in EventKind]: (value: Kinds[K], work: Work) => object } = {
  session: (value) => value,
  setup_intent: (value) => value,
  payment_method: ({ object }) => object,
  payment_intent: showPayment,
  charge: (value, work) => showCharge(work, value),
  refund: showRefund,
  dispute: showDispute,
}

/** An event as Stripe shows and sends it: its object as it stood then (of a charge, what was refunded is counted now). */
export function showEvent(work: Work, event: StoredEvent): object {
  const show = SHOW[event.kind] as (value: StoredEvent['value'], work: Work) => object
  return {
    id: event.id,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: event.created,
    data: { object: show(event.value, work) },
    livemode: false,
    pending_webhooks: work.store.find('delivery', event.id) ? 0 : 1,
    request: { id: null, idempotency_key: event.idempotency_key },
    type: event.type,
  }
}

const listInput = z.strictObject({ type: z.string().optional(), types: z.array(z.string()).max(20).optional(), ...timedList })

function list(work: Work, input: z.infer<typeof listInput>): object {
  const types = input.types ?? (input.type ? [input.type] : null)
  return pageOf(work.store, {
    kind: 'event',
    request: input,
    url: '/v1/events',
    accept: ({ type, created }) => (!types || types.includes(type)) && isCreatedIn(created, input.created),
    show: (event) => showEvent(work, event),
  })
}

function retrieve(work: Work, _: object, id: string): object {
  const event = find(work, 'event', id)
  if (!event) throw noSuch('event', id)
  return showEvent(work, event)
}

export const eventEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/events', listInput, list),
  endpoint('GET', '/v1/events/:id', z.strictObject({}), retrieve),
]
