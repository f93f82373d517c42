import type { BackerFilter } from '../domain/backers/filter.ts'
import { readBackerFilter } from './backer-filter.server.ts'
import { type Filter, type FilterKey, filterQuery, valueText, withoutKey } from './components/filter-terms.ts'
import { withQuery } from './paths.ts'

/** A condition that could go, and how many would match without it. */
export interface Cost {
  /** "country Greece" */
  condition: string
  count: number
  query: Record<string, string | string[]>
}

/** Each is one more count over the whole campaign. */
const MOST = 6

/** Where nothing matches: how many would without each condition, the costliest first; those that would change nothing are left out. */
export async function costsOf(
  shown: Filter,
  keys: readonly FilterKey[],
  countOf: (filter: BackerFilter) => Promise<number>,
): Promise<Cost[]> {
  const conditions = [...new Set([...(shown.words === '' ? [] : ['q']), ...shown.terms.map(({ key }) => key)])]
  if (conditions.length < 2) return []
  const costs: Cost[] = []
  for (const key of conditions.slice(0, MOST)) {
    const query = filterQuery(withoutKey(shown, key))
    const { filter } = readBackerFilter(new URL(withQuery('http://here.invalid/', query)).searchParams)
    costs.push({ condition: conditionText(shown, key, keys), count: await countOf(filter), query })
  }
  return costs.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
}

function conditionText(shown: Filter, key: string, keys: readonly FilterKey[]): string {
  if (key === 'q') return `the words ${shown.words}`
  const values = shown.terms.filter((term) => term.key === key).map((term) => valueText(term, keys))
  return `${keys.find((one) => one.key === key)?.label ?? key} ${values.join(' or ')}`
}
