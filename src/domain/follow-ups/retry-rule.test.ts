import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CARD_LIMITS, type FailedCard, nextRetryAt, retryDays } from './retry-rule.ts'

const DAY = 86_400_000
const start = Date.parse('2026-11-23T12:00:00Z')
const at = (days: number) => new Date(start + days * DAY)

const failed = (over: Partial<FailedCard> = {}): FailedCard => ({
  code: 'insufficient_funds',
  decline_class: 'soft',
  declined_at: at(0),
  is_dead: false,
  retries: 0,
  tries: [at(0)],
  not_before: null,
  ...over,
})

test.each([
  ['insufficient_funds', [1, 3, 5, 7]],
  ['processing_error', [1, 3, 5, 7]],
  ['card_velocity_exceeded', [3, 5, 7]],
  ['generic_decline', [3, 7]],
  ['do_not_honor', [3, 7]],
  ['call_issuer', [3, 7]],
  ['a_code_of_next_year', [3, 7]],
])('%s waits %j days', (code, days) => {
  expect(retryDays({ code, decline_class: 'soft' })).toEqual(days)
  expect(days.map((_, retries) => nextRetryAt(failed({ code, retries })))).toEqual(days.map(at))
  expect(nextRetryAt(failed({ code, retries: days.length }))).toBeNull()
})

test('nothing is tried by itself that needs its backer, or that some order was refused for good', () => {
  expect(nextRetryAt(failed({ code: 'expired_card', decline_class: 'needs_backer' }))).toBeNull()
  expect(nextRetryAt(failed({ code: 'stolen_card', decline_class: 'hard' }))).toBeNull()
  expect(nextRetryAt(failed({ is_dead: true }))).toBeNull()
})

test('a try of the same card for another order counts: a day lies between', () => {
  expect(nextRetryAt(failed({ tries: [at(0.9), at(0)] }))).toEqual(at(1.9))
})

test('a day that the backer named is waited for, also past the schedule', () => {
  expect(nextRetryAt(failed({ not_before: at(20) }))).toEqual(at(20))
  expect(nextRetryAt(failed({ not_before: at(0.5) }))).toEqual(at(1))
})

test('eight tries in 30 days, then the first of them has to lie 30 days back', () => {
  const tries = [0, 1, 2, 3, 4, 5, 6, 7].map(at)
  expect(nextRetryAt(failed({ declined_at: at(7), tries }))).toEqual(at(30))
  expect(nextRetryAt(failed({ declined_at: at(7), tries: tries.slice(1) }))).toEqual(at(8))
})

/*
 * Any history: days pass, staff and backers try the card when they like, for this order or another one, and each try is declined with any
 * code. The machine asks the rule at any hour and does what it says.
 */
const CODES: readonly (readonly [string, FailedCard['decline_class']])[] = [
  ['insufficient_funds', 'soft'],
  ['generic_decline', 'soft'],
  ['card_velocity_exceeded', 'soft'],
  ['expired_card', 'needs_backer'],
  ['lost_card', 'hard'],
]

interface Try {
  at: number
  is_own: boolean
  is_automatic: boolean
}

const histories = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 30 }),
    // People come rarely beside a machine that looks all the time, and some codes end the matter.
    by: fc.oneof(
      { weight: 12, arbitrary: fc.constant('machine' as const) },
      { weight: 1, arbitrary: fc.constantFrom('staff' as const, 'other_order' as const) },
    ),
    code: fc.oneof({ weight: 60, arbitrary: fc.constantFrom(0, 0, 1, 2) }, { weight: 1, arbitrary: fc.constantFrom(3, 4) }),
    named_days: fc.oneof({ weight: 60, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }) }),
  }),
  { maxLength: 250, size: 'max' },
)

function play(steps: typeof histories extends fc.Arbitrary<infer T> ? T : never, rule: typeof nextRetryAt): Try[] {
  const tries: Try[] = []
  let [now, last, is_dead, not_before] = [start, failed(), false, null as Date | null]
  tries.push({ at: start, is_own: true, is_automatic: false })
  for (const { hours, by, code, named_days } of steps) {
    now += hours * 3_600_000
    if (named_days !== null) not_before = new Date(now + named_days * DAY)
    const within = tries.filter((one) => one.at > now - 30 * DAY)
    const retries = within.filter((one) => one.is_own && one.is_automatic).length
    const card = { ...last, is_dead, retries, tries: within.map((one) => new Date(one.at)), not_before }
    if (by === 'machine') {
      const next = rule(card)
      if (next === null || next.getTime() > now) continue
      // What the rule lets through is never one of these.
      expect([card.decline_class, is_dead, (not_before?.getTime() ?? 0) > now]).toEqual(['soft', false, false])
    }
    const [name, decline_class] = CODES[code] ?? (['insufficient_funds', 'soft'] as const)
    tries.push({ at: now, is_own: by !== 'other_order', is_automatic: by === 'machine' })
    is_dead ||= decline_class === 'hard'
    if (by !== 'other_order') last = failed({ code: name, decline_class, declined_at: new Date(now) })
  }
  return tries
}

/** Automatic tries that come within a day of another try, or make more than eight in 30 days. */
function overLimits(tries: readonly Try[]): number {
  return tries.filter((one, index) => {
    if (!one.is_automatic) return false
    const before = tries.slice(0, index)
    const isTooSoon = before.some((other) => other.at > one.at - CARD_LIMITS.apart_ms)
    return isTooSoon || before.filter((other) => other.at > one.at - 30 * DAY).length >= CARD_LIMITS.tries
  }).length
}

test('no automatic try is over the networks’ limits, whatever happened', () => {
  let automatic = 0
  fc.assert(
    fc.property(histories, (steps) => {
      const tries = play(steps, nextRetryAt)
      automatic += tries.filter((one) => one.is_automatic).length
      expect(overLimits(tries)).toBe(0)
    }),
    { numRuns: 500, seed: 20261123 },
  )
  // The property is about something.
  expect(automatic).toBeGreaterThan(500)
})

test('control: a rule that forgets the other tries of the card goes over them', () => {
  const forgetful = (card: FailedCard) => nextRetryAt({ ...card, tries: [] })
  const over = fc.check(
    fc.property(histories, (steps) => overLimits(play(steps, forgetful)) === 0),
    { numRuns: 500, seed: 20261123 },
  )
  expect(over.failed).toBe(true)
})
