// `npm run generate -- --backers N --seed S --out FILE`: writes a Kickstarter report of N backers, the same for the same seed.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StartError } from '../src/db/start-error.ts'
import { readOption } from '../tools/arguments.ts'
import { runTool } from '../tools/run-tool.ts'
import { backerReport } from './setup/backer-report.ts'

await runTool(async () => {
  const backers = Number(readOption('backers') ?? 220_000)
  const seed = Number(readOption('seed') ?? 1)
  const out = readOption('out')
  if (!out || !Number.isInteger(backers) || backers < 1 || !Number.isInteger(seed)) {
    throw new StartError('Usage: npm run generate -- --backers 220000 --seed 1 --out report.csv')
  }
  await pipeline(Readable.from(backerReport({ backers, seed })), createWriteStream(out))
  process.stdout.write(`${backers.toLocaleString('en')} backers, seed ${seed}: ${out}\n`)
})
