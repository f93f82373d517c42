import type Stripe from 'stripe'
import { type JournalLine, openJournal } from './journal.ts'
import type { SimulatedCharge } from './types.ts'

/** What the simulator keeps, by kind. Objects of Stripe refer to each other by id; answers expand them. */
export interface Kinds {
  account: Stripe.Account
  customer: Stripe.Customer
  session: Stripe.Checkout.Session
  setup_intent: Stripe.SetupIntent
  payment_method: StoredCard
  payment_intent: Stripe.PaymentIntent
  charge: StoredCharge
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

/** `is_taken` once the money counts: not while the payment is in processing. */
export type StoredCharge = SimulatedCharge & { id: string; is_taken: boolean }

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
  all<K extends Kind>(kind: K): Kinds[K][]
  /** Writes all or nothing. */
  commit(puts: Put[]): void
  close(): void
}

const day = 24 * 60 * 60 * 1000

/** Reads the state of a folder that the caller holds, and keeps it from then on. `now` in milliseconds since 1970. */
export function openStore(folder: string, now: () => number): Store {
  const shelves = new Map<string, Map<string, { id: string }>>()
  const shelfOf = (kind: string) => {
    const found = shelves.get(kind) ?? new Map<string, { id: string }>()
    shelves.set(kind, found)
    return found
  }
  const apply = (line: JournalLine) => {
    for (const [kind, value] of line) shelfOf(kind).set(value.id, value)
  }
  const compact = (): JournalLine => {
    for (const answer of shelfOf('answer').values()) {
      if (isForgotten(answer as StoredAnswer, now())) shelfOf('answer').delete(answer.id)
    }
    return [...shelves].flatMap(([kind, shelf]) => [...shelf.values()].map((value): JournalLine[number] => [kind, value]))
  }
  const journal = openJournal(folder, apply, compact)
  const all = <K extends Kind>(kind: K) => [...shelfOf(kind).values()] as Kinds[K][]
  return {
    find: <K extends Kind>(kind: K, id: string) => shelfOf(kind).get(id) as Kinds[K] | undefined,
    all,
    commit: (puts) => {
      if (puts.length === 0) return
      journal.append(puts)
      apply(puts)
    },
    close: journal.close,
  }
}

/** Stripe forgets a key after 24 hours. */
export function isForgotten(answer: StoredAnswer, now: number): boolean {
  return now - answer.at > day
}
