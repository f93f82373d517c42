import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useHydrated } from './reader.tsx'

const STORED = 'afterfund.single_keys'

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Filter'],
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['x', 'Select the row'],
  ['Enter', 'Open the row'],
  ['[', 'Previous one of the list'],
  [']', 'Next one of the list'],
  ['Esc', 'Clear the selection'],
  ['?', 'This list'],
]

/**
 * The desk's single keys. Rows are `[data-row]` with one `a[data-open]`; the filter is `[data-filter]`; neighbours are
 * `a[rel=prev]` and `a[rel=next]`. They do nothing while one types, in a dialog, or when they are turned off.
 */
export function Keyboard() {
  const navigate = useNavigate()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !mayActOn(event.target)) return
      if (!act(event.key, { open: (address) => void navigate(address), help: () => dialog.current?.showModal() })) return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title">
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

function act(key: string, doing: { open: (address: string) => void; help: () => void }): boolean {
  if (key === '?') doing.help()
  else if (key === '/') return focusOn(document.querySelector<HTMLElement>('[data-filter]'))
  else if (key === 'j') return moveRow(1)
  else if (key === 'k') return moveRow(-1)
  else if (key === 'x') return clickOn(current()?.querySelector<HTMLElement>('input[type=checkbox]'))
  else if (key === 'Enter') return openRow(doing.open)
  else if (key === '[') return clickOn(document.querySelector<HTMLElement>('a[rel=prev]'))
  else if (key === ']') return clickOn(document.querySelector<HTMLElement>('a[rel=next]'))
  else return false
  return true
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-row][data-cursor]')
}

function moveRow(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  if (rows.length === 0) return false
  const before = current()
  const index = before ? rows.indexOf(before) + by : by > 0 ? 0 : rows.length - 1
  const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
  before?.removeAttribute('data-cursor')
  row?.setAttribute('data-cursor', '')
  row?.querySelector<HTMLElement>('a[data-open]')?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
  return true
}

function openRow(open: (address: string) => void): boolean {
  // on a focused link or button Enter is the browser's own
  if (document.activeElement?.closest('a, button, summary')) return false
  const link = current()?.querySelector<HTMLAnchorElement>('a[data-open]')
  if (link) open(link.pathname + link.search)
  return Boolean(link)
}

function focusOn(element: HTMLElement | null): boolean {
  element?.focus()
  return Boolean(element)
}

function clickOn(element: HTMLElement | null | undefined): boolean {
  element?.click()
  return Boolean(element)
}
