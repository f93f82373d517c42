import { z } from 'zod'
import type { Knobs, NextCharge } from './types.ts'

const changeSchema = z.strictObject({
  latency_ms: z.number().int().min(0).max(600_000).optional(),
  next: z
    .array(z.union([z.number().int().min(400).max(599), z.enum(['cut_before', 'cut_after', 'hang_before', 'hang_after'])]))
    .optional(),
  clock_ahead_ms: z.number().int().min(0).optional(),
})

export interface KnobBoard {
  read(): Knobs
  change(change: Partial<Knobs>): Knobs
  /** Checks what came over HTTP; the sentence that says what is wrong, or the settings after the change. */
  changeFrom(body: unknown): Knobs | { problem: string }
  /** what happens to the charge that has just come in */
  takeNext(): NextCharge | null
  /** milliseconds since 1970 */
  now(): number
}

/** The settings of one simulator, in memory only. */
export function createKnobs(): KnobBoard {
  const knobs: Knobs = { latency_ms: 0, next: [], clock_ahead_ms: 0 }
  const read = () => ({ ...knobs, next: [...knobs.next] })
  const change = (changed: Partial<Knobs>) => {
    Object.assign(knobs, changed)
    knobs.next = [...knobs.next]
    return read()
  }
  return {
    read,
    change,
    changeFrom: (body) => {
      const parsed = changeSchema.safeParse(body)
      return parsed.success ? change(parsed.data as Partial<Knobs>) : { problem: z.prettifyError(parsed.error) }
    },
    takeNext: () => knobs.next.shift() ?? null,
    now: () => Date.now() + knobs.clock_ahead_ms,
  }
}
