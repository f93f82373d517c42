import { dayText, fullTime, momentText, shortTime } from '../../lib/time-text.ts'
import { useReader } from './reader.tsx'

interface TimeProps {
  at: Date | string
  /** `short` for columns and timelines, `day` and `moment` for sentences. */
  as?: 'short' | 'day' | 'moment'
}

/** A time in the reader's zone; everything about it on hover and for assistive technology. */
export function Time({ at, as = 'short' }: TimeProps) {
  const reader = useReader()
  const date = typeof at === 'string' ? new Date(at) : at
  const reading = { locale: reader.locale, time_zone: reader.time_zone, now: reader.now ? new Date(reader.now) : null }
  const write = { short: shortTime, day: dayText, moment: momentText }[as]
  return (
    <time dateTime={date.toISOString()} title={fullTime(date, reading)} className="nowrap">
      {write(date, reading)}
    </time>
  )
}
