/*
 * What follows a failed payment, in words for the desk. One order has one next thing; a reason has several orders in each of them.
 */
import { declineText } from './decline-text.ts'

/** What is planned for one order. Times may be ISO texts, days are YYYY-MM-DD. */
export interface PlannedNext {
  code: string
  decline_class: 'soft' | 'needs_backer' | 'hard'
  retry_at: Date | string | null
  remind_at: Date | string | null
  remind_on: string | null
}

/** The one next thing: `nothing` is for somebody to do. */
export type NextKind = 'day_named' | 'retry' | 'reminder' | 'nothing'

export interface NextThing {
  kind: NextKind
  /** when; for a day that was named the day itself */
  at: Date | string | null
}

/** Whatever comes first; a day that the backer named comes before all. */
export function nextThing({ remind_on, retry_at, remind_at }: PlannedNext): NextThing {
  if (remind_on !== null) return { kind: 'day_named', at: remind_on }
  const retry = retry_at === null ? Number.POSITIVE_INFINITY : new Date(retry_at).getTime()
  const remind = remind_at === null ? Number.POSITIVE_INFINITY : new Date(remind_at).getTime()
  if (retry === remind && retry === Number.POSITIVE_INFINITY) return { kind: 'nothing', at: null }
  return retry <= remind ? { kind: 'retry', at: retry_at } : { kind: 'reminder', at: remind_at }
}

const NEXT: Record<NextKind, string> = {
  day_named: 'The backer pays on',
  retry: 'Tried again on',
  reminder: 'Reminded on',
  nothing: 'Nothing: write to them',
}

/** "Tried again on", to be followed by the day; whole where there is none. */
export function nextWords(kind: NextKind): string {
  return NEXT[kind]
}

/** What the backer is asked for, as it completes "The backer is asked to …": "use another card". */
export function askedFor(code: string): string {
  const { fix } = declineText(code, 'creator')
  return fix.replace(/^The backer can /, '').replace(/\.$/, '')
}
