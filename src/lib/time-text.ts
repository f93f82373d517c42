/*
 * Times as people read them, in a given zone and language. English dates are written day first ("23 Nov"), as the product's voice does.
 */

export interface TimeReading {
  time_zone: string
  locale?: string
  /** The moment of reading; without it nothing is shortened to the hour or the day. */
  now?: Date | null
}

type Style = 'clock' | 'day' | 'day_year' | 'long_day' | 'long_day_year' | 'full'

const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  day_year: { day: 'numeric', month: 'short', year: 'numeric' },
  long_day: { day: 'numeric', month: 'long' },
  long_day_year: { day: 'numeric', month: 'long', year: 'numeric' },
  full: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  },
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function write(at: Date, style: Style, reading: TimeReading): string {
  const locale = reading.locale === undefined || reading.locale === 'en' ? 'en-GB' : reading.locale
  const key = `${locale} ${reading.time_zone} ${style}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...STYLES[style], timeZone: reading.time_zone })
    formatters.set(key, formatter)
  }
  // British English writes "Sept" where every other month has three letters.
  return formatter.format(at).replace('Sept ', 'Sep ').replace(/Sept$/, 'Sep')
}

/** "14:31" today, "23 Nov" this year, "23 Nov 2025" before or after it. */
export function shortTime(at: Date, reading: TimeReading): string {
  const now = reading.now
  if (!now) return write(at, 'day_year', reading)
  if (write(at, 'day_year', reading) === write(now, 'day_year', reading)) return write(at, 'clock', reading)
  return write(at, sameYear(at, now, reading) ? 'day' : 'day_year', reading)
}

/** "30 November" this year, "30 November 2027" otherwise: a day in a sentence. */
export function dayText(at: Date, reading: TimeReading): string {
  const now = reading.now
  return write(at, now && sameYear(at, now, reading) ? 'long_day' : 'long_day_year', reading)
}

/** "23 Nov, 09:02": a moment whose hour matters. */
export function momentText(at: Date, reading: TimeReading): string {
  const now = reading.now
  const day = write(at, now && sameYear(at, now, reading) ? 'day' : 'day_year', reading)
  return `${day}, ${write(at, 'clock', reading)}`
}

/** "Monday 23 November 2026 at 09:02 GMT": everything, for hover and assistive technology. */
export function fullTime(at: Date, reading: TimeReading): string {
  return write(at, 'full', reading)
}

/** "in 7 days", "tomorrow", "today", "3 days ago": by calendar days in the zone, not by hours. */
export function daysFromNow(at: Date, reading: TimeReading & { now: Date }): string {
  const days = Math.round((dayNumber(at, reading) - dayNumber(reading.now, reading)) / 86_400_000)
  return new Intl.RelativeTimeFormat(reading.locale ?? 'en', { numeric: 'auto' }).format(days, 'day')
}

function sameYear(a: Date, b: Date, reading: TimeReading): boolean {
  return yearOf(a, reading) === yearOf(b, reading)
}

function yearOf(at: Date, reading: TimeReading): string {
  return dateText(at, reading.time_zone).slice(0, 4)
}

function dayNumber(at: Date, reading: TimeReading): number {
  return Date.parse(`${dateText(at, reading.time_zone)}T00:00:00Z`)
}

/** "2026-11-23": the calendar day in the zone, as date fields take it. */
export function dateText(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return parts.format(at)
}
