import { type BackerFilter, filterSchema } from '../domain/backers/filter.ts'
import { type Filter, type FilterTerm, readFilter, withoutTerm } from './components/filter-terms.ts'

const LISTS = ['status', 'survey', 'level', 'country', 'sku', 'only_sku', 'addon', 'failure', 'pledge'] as const
const SINGLES = [
  'hold',
  'payment_method',
  'balance',
  'address',
  'mail',
  'operation',
  'notice',
  'has_order',
  'answered',
  'remind_on',
] as const

/** The keys that an address or the filter field knows, in the order in which they are suggested. */
export const FILTER_KEYS: readonly string[] = [...LISTS, ...SINGLES]

export interface ReadBackerFilter {
  filter: BackerFilter
  /** as the filter bar shows it */
  shown: Filter
  /** terms that mean nothing: said on the page, and left out */
  unknown: FilterTerm[]
}

/** The filter of an address, as the domain takes it. A term that means nothing is told, never guessed. */
export function readBackerFilter(search: URLSearchParams): ReadBackerFilter {
  let shown = readFilter(search, FILTER_KEYS)
  const unknown: FilterTerm[] = []
  for (const term of shown.terms) {
    if (filterSchema.safeParse({ [term.key]: term.value }).success) continue
    unknown.push(term)
    shown = withoutTerm(shown, term)
  }
  const input: Record<string, unknown> = shown.words === '' ? {} : { q: shown.words.slice(0, 200) }
  for (const { key, value } of shown.terms) {
    const isList = (LISTS as readonly string[]).includes(key)
    input[key] = isList ? [...((input[key] as string[] | undefined) ?? []), value] : value
  }
  return { filter: filterSchema.parse(input), shown, unknown }
}
