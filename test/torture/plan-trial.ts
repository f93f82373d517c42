import type { NextMove } from '../../src/simulator/types.ts'
import { chance, type Random } from '../setup/random.ts'

/** One life of the program, from its start to the kill. */
export interface Life {
  /** the backup that is put back before it starts, on an empty database of its own; null: it finds what the last one left */
  restores: 'first' | 'second' | null
  /** the backup that is made while it runs */
  backs_up: 'first' | 'second' | null
  /** killed as it begins: it has not charged anybody yet */
  is_short: boolean
  wait_ms: number
  /** what happens to its calls that move money, in their order */
  moves: NextMove[]
  forgets_keys: boolean
  /** so long the gateway cuts every connection, from its start */
  is_down_ms: number
  calls_per_second: number | null
  /** so many backers do something meanwhile */
  backers: number
}

/** A trial, drawn from its seed. What is drawn is the same each time; what a kill then meets is up to the machine. */
export interface TrialPlan {
  random: Random
  /** the first backup is from before the run was started: staff press "charge" once more after it was put back */
  is_first_from_before: boolean
  lives: Life[]
}

export const KILLS = 20
const FAULTS: NextMove[] = ['cut_before', 'cut_after', 'cut_after', 'hang_after', 500, 503, 429, 409]

export function planTrial(seed: number): TrialPlan {
  const random = chance(seed)
  const whole = (from: number, to: number) => Math.floor(random.between(from, to + 1))
  const is = (share: number) => random.between(0, 1) < share
  const is_first_from_before = is(0.5)
  const backups = { first: whole(1, 4), second: whole(10, 13) }
  const restores = { first: whole(6, 9), second: whole(15, 18) }
  const lives = Array.from({ length: KILLS }, (_, at): Life => {
    const at_ = (places: { first: number; second: number }) =>
      places.first === at ? ('first' as const) : places.second === at ? ('second' as const) : null
    const restored = at_(restores)
    const backed_up = at_(backups)
    return {
      restores: restored,
      backs_up: backed_up === 'first' && is_first_from_before ? null : backed_up,
      is_short: at % 5 === 4,
      wait_ms: random.between(0, 700),
      // Most calls pass, else nothing would ever be charged.
      moves: Array.from({ length: whole(4, 14) }, () =>
        is(0.45) ? (FAULTS[whole(0, FAULTS.length - 1)] ?? 'answer') : 'answer',
      ),
      // What protects nobody for longer than a day must not be needed after a restore.
      forgets_keys: restored !== null || is(0.2),
      is_down_ms: is(0.15) ? random.between(200, 700) : 0,
      calls_per_second: is(0.15) ? whole(8, 14) : null,
      backers: whole(0, 3),
    }
  })
  return { random, is_first_from_before, lives }
}

/** The cards of its 200 orders (`none`: owes nothing). */
export const CARDS = {
  ...{ none: 6, visa: 112, mastercard: 28, pays_slowly: 6, times_out_first: 8, times_out_and_pays: 8 },
  ...{ funds_arrive: 6, later_insufficient_funds: 6, later_lost_card: 3, later_processing_error: 3, always_asks: 14 },
}
