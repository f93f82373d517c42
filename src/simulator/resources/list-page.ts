import { z } from 'zod'
import { integer, listParameters } from '../parameters.ts'
import { noSuch } from '../refusals.ts'
import type { Kind, Kinds, Store } from '../store.ts'

interface PageRequest {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

export interface List<K extends Kind> {
  kind: K
  request: PageRequest
  url: string
  accept(value: Kinds[K]): boolean
  show(value: Kinds[K]): object
}

/** A page of a list, newest first, in Stripe's shape: the newest is what was made last. */
export function pageOf<K extends Kind>(store: Store, { kind, request, url, accept, show }: List<K>): object {
  const all = store.all(kind)
  const limit = request.limit ?? 10
  // One more than asked for says whether there are more.
  const found: Kinds[K][] = []
  const isUpward = request.ending_before !== undefined
  let at = startOf(store, kind, request)
  for (; at >= 0 && at < all.length && found.length <= limit; at += isUpward ? 1 : -1) {
    const value = all[at] as Kinds[K]
    if (accept(value)) found.push(value)
  }
  const data = found.slice(0, limit).map(show)
  return { object: 'list' as const, data: isUpward ? data.reverse() : data, has_more: found.length > limit, url }
}

function startOf(store: Store, kind: Kind, { starting_after, ending_before }: PageRequest): number {
  if (ending_before !== undefined) return needPlace(store, kind, ending_before, 'ending_before') + 1
  if (starting_after !== undefined) return needPlace(store, kind, starting_after, 'starting_after') - 1
  return store.all(kind).length - 1
}

function needPlace(store: Store, kind: Kind, id: string, param: string): number {
  const place = store.placeOf(kind, id)
  if (place === undefined) throw noSuch('object', id, { param, status: 400 })
  return place
}

const bounds = z.strictObject({ gt: integer, gte: integer, lt: integer, lte: integer }).partial()

/** Parameters of a list that can be narrowed by time. */
export const timedList = { created: z.union([integer, bounds]).optional(), ...listParameters }
type Range = z.infer<typeof timedList.created>

export function isCreatedIn(created: number, range: Range): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return created === range
  const { gt = -1, gte = 0, lt = Number.POSITIVE_INFINITY, lte = Number.POSITIVE_INFINITY } = range
  return created > gt && created >= gte && created < lt && created <= lte
}
