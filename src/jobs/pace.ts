/** Lets callers through one after the other, at most so many in a second; null: at once. */
export function createPace(per_second: number | null): () => Promise<void> {
  if (per_second === null) return async () => undefined
  const gap = 1000 / per_second
  let next = 0
  return async () => {
    const now = performance.now()
    const at = Math.max(now, next)
    next = at + gap
    if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now))
  }
}

/** What is late leaves in this part of the usual distance: at 20 a second 21 within one. A gateway takes about 25, and others ask it too. */
const CATCH_UP = 0.95

/**
 * Lets each through at its turn, in milliseconds of `performance.now()`. Where the process was kept busy meanwhile, the turns that have passed
 * do not leave in one burst, which a gateway would refuse.
 */
export function createDoor(): (turn: number, per_second: number) => Promise<void> {
  let left = Number.NEGATIVE_INFINITY
  return async (turn, per_second) => {
    for (;;) {
      const wait = Math.max(turn, left + (CATCH_UP * 1000) / per_second) - performance.now()
      if (wait <= 0) break
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
    left = performance.now()
  }
}
