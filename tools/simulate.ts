// `npm run simulate -- --seeds 5000 --from N`: the seeded simulation of `npm test` with as many seeds as one likes. What breaks is told with all
// its steps, and is played again by its number (`--seeds 1 --from N`); `--verbose` tells the steps of every seed.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startEmbedded } from '../src/db/embedded.server.ts'
import { migrateOpen } from '../src/db/open.server.ts'
import { testFolder } from '../test/setup/folder.ts'
import { runSeed } from '../test/simulation/run-seed.ts'
import { readOption } from './arguments.ts'
import { runTool } from './run-tool.ts'

await runTool(async () => {
  const seeds = Number(readOption('seeds') ?? 100)
  const from = Number(readOption('from') ?? 1)
  const isVerbose = process.argv.includes('--verbose')
  const folder = mkdtempSync(join(testFolder(), 'simulate-'))
  chmodSync(folder, 0o755)
  const server = await startEmbedded(folder, { durable: false })
  const urls = { url: server.urlOf('app'), ownerUrl: server.urlOf('owner') }
  const began = performance.now()
  const failed: number[] = []
  try {
    await migrateOpen({ ...urls, place: folder, notes: [], close: server.stop })
    for (let seed = from; seed < from + seeds; seed += 1) {
      const { broken, steps, end } = await runSeed(urls, seed)
      if (broken.length > 0) failed.push(seed)
      const isTold = isVerbose || broken.length > 0
      if (isTold)
        process.stdout.write(`seed ${seed}\n${[...steps, ...broken.map((line) => `BROKEN ${line}`), ...end].join('\n')}\n\n`)
    }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(`${seeds} seeds from ${from} in ${seconds} s; broken: ${failed.length > 0 ? failed.join(', ') : 'none'}\n`)
  if (failed.length > 0) process.exitCode = 1
})
