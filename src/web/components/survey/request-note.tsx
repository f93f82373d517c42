import { Note } from '../../ui/note.tsx'
import { Time } from '../../ui/time.tsx'

/** A request for another address, as its backer sees it. */
export interface RequestProps {
  state: 'open' | 'approved' | 'declined'
  /** ISO: asked, or answered */
  at: string
  /** the creator's words; '' where there are none */
  answer: string
  /** closed by the program: it had left, or was canceled */
  is_over: boolean
}

/** What was asked and what came of it. `look_to`: where an open one is shown and taken back. */
export function RequestNote({ request, by, look_to }: { request: RequestProps; by: string; look_to: string | null }) {
  const at = <Time at={request.at} as="day" />
  const who = <bdi>{by}</bdi>
  if (request.state === 'open') {
    return (
      <Note tone="info">
        <b>You asked for another address on {at}.</b> {who} has not answered yet; you get a mail when they do.
        {look_to && (
          <>
            {' '}
            <a href={look_to}>Look at it, or take it back</a>
          </>
        )}
      </Note>
    )
  }
  if (request.state === 'approved') {
    return (
      <Note tone="good">
        <b>The other address you asked for was taken over on {at}.</b> <Answer of={request.answer} />
      </Note>
    )
  }
  return (
    <Note tone="warn">
      <b>
        {request.is_over ? (
          'Your request for another address came too late: the parcel had left.'
        ) : (
          <>
            {who} did not change the address ({at}).
          </>
        )}
      </b>{' '}
      <Answer of={request.answer} />
    </Note>
  )
}

function Answer({ of: words }: { of: string }) {
  return words ? <q dir="auto">{words}</q> : null
}
