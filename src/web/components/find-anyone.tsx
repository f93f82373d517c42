import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Form, useFetcher, useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { Icon } from '../ui/icon.tsx'
import type { Suggestion } from './filter-terms.ts'
import { SuggestingInput } from './suggesting-input.tsx'

/** What the route `find` answers while one types. */
interface Found {
  q: string
  matches: { to: string; label: string; hint: string }[]
}

/** Typing rests before the next look. */
const PAUSE_MS = 180

/** On the spine of every page: a fragment of anything leads to the person. Without script the Enter key does the same. */
export function FindAnyone({ campaign_id }: { campaign_id: string }) {
  const [text, setText] = useState('')
  const { load, data } = useFetcher<Found>()
  const navigate = useNavigate()
  const q = text.trim()
  useEffect(() => {
    if (q.length < 2) return
    const timer = setTimeout(() => void load(paths.find(campaign_id, { q, peek: '1' })), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [q, load, campaign_id])
  // an answer to what was typed before would lead to somebody else
  const matches = data && data.q === q ? data.matches : []
  const suggestions: Suggestion[] = matches.map(({ to, label, hint }) => ({ text, label, hint, to, finished: true }))
  return (
    <search className="find">
      <Form action={paths.find(campaign_id)} onSubmit={() => setText('')} className="find-field">
        <Icon of={Search} />
        <SuggestingInput
          as="find"
          label="Find a backer or order"
          placeholder="Find a backer or order"
          text={text}
          suggestions={suggestions}
          onText={setText}
          onTake={({ to }) => {
            setText('')
            if (to) void navigate(to)
          }}
        />
        <span className="visually-hidden" role="status">
          {suggestions.length > 0 && `${suggestions.length} found`}
        </span>
        {/* Enter in the field submits; in the order of Tab it would take the focus where nobody sees it. */}
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          Find
        </button>
      </Form>
    </search>
  )
}
