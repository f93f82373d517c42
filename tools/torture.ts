// `npm run torture -- --trials 200 --seed N`: the crash torture of `npm test` with as many seeds as one likes. A line for each trial, a table
// at the end; exit code 1 where anything was wrong. `--verbose` tells of each kill.
import { runTrial, type TrialResult } from '../test/torture/run-trial.ts'
import { readOption } from './arguments.ts'
import { buildProgram, isBuildStale } from './build-program.ts'
import { runTool } from './run-tool.ts'

const COUNTED = ['twice', 'lost', 'phantom', 'stuck', 'unexplained', 'unsound'] as const

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)

function tellTrial({ seed, count, met, minutes, seconds }: TrialResult): string {
  const counted = COUNTED.map((name) => `${name} ${count[name]}`).join(', ')
  return `seed ${seed}: ${counted}; ${met.cut} calls cut, ${met.taken} of them taken, ${met.forgotten} forgotten by backups, ${minutes} min to recover, ${seconds} s`
}

function tellAll(results: TrialResult[]): string {
  const line = (name: string, value: string | number) => `${name.padEnd(42)} ${value}`
  const faults = new Map<string, number>()
  for (const { met } of results)
    for (const [name, n] of Object.entries(met.faults)) faults.set(name, (faults.get(name) ?? 0) + (n ?? 0))
  return [
    line('trials', results.length),
    ...COUNTED.map((name) => line(name, sum(results.map(({ count }) => count[name])))),
    line('calls cut by a kill', sum(results.map(({ met }) => met.cut))),
    line('of them taken and not booked', sum(results.map(({ met }) => met.taken))),
    line('charges that a restored backup had forgotten', sum(results.map(({ met }) => met.forgotten))),
    line('acts of backers meanwhile', sum(results.map(({ met }) => met.acts))),
    line('faults of the gateway', [...faults].map(([name, n]) => `${name} ${n}`).join(', ')),
    line('longest recovery, minutes of the clock', Math.max(...results.map(({ minutes }) => minutes))),
    line('seconds', sum(results.map(({ seconds }) => seconds))),
  ].join('\n')
}

await runTool(async () => {
  if (isBuildStale()) buildProgram()
  const trials = Number(readOption('trials') ?? 1)
  const first = Number(readOption('seed') ?? 1)
  const tell = process.argv.includes('--verbose') ? (line: string) => void process.stdout.write(`  ${line}\n`) : undefined
  const results: TrialResult[] = []
  for (let seed = first; seed < first + trials; seed += 1) {
    const result = await runTrial(seed, tell)
    results.push(result)
    process.stdout.write(`${tellTrial(result)}\n`)
    if (result.count.lines.length > 0) process.stdout.write(`${result.story.map((line) => `  ${line}`).join('\n')}\n`)
  }
  process.stdout.write(`\n${tellAll(results)}\n`)
  if (results.some(({ count }) => COUNTED.some((name) => count[name] > 0))) process.exitCode = 1
})
