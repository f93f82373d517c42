import { Link } from 'react-router'
import { Note } from '../ui/note.tsx'

/** Where no gateway of the campaign's mode is in use. */
export function NotSetUp() {
  return (
    <Note tone="warn">
      <b>Charging is not set up.</b> No card of this campaign can be charged before the keys of a payment gateway are in place.
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
