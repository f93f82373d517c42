import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { Icon } from './icon.tsx'

/** To the one before and the one after in the list that one came from; `[` and `]` do the same. */
export function NeighbourLinks({ noun, previous, next }: { noun: string; previous: string | null; next: string | null }) {
  if (!previous && !next) return null
  return (
    <nav className="neighbours" data-neighbours="" aria-label={`Other ${noun}s of the list`}>
      {previous && (
        <Link to={previous} rel="prev" aria-keyshortcuts="[">
          <Icon of={ChevronLeft} mirrors />
          Previous
        </Link>
      )}
      {next && (
        <Link to={next} rel="next" aria-keyshortcuts="]">
          Next
          <Icon of={ChevronRight} mirrors />
        </Link>
      )}
    </nav>
  )
}
