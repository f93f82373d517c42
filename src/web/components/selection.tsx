import { createContext, type MouseEvent, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react'
import { Form } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Count, plural } from '../ui/numbers.tsx'
import { useReader } from '../ui/reader.tsx'

interface Selection {
  /** Rows ticked on this page. */
  count: number
  /** Everything that matches the filter, on all pages. */
  all: boolean
  rows: number
  total: number
  noun: readonly [string, string]
  setAll: (all: boolean) => void
  tickPage: (ticked: boolean) => void
  clear: () => void
}

const SelectionContext = createContext<Selection | null>(null)

function useSelection(): Selection {
  const selection = useContext(SelectionContext)
  if (!selection) throw new Error('This piece belongs inside a SelectableList.')
  return selection
}

interface ListProps {
  /** Rows on this page, and all that match. */
  rows: number
  total: number
  /** ["order", "orders"] */
  noun: readonly [string, string]
  /** The filter as a query: sent along when everything that matches is meant. */
  query: Record<string, string | readonly string[]>
  /** Where the pages of its acts lead back to: the path within the campaign. */
  from?: string
  children: ReactNode
}

/**
 * A list whose rows can be ticked. It is a GET form: its buttons lead to a preview (`formAction`) with `id=…` for every ticked
 * row, or with `all=1` and the filter. The boxes are the browser's own, so it works without script.
 */
export function SelectableList({ rows, total, noun, query, from, children }: ListProps) {
  const form = useRef<HTMLFormElement>(null)
  const [count, setCount] = useState(0)
  const [all, setAll] = useState(false)

  const recount = useCallback(() => {
    const ticked = boxes(form.current).filter((box) => box.checked).length
    setCount(ticked)
    if (ticked < boxes(form.current).length) setAll(false)
    const head = form.current?.querySelector<HTMLInputElement>('input[data-select-all]')
    if (!head) return
    head.checked = ticked > 0 && ticked === boxes(form.current).length
    head.indeterminate = ticked > 0 && !head.checked
  }, [])

  const tickPage = useCallback(
    (ticked: boolean) => {
      for (const box of boxes(form.current)) box.checked = ticked
      recount()
    },
    [recount],
  )

  const clear = useCallback(() => tickPage(false), [tickPage])

  // boxes ticked before the page came alive count too
  useEffect(recount, [recount])
  useEffect(() => {
    if (count === 0) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog:modal')) clear()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [count, clear])

  return (
    <SelectionContext value={{ count, all, rows, total, noun, setAll, tickPage, clear }}>
      <Form method="get" ref={form} onChange={recount} onClick={tickRange}>
        {from && <input type="hidden" name="from" value={from} />}
        {all && <AllThatMatch query={query} />}
        {children}
      </Form>
    </SelectionContext>
  )
}

function AllThatMatch({ query }: { query: ListProps['query'] }) {
  return (
    <>
      <input type="hidden" name="all" value="1" />
      {Object.entries(query).flatMap(([name, value]) =>
        (typeof value === 'string' ? [value] : value).map((one) => (
          <input key={`${name} ${one}`} type="hidden" name={name} value={one} />
        )),
      )}
    </>
  )
}

function boxes(form: HTMLFormElement | null): HTMLInputElement[] {
  return [...(form?.querySelectorAll<HTMLInputElement>('input[data-select-row]') ?? [])]
}

/** Shift+click ticks everything between the last clicked box and this one. */
function tickRange(event: MouseEvent<HTMLFormElement>) {
  const box = event.target
  if (!(box instanceof HTMLInputElement) || !box.matches('[data-select-row]')) return
  const list = boxes(event.currentTarget)
  const from = Number(event.currentTarget.dataset.lastBox ?? -1)
  const to = list.indexOf(box)
  if (event.shiftKey && from >= 0) {
    for (const one of list.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked
  }
  event.currentTarget.dataset.lastBox = String(to)
}

/** First cell of a row. */
export function SelectRow({ id, label }: { id: string; label: string }) {
  return (
    <td className="check">
      <label>
        <input type="checkbox" name="id" value={id} data-select-row="" aria-label={label} />
      </label>
    </td>
  )
}

/** First cell of the head: takes the page. */
export function SelectAll() {
  const { tickPage, rows, noun } = useSelection()
  return (
    <th scope="col" className="check" style={{ inlineSize: '48px' }}>
      <label>
        <input
          type="checkbox"
          data-select-all=""
          aria-label={`Select the ${plural(rows, noun[0], noun[1])} of this page`}
          onChange={(event) => tickPage(event.currentTarget.checked)}
        />
      </label>
    </th>
  )
}

interface BarProps {
  /** Buttons with a `formAction`; the first is the primary. */
  children: ReactNode
}

/** The one dark thing on the desk: what is selected and what can be done with it. */
export function SelectionBar({ children }: BarProps) {
  const { count, all, rows, total, noun, setAll, clear } = useSelection()
  const { locale } = useReader()
  const selected = all ? total : count
  return (
    <>
      <span className="visually-hidden" role="status">
        {selected > 0 ? `${plural(selected, noun[0], noun[1], locale)} selected` : ''}
      </span>
      {selected > 0 && (
        <section className="selection" aria-label="Selection">
          <span>
            <b>
              <Count of={selected} /> selected
            </b>
            {all && ' · all that match'}
          </span>
          {!all && count === rows && total > rows && (
            <Button type="button" variant="text" onClick={() => setAll(true)}>
              Select all <Count of={total} /> that match
            </Button>
          )}
          <span className="selection-gap" />
          <span aria-hidden="true">
            <kbd>a</kbd>
          </span>
          {children}
          <span className="selection-gap" />
          <Button type="button" onClick={clear} aria-keyshortcuts="Escape">
            Clear <kbd>Esc</kbd>
          </Button>
        </section>
      )}
      <noscript>
        <section className="selection selection-plain" aria-label="Selection">
          <label>
            <input type="checkbox" name="all" value="1" /> All <Count of={total} /> that match
          </label>
          <span className="selection-gap" />
          {children}
        </section>
      </noscript>
    </>
  )
}
