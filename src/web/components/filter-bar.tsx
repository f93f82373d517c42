import { Search, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Form, Link, useSubmit } from 'react-router'
import { withQuery } from '../paths.ts'
import { Icon } from '../ui/icon.tsx'
import { Count } from '../ui/numbers.tsx'
import {
  type Filter,
  type FilterKey,
  type FilterTerm,
  filterQuery,
  suggestionsFor,
  termText,
  valueText,
  withoutKey,
  withoutTerm,
} from './filter-terms.ts'
import { SuggestingInput } from './suggesting-input.tsx'

interface FilterBarProps {
  /** The list's own address, without a query. */
  action: string
  /** "Filter orders" */
  label: string
  /** "Type a name, mail, number, or sku: country: balance:" */
  placeholder: string
  keys: readonly FilterKey[]
  filter: Filter
  /** What else the address keeps, such as the sorting. */
  keep?: Record<string, string>
  /** Beside the field: sorting, columns. */
  children?: ReactNode
}

/** One field: plain words search, `key:` opens suggestions, a finished term becomes a token. Everything is in the URL. */
export function FilterBar(props: FilterBarProps) {
  // a new filter in the address starts the field afresh
  return <FilterForm key={JSON.stringify(props.filter)} {...props} />
}

function FilterForm({ action, label, placeholder, keys, filter, keep = {}, children }: FilterBarProps) {
  const submit = useSubmit()
  const [terms, setTerms] = useState(filter.terms)
  const [text, setText] = useState(filter.words)

  const takeBack = () => {
    const last = terms.at(-1)
    if (!last) return false
    setTerms(terms.slice(0, -1))
    setText(`${termText(last)}${text === '' ? '' : ` ${text}`}`)
    return true
  }
  const filterBy = (q: string) =>
    submit(null, { action: withQuery(action, { ...keep, ...filterQuery({ terms, words: '' }), q }), method: 'get' })

  return (
    <search>
      <Form method="get" action={action} className="filter" role="search" aria-label={label}>
        {Object.entries(keep).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <div className="filter-field">
          <Icon of={Search} />
          {terms.map((term) => (
            <Token
              key={termText(term)}
              term={term}
              keys={keys}
              to={withQuery(action, { ...keep, ...filterQuery(withoutTerm({ terms, words: filter.words }, term)) })}
              folded={terms.filter(({ key }) => key === term.key).length > FOLDED_FROM}
            />
          ))}
          {foldedKeys(terms).map((key) => (
            <FoldedTokens
              key={key}
              label={keys.find((one) => one.key === key)?.label ?? key}
              count={terms.filter((term) => term.key === key).length}
              to={withQuery(action, { ...keep, ...filterQuery(withoutKey({ terms, words: filter.words }, key)) })}
            />
          ))}
          <SuggestingInput
            label={label}
            placeholder={terms.length === 0 ? placeholder : ''}
            text={text}
            suggestions={suggestionsFor(text, keys)}
            onText={setText}
            onTake={(suggestion) => suggestion.finished && void filterBy(suggestion.text)}
            onBackspaceAtStart={takeBack}
          />
          <span aria-hidden="true">
            <kbd>/</kbd>
          </span>
        </div>
        <button type="submit" className="visually-hidden">
          Filter
        </button>
        {children}
      </Form>
    </search>
  )
}

/** More values of one key than these are told by their number: a warehouse that ticked 300 SKUs has 300 of them. */
const FOLDED_FROM = 8

function foldedKeys(terms: readonly FilterTerm[]): string[] {
  const keys = [...new Set(terms.map(({ key }) => key))]
  return keys.filter((key) => terms.filter((term) => term.key === key).length > FOLDED_FROM)
}

function FoldedTokens({ label, count, to }: { label: string; count: number; to: string }) {
  return (
    <span className="token">
      <span>
        <i>{label}</i>
        one of <Count of={count} />
      </span>
      <Link className="token-remove" to={to} aria-label={`Remove all ${count} of ${label}`}>
        <Icon of={X} size={14} />
      </Link>
    </span>
  )
}

interface TokenProps {
  term: FilterTerm
  keys: readonly FilterKey[]
  to: string
  /** Only sent along: another token says how many there are. */
  folded: boolean
}

function Token({ term, keys, to, folded }: TokenProps) {
  if (folded) return <input type="hidden" name={term.key} value={term.value} />
  const label = keys.find((one) => one.key === term.key)?.label ?? term.key
  const value = valueText(term, keys)
  return (
    <span className="token">
      <span>
        <i>{label}</i>
        <bdi>{value}</bdi>
      </span>
      <Link className="token-remove" to={to} aria-label={`Remove ${label} ${value}`}>
        <Icon of={X} size={14} />
      </Link>
      <input type="hidden" name={term.key} value={term.value} />
    </span>
  )
}

export interface SavedFilter {
  label: string
  to: string
  count?: number
  current: boolean
}

/** Saved filters above the field, with live counts. */
export function FilterTabs({ label, tabs }: { label: string; tabs: readonly SavedFilter[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} aria-current={tab.current ? 'true' : undefined}>
          {tab.label}
          {tab.count !== undefined && (
            <>
              {' '}
              <span>
                <Count of={tab.count} />
              </span>
            </>
          )}
        </Link>
      ))}
    </nav>
  )
}

/** Between filter and table: count and sum of the match, and the pages. */
export function ListLine({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className="list-line">
      <span>{children}</span>
      {end}
    </div>
  )
}
