import { z } from 'zod'
import type { StoredAnswer } from './store.ts'
import type { Knobs, NextMove } from './types.ts'

const changeSchema = z
  .strictObject({
    latency_ms: z.number().int().min(0).max(600_000),
    next: z.array(
      z.union([
        z.number().int().min(400).max(599),
        z.enum(['answer', 'cut_before', 'cut_after', 'hang_before', 'hang_after', 'fail_free', 'fail_after']),
      ]),
    ),
    calls_per_second: z.number().int().min(1).nullable(),
    is_down: z.boolean(),
    webhooks_held: z.boolean(),
    webhook_repeats: z.number().int().min(0).max(100),
    webhooks_shuffled: z.boolean(),
    webhook_signed_ago_s: z.number().int().min(0),
    clock_ahead_ms: z.number().int().min(0),
  })
  .partial()

/** Stripe forgets a key after 24 hours. */
const keyLivesMs = 24 * 60 * 60 * 1000
const secondMs = 1000

export interface KnobBoard {
  read(): Knobs
  change(change: Partial<Knobs>): Knobs
  /** Checks what came over HTTP; the sentence that says what is wrong, or the settings after the change. */
  changeFrom(body: unknown): Knobs | { problem: string }
  /** what happens to the call that has just come in, which moves money */
  takeNext(): NextMove | null
  /** Whether one more call is answered in this second. */
  takeCall(): boolean
  isForgotten(answer: Pick<StoredAnswer, 'at'>): boolean
  forgetKeys(): void
  /** milliseconds since 1970 */
  now(): number
}

/** The settings of one simulator, in memory only. */
export function createKnobs(): KnobBoard {
  const knobs: Knobs = {
    ...{ latency_ms: 0, next: [], calls_per_second: null, is_down: false, clock_ahead_ms: 0 },
    ...{ webhooks_held: false, webhook_repeats: 0, webhooks_shuffled: false, webhook_signed_ago_s: 0 },
  }
  /** when the calls of the last second came */
  let calls: number[] = []
  let keysSince = Number.NEGATIVE_INFINITY
  const read = () => ({ ...knobs, next: [...knobs.next] })
  const change = (changed: Partial<Knobs>) => {
    Object.assign(knobs, changed)
    knobs.next = [...knobs.next]
    return read()
  }
  const now = () => Date.now() + knobs.clock_ahead_ms
  return {
    read,
    change,
    changeFrom: (body) => {
      const parsed = changeSchema.safeParse(body)
      return parsed.success ? change(parsed.data as Partial<Knobs>) : { problem: z.prettifyError(parsed.error) }
    },
    takeNext: () => knobs.next.shift() ?? null,
    takeCall: () => {
      if (knobs.calls_per_second === null) return true
      const at = performance.now()
      calls = calls.filter((call) => call > at - secondMs)
      if (calls.length >= knobs.calls_per_second) return false
      calls.push(at)
      return true
    },
    isForgotten: ({ at }) => at <= keysSince || now() - at > keyLivesMs,
    forgetKeys: () => {
      keysSince = now()
    },
    now,
  }
}
