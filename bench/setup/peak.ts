import type { World } from './world.ts'

let peak = 0

/** Looks at the memory of program and database while something runs. */
export async function withPeak<T>(world: World, run: () => Promise<T>): Promise<T> {
  const program = await world.program()
  const look = () => {
    peak = Math.max(peak, program.memory() + world.databaseMemory())
  }
  const timer = setInterval(look, 500)
  try {
    return await run()
  } finally {
    clearInterval(timer)
    look()
  }
}

/** The most that was seen so far, in MB. */
export function peakMemory(): number {
  return peak
}
