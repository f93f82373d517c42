import { describe, expect, it } from 'vitest'
import { dateText, daysFromNow, dayText, fullTime, momentText, shortTime } from './time-text.ts'

const now = new Date('2026-11-23T14:40:00Z')
const reading = { time_zone: 'Europe/Amsterdam', now }
const at = (text: string) => new Date(text)

describe('times as people read them', () => {
  it('shorten to the hour today, to the day this year', () => {
    expect(shortTime(at('2026-11-23T13:31:00Z'), reading)).toBe('14:31')
    expect(shortTime(at('2026-11-22T23:31:00Z'), reading)).toBe('00:31')
    expect(shortTime(at('2026-09-04T10:00:00Z'), reading)).toBe('4 Sep')
    expect(shortTime(at('2025-11-23T13:31:00Z'), reading)).toBe('23 Nov 2025')
  })

  it('shorten nothing when no now is known', () => {
    expect(shortTime(at('2026-11-23T13:31:00Z'), { time_zone: 'UTC' })).toBe('23 Nov 2026')
  })

  it('write a day and a moment in a sentence', () => {
    expect(dayText(at('2026-11-30T12:00:00Z'), reading)).toBe('30 November')
    expect(dayText(at('2027-03-01T12:00:00Z'), reading)).toBe('1 March 2027')
    expect(momentText(at('2026-11-23T08:02:00Z'), reading)).toBe('23 Nov, 09:02')
    expect(fullTime(at('2026-11-23T08:02:00Z'), reading)).toContain('Monday')
  })

  it('count days by the calendar of the zone', () => {
    expect(daysFromNow(at('2026-11-30T01:00:00Z'), reading)).toBe('in 7 days')
    expect(daysFromNow(at('2026-11-23T23:30:00Z'), reading)).toBe('tomorrow')
    expect(daysFromNow(at('2026-11-23T01:00:00Z'), reading)).toBe('today')
  })

  it('know the day in the zone', () => {
    expect(dateText(at('2026-11-22T23:30:00Z'), 'Europe/Amsterdam')).toBe('2026-11-23')
    expect(dateText(at('2026-11-22T23:30:00Z'), 'America/New_York')).toBe('2026-11-22')
  })
})
