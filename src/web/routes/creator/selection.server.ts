import type { Selection } from '../../../domain/orders/selection.ts'
import { isId } from '../../../lib/id.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { filterQuery } from '../../components/filter-terms.ts'

/** What an act is about: ticked orders (`id=…`), all that match a filter (`all=1`), or every order it can concern. */
export function selectionOf(request: Request): Selection {
  const search = new URL(request.url).searchParams
  const ids = search.getAll('id').filter(isId)
  if (ids.length > 0 && !search.has('all')) return { ids: ids.slice(0, 5_000) }
  return { filter: readBackerFilter(search).filter }
}

/** The same selection as a query, for a link to another act over it. */
export function queryOfSelection(request: Request): Record<string, string | string[]> {
  const search = new URL(request.url).searchParams
  const ids = search.getAll('id').filter(isId)
  if (ids.length > 0 && !search.has('all')) return { id: ids.slice(0, 5_000) }
  return filterQuery(readBackerFilter(search).shown)
}
