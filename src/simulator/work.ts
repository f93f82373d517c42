import type { z } from 'zod'
import { newStripeId } from './ids.ts'
import type { KnobBoard } from './knobs.ts'
import { checkParameters } from './parameters.ts'
import type { EventKind, Kind, Kinds, Put, Store } from './store.ts'

/** One call while it runs: what it changes is gathered here, and written together with its answer. */
export interface Work {
  store: Store
  /** seconds since 1970 */
  now: number
  /** the idempotency key */
  key: string | null
  hostedUrl: string
  puts: Put[]
  /** set when no answer may leave: after the call has done its work, or instead of it */
  silence: 'after' | 'before' | null
}

export function beginWork(
  parts: { store: Store; knobs: Pick<KnobBoard, 'now'>; hostedUrl: string },
  key: string | null = null,
): Work {
  const now = Math.floor(parts.knobs.now() / 1000)
  return { store: parts.store, now, key, hostedUrl: parts.hostedUrl, puts: [], silence: null }
}

export function put<K extends Kind>(work: Work, kind: K, value: Kinds[K]): Kinds[K] {
  work.puts.push([kind, value] as Put)
  return value
}

/** What is kept under an id, this call's own changes included. */
export function find<K extends Kind>(work: Work, kind: K, id: string): Kinds[K] | undefined {
  const own = work.puts.findLast((entry) => entry[0] === kind && entry[1].id === id)
  return own ? (own[1] as Kinds[K]) : work.store.find(kind, id)
}

/** Tells whoever listens that this happened to it: sent once the call is written. */
export function emit<K extends EventKind>(work: Work, type: string, kind: K, value: Kinds[K]): void {
  const event = { id: newStripeId('evt'), type, kind, value, created: work.now, idempotency_key: work.key }
  put(work, 'event', event)
}

export interface Endpoint {
  method: 'GET' | 'POST'
  path: string
  /** whether the knob `next` counts for it */
  movesMoney: boolean
  run(work: Work, raw: Record<string, unknown>, ids: Record<string, string>): object
}

/** An endpoint of Stripe's with the parameters that it takes; `expand` is taken everywhere. */
export function endpoint<T>(
  method: 'GET' | 'POST',
  path: string,
  parameters: z.ZodType<T>,
  run: (work: Work, parameters: T, id: string) => object,
  { movesMoney = false } = {},
): Endpoint {
  return { method, path, movesMoney, run: (work, raw, ids) => run(work, checkParameters(parameters, raw), ids.id ?? '') }
}
