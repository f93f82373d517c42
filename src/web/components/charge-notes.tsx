import { Link } from 'react-router'
import { Note } from '../ui/note.tsx'

/** Where no gateway of the campaign's mode is in use. */
export function NotSetUp({ mode }: { mode: 'test' | 'live' }) {
  return (
    <Note tone="warn">
      <b>Charging is not set up.</b>{' '}
      {mode === 'live'
        ? 'This is a live campaign, and no live key of Stripe is in use: no card of it can be charged. Whoever runs Afterfund sets the key.'
        : 'This is a test campaign, and no simulator or test key is in use: live keys serve live campaigns only.'}{' '}
      Everything else works meanwhile.
    </Note>
  )
}

/** One run at a time. */
export function RunUnderWay({ to }: { to: string }) {
  return (
    <Note tone="info" end={<Link to={to}>See the run</Link>}>
      <b>A charge run is under way.</b> The next one can start when it is over.
    </Note>
  )
}
