import { RateLimiterMemory } from 'rate-limiter-flexible'

/** How often somebody may ask for something, counted in this process. */
export interface RequestLimit {
  /** 0: go on; otherwise wait this many seconds. */
  take(who: string): Promise<number>
}

/** `times` in `seconds`, for each caller. */
export function createRequestLimit(options: { times: number; seconds: number }): RequestLimit {
  const limiter = new RateLimiterMemory({ points: options.times, duration: options.seconds })
  return {
    async take(who) {
      try {
        await limiter.consume(who)
        return 0
      } catch (over) {
        if (over instanceof Error) throw over
        return Math.max(1, Math.ceil((over as { msBeforeNext: number }).msBeforeNext / 1000))
      }
    },
  }
}
