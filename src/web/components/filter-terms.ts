/*
 * A filter lives in the URL: words in `q`, every finished term under its own key (`status=open&status=paid&country=DE`).
 * Typed terms (`country:DE`, `sku:"TB CORE"`) are read out of `q`, so the field works without script.
 */

export interface FilterTerm {
  key: string
  value: string
}

export interface Filter {
  terms: readonly FilterTerm[]
  words: string
}

/** The filter of an address. Only `keys` count; unknown `key:` text stays among the words. A term said twice counts once. */
export function readFilter(search: URLSearchParams, keys: readonly string[]): Filter {
  const typed = splitTerms(search.get('q') ?? '', keys)
  const named = keys.flatMap((key) => search.getAll(key).map((value) => ({ key, value: value.trim() })))
  const terms: FilterTerm[] = []
  for (const term of [...named, ...typed.terms]) {
    if (term.value !== '' && !terms.some((one) => sameTerm(one, term))) terms.push(term)
  }
  return { terms, words: typed.words }
}

/** Splits text into finished terms of known keys and the words around them. */
export function splitTerms(text: string, keys: readonly string[]): Filter {
  const terms: FilterTerm[] = []
  const words: string[] = []
  for (const [piece] of text.matchAll(/[^\s":]+:"[^"]*"|"[^"]*"|\S+/g)) {
    const at = piece.indexOf(':')
    const key = piece.slice(0, at).toLowerCase()
    const value = unquote(piece.slice(at + 1))
    if (at > 0 && keys.includes(key) && value !== '') terms.push({ key, value })
    else words.push(piece)
  }
  return { terms, words: words.join(' ') }
}

/** A term as one would type it: quoted when it has a space. */
export function termText({ key, value }: FilterTerm): string {
  return `${key}:${/\s/.test(value) ? `"${value}"` : value}`
}

/** The filter as a query for `paths`. */
export function filterQuery(filter: Filter): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const key of new Set(filter.terms.map((term) => term.key))) {
    query[key] = filter.terms.filter((term) => term.key === key).map((term) => term.value)
  }
  if (filter.words !== '') query.q = filter.words
  return query
}

export function withoutTerm(filter: Filter, term: FilterTerm): Filter {
  return { ...filter, terms: filter.terms.filter((one) => !sameTerm(one, term)) }
}

/** Without all values of a key; `q`: without the words. */
export function withoutKey(filter: Filter, key: string): Filter {
  if (key === 'q') return { ...filter, words: '' }
  return { ...filter, terms: filter.terms.filter((term) => term.key !== key) }
}

export function valuesOf(filter: Filter, key: string): string[] {
  return filter.terms.filter((term) => term.key === key).map((term) => term.value)
}

/** How many conditions there are; words count as one. */
export function conditionCount(filter: Filter): number {
  return filter.terms.length + (filter.words === '' ? 0 : 1)
}

export interface FilterKey {
  key: string
  /** How its token reads: "changed after". */
  label?: string
  /** What one may type: "an SKU, like TB-CORE". */
  hint?: string
  /** `short`: how it reads in its token, where the label is long. */
  values?: readonly { value: string; label: string; short?: string }[]
}

/** How a term's value reads: "Germany" for DE. */
export function valueText({ key, value }: FilterTerm, keys: readonly FilterKey[]): string {
  const known = keys.find((one) => one.key === key)?.values?.find((one) => one.value === value)
  return known?.short ?? known?.label ?? value
}

/** The filter in one line: "status Open, country Germany". */
export function filterText(filter: Filter, keys: readonly FilterKey[]): string {
  const terms = filter.terms.map(
    (term) => `${keys.find(({ key }) => key === term.key)?.label ?? term.key} ${valueText(term, keys)}`,
  )
  return [...terms, ...(filter.words === '' ? [] : [filter.words])].join(', ')
}

export interface Suggestion {
  /** The whole text of the field after taking it. */
  text: string
  label: string
  hint?: string | undefined
  /** A finished term: taking it filters at once. */
  finished: boolean
  /** Where it leads, for what is no term: one person. */
  to?: string
}

/** What the last piece of the text may become: a key, or a value of its key. */
export function suggestionsFor(text: string, keys: readonly FilterKey[]): Suggestion[] {
  const at = text.search(/[^\s"]*(:"[^"]*)?$/)
  const before = text.slice(0, at)
  const last = text.slice(at).toLowerCase()
  const [typedKey = '', typedValue] = last.split(/:(.*)/s)
  if (typedValue === undefined) {
    return keys
      .filter((one) => typedKey === '' || one.key.startsWith(typedKey) || one.label?.startsWith(typedKey))
      .map((one) => ({ text: `${before}${one.key}:`, label: `${one.key}:`, hint: one.hint ?? one.label, finished: false }))
  }
  const key = keys.find((one) => one.key === typedKey)
  const wanted = unquote(typedValue)
  return (key?.values ?? [])
    .filter(({ value, label }) => value.toLowerCase().startsWith(wanted) || label.toLowerCase().includes(wanted))
    .slice(0, 50)
    .map(({ value, label }) => ({
      text: `${before}${termText({ key: typedKey, value })}`,
      label,
      hint: value === label ? undefined : value,
      finished: true,
    }))
}

function unquote(text: string): string {
  return text.replaceAll('"', '').trim()
}

function sameTerm(a: FilterTerm, b: FilterTerm): boolean {
  return a.key === b.key && a.value === b.value
}
