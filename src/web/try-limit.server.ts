import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/*
 * The pages count tries themselves: better-auth's own limit guards only its own routes. The counts live in this process: a restart forgets
 * them, and two web processes allow twice as many.
 */
const MINUTE_S = 60

const limits = {
  /** Wrong passwords for one mail address from one place. */
  login: new RateLimiterMemory({ points: 5, duration: 15 * MINUTE_S }),
  /** Wrong passwords for one mail address, from anywhere. */
  email: new RateLimiterMemory({ points: 50, duration: 60 * MINUTE_S }),
  /** Wrong passwords from one place, whoever is meant. */
  address: new RateLimiterMemory({ points: 60, duration: 60 * MINUTE_S }),
  /** Wrong codes on the first-run page. */
  setup: new RateLimiterMemory({ points: 10, duration: 15 * MINUTE_S }),
}

export type TryKey = readonly [limit: keyof typeof limits, key: string]

/**
 * Counts a try before it is made, so that tries at the same time count too. Null: go on. Else the minutes to wait; the try
 * must not be made then.
 */
export async function countTry(keys: readonly TryKey[]): Promise<number | null> {
  const waits = await Promise.all(keys.map(([limit, key]) => waitOf(limits[limit], key)))
  const longest = Math.max(...waits)
  return longest === 0 ? null : Math.ceil(longest / 60_000)
}

async function waitOf(limit: RateLimiterMemory, key: string): Promise<number> {
  try {
    await limit.consume(key)
    return 0
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext)
    throw error
  }
}

/** The try was right: it is taken back from every count, and the first key's wrong tries are forgotten. */
export async function forgiveTry(keys: readonly TryKey[]): Promise<void> {
  await Promise.all(keys.map(([limit, key], index) => (index === 0 ? limits[limit].delete(key) : limits[limit].reward(key, 1))))
}
