import { CirclePause, Link2, Mail, PencilLine } from 'lucide-react'
import { Link } from 'react-router'
import { type OrderStatus, TRANSITION_NAMES } from '../../domain/orders/lifecycle.ts'
import type { TimelineEvent } from '../../domain/orders/timeline.ts'
import { eventWords } from '../../lib/event-text.ts'
import { paths } from '../paths.ts'
import { Icon } from '../ui/icon.tsx'
import { Timeline } from '../ui/timeline.tsx'
import { StatusGlyph } from './status.tsx'

interface Props {
  campaign: { id: string; currency: string }
  events: readonly TimelineEvent[]
}

/** Who did what, when and why, newest first; what was done to many at once leads to all of it. */
export function OrderTimeline({ campaign, events }: Props) {
  return (
    <Timeline
      entries={events.map((event) => {
        const words = eventWords(event, { currency: campaign.currency })
        return {
          id: String(event.id),
          at: event.at,
          sign: signOf(event),
          what: (
            <>
              <b>
                <bdi>{words.who}</bdi>
              </b>{' '}
              {words.did}
              {event.operation_id && (
                <>
                  {' · '}
                  <Link to={paths.operation(campaign.id, event.operation_id)}>with others</Link>
                </>
              )}
            </>
          ),
          why: words.why && <bdi>{words.why}</bdi>,
        }
      })}
    />
  )
}

function signOf(event: TimelineEvent) {
  const isMove = (TRANSITION_NAMES as readonly string[]).includes(event.kind)
  if (isMove && event.to) return <StatusGlyph status={event.to as OrderStatus} size={16} />
  if (event.kind === 'held' || event.kind === 'released') return <Icon of={CirclePause} />
  if (event.kind.startsWith('link')) return <Icon of={Link2} />
  if (event.kind.startsWith('survey')) return <Icon of={Mail} />
  return <Icon of={PencilLine} />
}
