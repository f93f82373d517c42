import { rmSync } from 'node:fs'
import { median, type Result, shown } from '../measure.ts'
import { startProgram } from '../setup/program.ts'
import { makeFolder } from '../setup/world.ts'

/** From the command to the first page, with the built-in database: the very first time, and every time after it. */
export async function benchStart(): Promise<Result[]> {
  const folder = makeFolder()
  const times: number[] = []
  for (let round = 0; round < 4; round++) {
    const program = await startProgram({ DATA_DIR: folder, DATABASE_URL: '', MIGRATION_DATABASE_URL: '' })
    times.push(program.first_page_ms)
    await program.stop()
  }
  rmSync(folder, { recursive: true, force: true })
  const [first = Number.NaN, ...later] = times
  return [shown('first start to first page', first, 'ms'), shown('start to first page', median(later), 'ms')]
}
