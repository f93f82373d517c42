import type Stripe from 'stripe'
import { type JournalLine, openJournal } from './journal.ts'
import type { KnobBoard } from './knobs.ts'
import type { SimulatedCharge, SimulatedRefund } from './types.ts'

/** What the simulator keeps, by kind. Objects of Stripe refer to each other by id; answers expand them. */
export interface Kinds {
  account: Stripe.Account
  customer: Stripe.Customer
  session: Stripe.Checkout.Session
  setup_intent: Stripe.SetupIntent
  payment_method: StoredCard
  payment_intent: StoredPayment
  charge: StoredCharge
  refund: StoredRefund
  dispute: StoredDispute
  event: StoredEvent
  /** an event that was taken by who listens */
  delivery: { id: string }
  /** what will change by itself, under the id of the payment or refund */
  waiting: StoredWaiting
  /** the first answer to an idempotency key */
  answer: StoredAnswer
  /** calls that a card has already met, for cards that behave differently the second time */
  met: { id: string }
}
export type Kind = keyof Kinds

/** No number is kept: the object, the name of the test card behind it, and whether it was detached, which is for good. */
export interface StoredCard {
  id: string
  card: string
  is_spent: boolean
  object: Stripe.PaymentMethod
}

/** What differs from payment to payment; the rest of the object is the same for all (show-payment.ts). Others are named by their ids. */
export type StoredPayment = Pick<
  Stripe.PaymentIntent,
  | 'id'
  | 'allowed_payment_method_types'
  | 'amount'
  | 'amount_received'
  | 'automatic_payment_methods'
  | 'canceled_at'
  | 'cancellation_reason'
  | 'client_secret'
  | 'created'
  | 'currency'
  | 'description'
  | 'last_payment_error'
  | 'metadata'
  | 'next_action'
  | 'statement_descriptor_suffix'
  | 'status'
> & { customer: string; latest_charge: string | null; payment_method: string | null }

/** `is_taken` once the money counts: not while the payment is in processing, and never of one that was declined, which has its `failure`. */
export type StoredCharge = SimulatedCharge & { id: string; is_taken: boolean; failure?: { code: string; message: string } }

export type StoredRefund = Omit<SimulatedRefund, 'refund'> & {
  id: string
  reason: Stripe.Refund.Reason | null
  failure_reason: string | null
}

export interface StoredDispute {
  id: string
  payment_intent: string
  charge: string
  amount: number
  currency: string
  reason: string
  status: Stripe.Dispute.Status
  is_charge_refundable: boolean
  evidence: string | null
  created: number
}

/** What kinds an event can be about. */
export type EventKind = 'session' | 'setup_intent' | 'payment_method' | 'payment_intent' | 'charge' | 'refund' | 'dispute'

/** `value`: how the object stood then. It is shown as it was, however it stands when the event is sent. */
export interface StoredEvent {
  id: string
  type: string
  kind: EventKind
  value: Kinds[EventKind]
  /** seconds since 1970 */
  created: number
  idempotency_key: string | null
}

export interface StoredWaiting {
  id: string
  kind: 'payment_intent' | 'refund'
  becomes: 'succeeded' | 'failed'
  /** seconds since 1970 */
  at: number
  is_over: boolean
}

export interface StoredAnswer {
  /** the key */
  id: string
  path: string
  /** hash over the parameters */
  fingerprint: string
  status: number
  body: unknown
  /** milliseconds since 1970 */
  at: number
}

export type Put = { [K in Kind]: [kind: K, value: Kinds[K]] }[Kind]

export interface Store {
  find<K extends Kind>(kind: K, id: string): Kinds[K] | undefined
  /** oldest first */
  all<K extends Kind>(kind: K): readonly Kinds[K][]
  /** the place of one among all; undefined when there is none */
  placeOf(kind: Kind, id: string): number | undefined
  /** Writes all or nothing. */
  commit(puts: Put[]): void
  /** Is called after each commit with what it wrote. */
  watch(listener: (puts: readonly Put[]) => void): void
  close(): void
}

/** Stripe keeps events for 30 days. */
const eventLivesS = 30 * 24 * 60 * 60

interface Shelf {
  values: { id: string }[]
  places: Map<string, number>
}

/** Reads the state of a folder that the caller holds, and keeps it from then on. */
export function openStore(folder: string, knobs: Pick<KnobBoard, 'now' | 'isForgotten'>): Store {
  const shelves = new Map<string, Shelf>()
  const listeners: ((puts: readonly Put[]) => void)[] = []
  const shelfOf = (kind: string) => {
    const found = shelves.get(kind) ?? { values: [], places: new Map<string, number>() }
    shelves.set(kind, found)
    return found
  }
  const apply = (line: JournalLine) => {
    for (const [kind, value] of line) {
      const { values, places } = shelfOf(kind)
      const place = places.get(value.id) ?? values.length
      places.set(value.id, place)
      values[place] = value
    }
  }
  const compact = (): JournalLine => {
    const kept = [...shelves].flatMap(([kind, { values }]) =>
      values.filter((value) => isKept(kind, value, knobs)).map((value): JournalLine[number] => [kind, value]),
    )
    shelves.clear()
    apply(kept)
    return kept
  }
  const journal = openJournal(folder, apply, compact)
  const all = <K extends Kind>(kind: K) => shelfOf(kind).values as unknown as readonly Kinds[K][]
  return {
    find: <K extends Kind>(kind: K, id: string) => {
      const { values, places } = shelfOf(kind)
      return values[places.get(id) ?? -1] as Kinds[K] | undefined
    },
    all,
    placeOf: (kind, id) => shelfOf(kind).places.get(id),
    commit: (puts) => {
      if (puts.length === 0) return
      journal.append(puts)
      apply(puts)
      for (const listener of listeners) listener(puts)
    },
    watch: (listener) => void listeners.push(listener),
    close: journal.close,
  }
}

/** What a start keeps: not the answers to forgotten keys, old events, and what has become of what waited. */
function isKept(kind: string, value: object, { now, isForgotten }: Pick<KnobBoard, 'now' | 'isForgotten'>): boolean {
  if (kind === 'answer') return !isForgotten(value as StoredAnswer)
  if (kind === 'event') return (value as StoredEvent).created > now() / 1000 - eventLivesS
  if (kind === 'waiting') return !(value as StoredWaiting).is_over
  return true
}
