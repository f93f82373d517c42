import { CalendarClock } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'

/** The day on which a backer wants to pay what failed. Days are YYYY-MM-DD, `retry_at` is ISO. */
export interface PayDayProps {
  named: { date: string; words: string } | null
  first: { date: string; words: string }
  last: { date: string; words: string }
  retry_at: string | null
  /** why the day that was sent was not taken */
  problem: string | null
}

interface Props {
  day: PayDayProps
  backer_id: string
  /** where it posts to */
  to: string
}

/** "I will pay on …": names a day, changes it, or takes it back. */
export function PayDaySheet({ day, backer_id, to }: Props) {
  return (
    <Sheet title={day.named ? 'The day you pay' : 'Not a good moment?'} id="pay-day">
      <div className="stack">
        {day.named ? (
          <Note tone="info" icon={CalendarClock}>
            <b>You pay on {day.named.words}.</b> Until then you get no reminder and your card is not tried by itself. On that
            morning we remind you.
          </Note>
        ) : (
          <p>
            Name a day. Until then you get no reminder and your card is not tried by itself; on that morning we remind you, once.
            Your order stays safe. <RetryAt at={day.retry_at} />
          </p>
        )}
        <form method="post" action={to} className="stack">
          <input type="hidden" name="backer" value={backer_id} />
          <TextField
            name="date"
            type="date"
            label={day.named ? 'Another day' : 'I will pay on'}
            help={`Between ${day.first.words} and ${day.last.words}.`}
            min={day.first.date}
            max={day.last.date}
            defaultValue={day.named?.date}
            errors={day.problem ? [day.problem] : []}
            width_ch={14}
            required
          />
          <Button wide>{day.named ? 'Change the day' : 'Remind me on this day'}</Button>
        </form>
        {day.named && (
          <form method="post" action={to}>
            <input type="hidden" name="backer" value={backer_id} />
            <input type="hidden" name="intent" value="withdraw" />
            <Button wide variant="text">
              Take the day back
            </Button>
          </form>
        )}
      </div>
    </Sheet>
  )
}

function RetryAt({ at }: { at: string | null }) {
  if (!at) return null
  return (
    <>
      As it stands, your card is tried again on <Time at={at} as="day" />.
    </>
  )
}
