import { useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { useHydrated } from './reader.tsx'

const STORED = 'afterfund.single_keys'

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Filter the list, or find a backer or order'],
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['x', 'Select the row'],
  ['Shift x', 'Select all rows from the last one selected'],
  ['a', 'Act on what is selected'],
  ['Enter', 'Open the row'],
  ['[', 'Previous one of the list, or newer rows'],
  [']', 'Next one of the list, or older rows'],
  ['Esc', 'Clear the selection'],
  ['?', 'This list'],
]

const LIST_ID = 'keys'

/**
 * The desk's single keys. Rows are `[data-row]` with one `a[data-open]`; the filter is `[data-filter]`, and `[data-find]` where a page has
 * none; neighbours are links `rel=prev` and `rel=next`, of the page's own head before those of a list in it. They do nothing while one
 * types, in a dialog, or when they are turned off.
 */
export function Keyboard() {
  const navigate = useNavigate()
  useComingBack()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !mayActOn(event.target)) return
      if (act(event, (address) => void navigate(address))) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
  return (
    <dialog id={LIST_ID} className="dialog" aria-labelledby="keys-title">
      <form method="dialog" className="dialog-panel">
        <div className="dialog-head">
          <h2 id="keys-title">Keys</h2>
        </div>
        <div className="dialog-body">
          <dl className="keys">
            {KEYS.map(([key, what]) => [
              <dt key={key}>
                <kbd>{key}</kbd>
              </dt>,
              <dd key={what}>{what}</dd>,
            ])}
          </dl>
          <KeysSwitch />
        </div>
        <div className="dialog-foot">
          <button type="submit" className="button">
            Close the list
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** Shows the list of keys, for who does not know that `?` does. */
export function KeysButton() {
  if (!useHydrated()) return null
  return (
    <button type="button" aria-haspopup="dialog" onClick={showList}>
      Keys
    </button>
  )
}

function showList(): void {
  document.querySelector<HTMLDialogElement>(`#${LIST_ID}`)?.showModal()
}

/**
 * Another page: whoever reads by ear or works by keys starts at its title, unless the page itself asks for the focus (an error, a field);
 * back at a list, at the row that was opened from it.
 */
function useComingBack(): void {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    const from = before.current
    before.current = pathname
    if (from === pathname) return
    const main = document.querySelector('main')
    const focused = document.activeElement
    if (focused !== document.body && main?.contains(focused)) return
    const opened = document.querySelector<HTMLElement>(`[data-row] a[data-open][href^="${CSS.escape(from)}"]`)
    if (opened) return markRow(opened.closest<HTMLElement>('[data-row]'))
    const title = main?.querySelector<HTMLElement>('h1')
    title?.setAttribute('tabindex', '-1')
    title?.focus({ preventScroll: true })
  }, [pathname])
}

/** Turns the single keys off and on, for this browser; stands in the list of keys and in the settings. */
export function KeysSwitch() {
  const hydrated = useHydrated()
  const [on, setOn] = useState(true)
  useEffect(() => setOn(areKeysOn()), [])
  if (!hydrated) return null
  return (
    <label className="option">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          setOn(event.currentTarget.checked)
          localStorage.setItem(STORED, event.currentTarget.checked ? 'on' : 'off')
        }}
      />
      <span>
        Single keys
        <span className="option-help">Turn them off if you use voice control or press keys by accident.</span>
      </span>
    </label>
  )
}

function areKeysOn(): boolean {
  return localStorage.getItem(STORED) !== 'off'
}

function mayActOn(target: EventTarget | null): boolean {
  if (!areKeysOn() || document.querySelector('dialog:modal')) return false
  if (!(target instanceof HTMLElement)) return true
  if (target instanceof HTMLInputElement && ['checkbox', 'radio'].includes(target.type)) return true
  return !target.isContentEditable && !target.closest('input, select, textarea')
}

/** Whether the key did something. */
function act({ key }: KeyboardEvent, open: (address: string) => void): boolean {
  switch (key) {
    case '?':
      showList()
      return true
    case '/':
      return focusOn('[data-filter]') || focusOn('[data-find]')
    case 'j':
      return moveRow(1)
    case 'k':
      return moveRow(-1)
    case 'x':
      return tick(false)
    case 'X':
      return tick(true)
    case 'a':
      return focusOn('.selection button')
    case 'Enter':
      return openRow(open)
    case '[':
      return goTo('prev')
    case ']':
      return goTo('next')
    default:
      return false
  }
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-row][data-cursor]')
}

function moveRow(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  if (rows.length === 0) return false
  const before = current()
  const index = before ? rows.indexOf(before) + by : by > 0 ? 0 : rows.length - 1
  markRow(rows[Math.max(0, Math.min(rows.length - 1, index))] ?? null)
  return true
}

/** The row that the keys act on: marked, in sight, and focused, so that it is read out. */
function markRow(row: HTMLElement | null): void {
  current()?.removeAttribute('data-cursor')
  row?.setAttribute('data-cursor', '')
  const way = row?.querySelector<HTMLElement>('a[data-open]') ?? row?.querySelector<HTMLElement>('input[type=checkbox]')
  way?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}

/** A click with Shift ticks the rows between, as by mouse. */
function tick(range: boolean): boolean {
  const box = current()?.querySelector<HTMLElement>('input[type=checkbox]')
  return Boolean(box?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: range })))
}

function openRow(open: (address: string) => void): boolean {
  // on a focused link or button Enter is the browser's own
  if (document.activeElement?.closest('a, button, summary')) return false
  const link = current()?.querySelector<HTMLAnchorElement>('a[data-open]')
  if (link) open(link.pathname + link.search)
  return Boolean(link)
}

function focusOn(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector)
  element?.focus()
  return Boolean(element)
}

/** A page with neighbours of its own goes along these, also at their end; a list turns its pages. */
function goTo(rel: 'prev' | 'next'): boolean {
  const place = document.querySelector('[data-neighbours]') ?? document
  const link = place.querySelector<HTMLElement>(`a[rel=${rel}]`)
  link?.click()
  return Boolean(link)
}
