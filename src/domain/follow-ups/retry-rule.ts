import type { DeclineClass } from '../payments/declines.ts'

/*
 * When a failed card is tried again by itself: a pure rule. What it goes by:
 * - Stripe's decline codes and advice codes (docs.stripe.com/declines/codes, docs.stripe.com/declines/card): which declines may pass another
 *   day, which only the cardholder can mend, and which are never to be tried again (payments/declines.ts has the classes).
 * - Stripe's own retries of invoices (docs.stripe.com/billing/revenue-recovery/smart-retries): a few tries, days apart, none after a code
 *   that says not to.
 * - The networks' limits. Visa forbids more than 15 tries of one payment in 30 days and Stripe blocks what goes over
 *   (support.stripe.com, "Payment blocked due to excessive retries"). Ours are narrower: one automatic try a day and eight tries in 30 days,
 *   counted for each card, whoever tried it.
 */

const DAY_MS = 86_400_000

/** An automatic try never makes more than `tries` within `days`, and leaves a day between itself and the try before. */
export const CARD_LIMITS = { days: 30, tries: 8, apart_ms: DAY_MS } as const

/** Days between a decline and the automatic try that follows it, one for each. */
const WAITS = {
  /** money comes on payday, and a fault at the bank passes */
  patient: [1, 3, 5, 7],
  /** the card is over a limit of days */
  slow: [3, 5, 7],
  /** the bank gave no reason: it rarely changes its mind, and dislikes to be asked often */
  sparing: [3, 7],
} as const

const PATIENT = new Set([
  'insufficient_funds',
  'try_again_later',
  'processing_error',
  'issuer_not_available',
  'reenter_transaction',
  'approve_with_id',
])
const SLOW = new Set(['card_velocity_exceeded', 'withdrawal_count_limit_exceeded'])

/** A card whose charge failed, and what was tried on it. */
export interface FailedCard {
  /** of the order's last decline */
  code: string
  decline_class: DeclineClass
  declined_at: Date
  /** some charge of this card was declined for good, whichever order it was for */
  is_dead: boolean
  /** automatic tries of this order on this card within the last 30 days, whatever came of them */
  retries: number
  /** when this card was tried within the last 30 days, for whichever order and by whomever: the last eight of them at least */
  tries: readonly Date[]
  /** its backer named a day: nothing is tried before */
  not_before: Date | null
}

/** The days between the declines of this code and their automatic tries; none where the class says that a retry cannot help. */
export function retryDays({ code, decline_class }: Pick<FailedCard, 'code' | 'decline_class'>): readonly number[] {
  if (decline_class !== 'soft') return []
  if (PATIENT.has(code)) return WAITS.patient
  return SLOW.has(code) ? WAITS.slow : WAITS.sparing
}

/**
 * When this card is tried next by itself; null: never. Guarantees: a day after any try of the card at the earliest, eight tries in 30 days
 * at most with those of runs and backers counted, none where the last decline needs its backer, none on a card that was refused for good.
 */
export function nextRetryAt(card: FailedCard): Date | null {
  const wait = retryDays(card)[card.retries]
  if (card.is_dead || wait === undefined) return null
  const tries = card.tries.map((at) => at.getTime()).sort((a, b) => a - b)
  const last = tries.at(-1)
  const planned = Math.max(
    card.declined_at.getTime() + wait * DAY_MS,
    last === undefined ? 0 : last + CARD_LIMITS.apart_ms,
    card.not_before?.getTime() ?? 0,
  )
  // The oldest of as many tries as are allowed must lie 30 days back before there is room for another.
  const eldest = tries.at(-CARD_LIMITS.tries)
  return new Date(eldest === undefined ? planned : Math.max(planned, eldest + CARD_LIMITS.days * DAY_MS))
}
