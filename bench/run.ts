// `npm run bench`: measures the program with 220,000 orders against its limits (bench/README.md). Ends with 1 when a goal is missed.
// `--only NAME` one case; `--json FILE` the list as JSON; `--orders N` fewer, for whoever works on a case.
import { writeFileSync } from 'node:fs'
import { StartError } from '../src/db/start-error.ts'
import { readOption } from '../tools/arguments.ts'
import { buildProgram, isBuildStale } from '../tools/build-program.ts'
import { runTool } from '../tools/run-tool.ts'
import { benchCharges } from './cases/charges.ts'
import { benchEdit } from './cases/edit.ts'
import { benchExports } from './cases/exports.ts'
import { benchImport } from './cases/import.ts'
import { benchLists } from './cases/lists.ts'
import { benchLock } from './cases/lock.ts'
import { benchIdleMemory, benchPeakMemory } from './cases/memory.ts'
import { benchPace } from './cases/pace.ts'
import { benchPages } from './cases/pages.ts'
import { benchStart } from './cases/start.ts'
import { benchSteps } from './cases/steps.ts'
import { benchSweep } from './cases/sweep.ts'
import type { Result } from './measure.ts'
import { openWorld, type World } from './setup/world.ts'
import { tableOf } from './table.ts'

/** In this order: each begins where the one before left the database. */
const CASES: Record<string, (world: World) => Promise<Result[]>> = {
  start: benchStart,
  memory: benchIdleMemory,
  import: benchImport,
  lists: benchLists,
  pages: benchPages,
  edit: benchEdit,
  lock: benchLock,
  charges: benchCharges,
  pace: benchPace,
  sweep: benchSweep,
  exports: benchExports,
  steps: benchSteps,
  peak: benchPeakMemory,
}

await runTool(async () => {
  const orders = Number(readOption('orders') ?? 220_000)
  const only = readOption('only')?.split(',')
  const unknown = only?.find((name) => !(name in CASES))
  if (!Number.isInteger(orders) || orders < 1_000 || unknown !== undefined) {
    throw new StartError(
      `Usage: npm run bench -- [--only ${Object.keys(CASES).join('|')}] [--json FILE] [--orders N, 1000 at least]`,
    )
  }
  if (isBuildStale()) buildProgram()
  const file = readOption('json')
  // After each case: whoever ends a long run keeps what it has measured.
  const keep = (results: Result[]) => (file ? writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`) : undefined)
  const results = await runCases(orders, only, keep)
  process.stdout.write(tableOf(results))
  if (results.some(({ ok }) => !ok)) process.exitCode = 1
})

/** A case that breaks is a case that misses; the others still run. */
function failed(name: string, error: unknown): Result[] {
  process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`)
  return [{ name, figure: 0, unit: '', limit: null, ratio: null, goal: 'to run at all', ok: false }]
}

async function runCases(orders: number, only: string[] | undefined, keep: (results: Result[]) => void): Promise<Result[]> {
  const { world, close } = await openWorld(orders)
  const results: Result[] = []
  try {
    for (const [name, run] of Object.entries(CASES)) {
      if (only && !only.includes(name)) continue
      const began = performance.now()
      process.stderr.write(`${name} ...`)
      results.push(...(await run(world).catch((error: unknown) => failed(name, error))))
      keep(results)
      process.stderr.write(` ${Math.round((performance.now() - began) / 1000)} s\n`)
    }
  } finally {
    await close()
  }
  return results
}
