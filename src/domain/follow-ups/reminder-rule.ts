const DAY_MS = 86_400_000

/** Days between the mails of the series: 3, 7 and 14 days after the charge failed. */
const WAITS = [3, 4, 7] as const

/** So many reminders, and the last one says that it is. */
export const REMINDERS = WAITS.length

/** When the backer is reminded next, where `sent` reminders have left and the last mail at `since`; null: no more. */
export function nextReminderAt(sent: number, since: Date): Date | null {
  const wait = WAITS[sent]
  return wait === undefined ? null : new Date(since.getTime() + wait * DAY_MS)
}

/** How far ahead a backer may name a day. */
export const REMIND_ON_DAYS = 30

/** The days that a backer may name: tomorrow to 30 days ahead, by the campaign's calendar. `today` and the answer are YYYY-MM-DD. */
export function daysToName(today: string): { first: string; last: string } {
  const plus = (days: number) => new Date(Date.parse(`${today}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
  return { first: plus(1), last: plus(REMIND_ON_DAYS) }
}
