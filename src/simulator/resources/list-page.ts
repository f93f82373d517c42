import { noSuch } from '../refusals.ts'

interface PageRequest {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

/** A page of a list, newest first, in Stripe's shape. `oldestFirst` is in the order of making. */
export function pageOf<T extends { id: string; created: number }>(oldestFirst: T[], request: PageRequest, url: string) {
  const newestFirst = oldestFirst.toReversed().sort((a, b) => b.created - a.created)
  const limit = request.limit ?? 10
  const { from, to } = boundsOf(newestFirst, request, limit)
  return {
    object: 'list' as const,
    data: newestFirst.slice(from, to),
    has_more: request.ending_before ? from > 0 : to < newestFirst.length,
    url,
  }
}

function boundsOf(entries: { id: string }[], request: PageRequest, limit: number): { from: number; to: number } {
  if (request.ending_before) {
    const to = positionOf(entries, request.ending_before, 'ending_before')
    return { from: Math.max(0, to - limit), to }
  }
  const from = request.starting_after ? positionOf(entries, request.starting_after, 'starting_after') + 1 : 0
  return { from, to: from + limit }
}

function positionOf(entries: { id: string }[], id: string, param: string): number {
  const at = entries.findIndex((entry) => entry.id === id)
  if (at < 0) throw noSuch('object', id, { param, status: 400 })
  return at
}
