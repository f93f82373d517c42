import type { z } from 'zod'
import { checkParameters } from './parameters.ts'
import type { Kind, Kinds, Put, Store } from './store.ts'

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

export function put<K extends Kind>(work: Work, kind: K, value: Kinds[K]): Kinds[K] {
  work.puts.push([kind, value] as Put)
  return value
}

/** What is kept under an id, this call's own changes included. */
export function find<K extends Kind>(work: Work, kind: K, id: string): Kinds[K] | undefined {
  const own = work.puts.findLast((entry) => entry[0] === kind && entry[1].id === id)
  return own ? (own[1] as Kinds[K]) : work.store.find(kind, id)
}

export interface Endpoint {
  method: 'GET' | 'POST'
  path: string
  /** whether the knobs for charges count for it */
  isCharge: boolean
  run(work: Work, raw: Record<string, unknown>, ids: Record<string, string>): object
}

/** An endpoint of Stripe's with the parameters that it takes; `expand` is taken everywhere. */
export function endpoint<T>(
  method: 'GET' | 'POST',
  path: string,
  parameters: z.ZodType<T>,
  run: (work: Work, parameters: T, id: string) => object,
  { isCharge = false } = {},
): Endpoint {
  return { method, path, isCharge, run: (work, raw, ids) => run(work, checkParameters(parameters, raw), ids.id ?? '') }
}
