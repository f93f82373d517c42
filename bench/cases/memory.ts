import { type Result, shown } from '../measure.ts'
import { peakMemory } from '../setup/peak.ts'
import type { World } from '../setup/world.ts'

/** Program, database and gateway simulator together, before anything was asked of them. Runs before the others. */
export async function benchIdleMemory(world: World): Promise<Result[]> {
  const program = await world.program()
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  return [shown('memory, idle', program.memory() + world.databaseMemory(), 'MB')]
}

/** The most that the bulk cases before it brought it to. */
export async function benchPeakMemory(): Promise<Result[]> {
  return peakMemory() === 0 ? [] : [shown('memory, most', peakMemory(), 'MB')]
}
