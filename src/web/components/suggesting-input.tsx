import { type KeyboardEvent, useId, useState } from 'react'
import type { Suggestion } from './filter-terms.ts'

interface SuggestingInputProps {
  label: string
  placeholder: string
  text: string
  suggestions: readonly Suggestion[]
  onText: (text: string) => void
  /** A suggestion was chosen: its text is already in the field. */
  onTake: (suggestion: Suggestion) => void
  /** Backspace with the caret before the first letter. */
  onBackspaceAtStart?: () => boolean
  /** What `/` focuses: the filter of the page's list, or the field of the shell where a page has none. */
  as?: 'filter' | 'find'
}

/** A text field that suggests (ARIA combobox with a list). Without script it is a plain field named `q`. */
export function SuggestingInput(props: SuggestingInputProps) {
  const { label, placeholder, text, suggestions, onText, onTake, onBackspaceAtStart, as = 'filter' } = props
  const listId = useId()
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const shown = isOpen ? suggestions : []

  const change = (next: string) => {
    onText(next)
    setOpen(next !== '')
    setActive(-1)
  }
  const take = (suggestion: Suggestion) => {
    onText(suggestion.text)
    setActive(-1)
    setOpen(!suggestion.finished)
    onTake(suggestion)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (pressed(event)) event.preventDefault()
  }
  /** Whether the key was ours. */
  const pressed = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    const input = event.currentTarget
    const chosen = shown[active]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (suggestions.length === 0) return false
      setOpen(true)
      setActive(step(active, event.key === 'ArrowDown' ? 1 : -1, suggestions.length))
      return true
    }
    if (event.key === 'Enter' && chosen) {
      take(chosen)
      return true
    }
    if (event.key === 'Escape' && isOpen) {
      setOpen(false)
      setActive(-1)
      return true
    }
    if (event.key === 'Escape') {
      // out of the field, so that the single keys work again
      input.blur()
      return true
    }
    const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0
    return event.key === 'Backspace' && isAtStart && Boolean(onBackspaceAtStart?.())
  }

  return (
    <span className="suggesting">
      <input
        name="q"
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        data-filter={as === 'filter' ? '' : undefined}
        data-find={as === 'find' ? '' : undefined}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-activedescendant={shown[active] ? `${listId}-${active}` : undefined}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      <SuggestionList id={listId} shown={shown} active={active} onTake={take} />
    </span>
  )
}

interface ListProps {
  id: string
  shown: readonly Suggestion[]
  active: number
  onTake: (suggestion: Suggestion) => void
}

function SuggestionList({ id, shown, active, onTake }: ListProps) {
  return (
    <div id={id} role="listbox" aria-label="Suggestions" className="suggestions" hidden={shown.length === 0}>
      {shown.map((suggestion, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, as the pattern asks
        // biome-ignore lint/a11y/useFocusableInteractive: options of a combobox never take the focus
        <div
          key={suggestion.to ?? suggestion.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
        >
          <span>
            <bdi>{suggestion.label}</bdi>
          </span>
          {suggestion.hint && <small>{suggestion.hint}</small>}
        </div>
      ))}
    </div>
  )
}

/** Round and round, with the field itself (-1) between last and first. */
function step(active: number, by: number, length: number): number {
  const next = active + by
  if (next >= length) return -1
  return next < -1 ? length - 1 : next
}
