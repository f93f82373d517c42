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
