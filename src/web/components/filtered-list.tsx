import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ButtonLink } from '../ui/button.tsx'
import { Note } from '../ui/note.tsx'
import { Count, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { NoMatch } from '../ui/states.tsx'
import { Pages } from '../ui/table.tsx'
import { FilterBar, FilterTabs, ListLine } from './filter-bar.tsx'
import { conditionCount, type Filter, type FilterKey, type FilterTerm, filterQuery, valuesOf } from './filter-terms.ts'
import { SelectableList, SelectionBar } from './selection.tsx'

export interface ListState {
  keys: readonly FilterKey[]
  shown: Filter
  /** terms of the address that mean nothing here */
  unknown: readonly FilterTerm[]
  sort: string
  cursor: string | null
  next_cursor: string | null
  /** where nothing matches: what each condition costs */
  costs: readonly { condition: string; count: number; query: Record<string, string | string[]> }[]
}

interface Props {
  state: ListState
  noun: readonly [one: string, many: string]
  /** "Orders" */
  title: string
  placeholder: string
  /** The list's address with a query. */
  to: (query?: Record<string, string | readonly string[]>) => string
  /** The campaign's states as tabs, by the key of the filter that each of them is. */
  tabs: { label: string; key: string; of: readonly { value: string; label: string; count: number }[] }
  /** Rows on this page, and all that match. */
  rows: number
  count: number
  /** Beside the count: what they owe together. */
  facts?: ReactNode
  /** Where the lists' pages come back to: the path within the campaign. */
  from: string
  table: ReactNode
  /** Buttons of the selection bar. */
  acts: ReactNode
  /** Nothing there at all yet. */
  empty: ReactNode
  /** Where nothing matches: where else one may look. */
  elsewhere?: ReactNode
}

/** A list that is filtered, sorted, paged and acted upon: the same for orders and backers. Everything of it is in the address. */
export function FilteredList(props: Props) {
  const { state, noun, title, placeholder, to, tabs, rows, count, facts, from, table, acts, empty } = props
  const { keys, shown, unknown, sort, cursor, next_cursor } = state
  const query = filterQuery(shown)
  const keep: Record<string, string> = sort === 'number' ? {} : { sort }
  const all = tabs.of.reduce((sum, one) => sum + one.count, 0)
  const current = valuesOf(shown, tabs.key)
  const conditions = conditionCount(shown)
  return (
    <>
      <FilterTabs
        label={tabs.label}
        tabs={[
          { label: 'All', count: all, to: to(keep), current: conditions === 0 },
          ...tabs.of.map(({ value, label, count }) => ({
            label,
            count,
            to: to({ ...keep, [tabs.key]: value }),
            current: conditions === 1 && current[0] === value,
          })),
        ]}
      />
      <FilterBar action={to()} label={`Filter ${noun[1]}`} placeholder={placeholder} keys={keys} filter={shown} keep={keep} />
      {unknown.length > 0 && (
        <Note tone="warn">
          Left out, since it means nothing here: {unknown.map(({ key, value }) => `${key}:${value}`).join(', ')}
        </Note>
      )}
      {rows === 0 ? (
        <Sheet label={title}>{all > 0 || conditions > 0 ? <NothingMatches {...props} all={all} /> : empty}</Sheet>
      ) : (
        // another filter, sorting or page begins with nothing selected
        <SelectableList
          key={JSON.stringify([query, sort, cursor])}
          rows={rows}
          total={count}
          noun={noun}
          query={query}
          from={from}
        >
          <ListLine
            end={
              <Pages
                newer_to={cursor ? to({ ...query, ...keep }) : null}
                older_to={next_cursor ? to({ ...query, ...keep, cursor: next_cursor }) : null}
              />
            }
          >
            <span role="status">
              <Count of={count} /> {count === 1 ? noun[0] : noun[1]}
            </span>
            {facts}
          </ListLine>
          <Sheet body="flush" label={title}>
            {table}
          </Sheet>
          <SelectionBar>{acts}</SelectionBar>
        </SelectableList>
      )}
    </>
  )
}

/** Which condition costs most, and the way to drop it. */
function NothingMatches({ state, noun, to, elsewhere, all }: Props & { all: number }) {
  const { costs, shown } = state
  const [most] = costs
  return (
    <NoMatch
      title={
        conditionCount(shown) > 1 ? `No ${noun[0]} matches all ${conditionCount(shown)} conditions` : `No ${noun[0]} matches`
      }
      actions={
        <>
          {costs.slice(0, 3).map(({ condition, count, query }) => (
            <ButtonLink key={condition} to={to(query)}>
              <span>
                Drop <bdi>{condition}</bdi> (<Count of={count} />)
              </span>
            </ButtonLink>
          ))}
          {all > 0 && <Link to={to()}>Show all {plural(all, noun[0], noun[1])}</Link>}
        </>
      }
    >
      {most ? (
        <>
          Without <b>{most.condition}</b> there would be <Count of={most.count} />.
        </>
      ) : conditionCount(shown) > 1 ? (
        'No single condition is to blame: at least two have to go.'
      ) : (
        'Look for a shorter piece of it: any part of a name, mail address, number or note is found.'
      )}{' '}
      {elsewhere}
    </NoMatch>
  )
}
