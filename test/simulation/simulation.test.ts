import { describe, expect, test } from 'vitest'
import { withNewKeys, withSilenceAsNo, withSilenceAsYes } from '../races/wrong-gateways.ts'
import { useTestDatabase } from '../setup/database.ts'
import { runSeed } from './run-seed.ts'

/*
 * Small campaigns in which staff, backers, the gateway, the mails and the machine do whatever a seed draws. `npm run simulate -- --seeds 5000` plays
 * more of them. A seed that broke once is added to ONCE_BROKEN when what it found is mended.
 */

const SEEDS = Number(process.env.AFTERFUND_SEEDS ?? 200)
const ONCE_BROKEN: number[] = []

const database = useTestDatabase()

test(`${SEEDS} seeds: the books are right after whatever happens, to the cent of the gateway's ledger`, {
  timeout: 60_000 + SEEDS * 5_000,
}, async () => {
  const seen = new Set<string>()
  const statuses = new Set<string>()
  const seeds = new Set([...ONCE_BROKEN, ...Array.from({ length: SEEDS }, (_, at) => at + 1)])
  for (const seed of seeds) {
    const { broken, steps, end } = await runSeed(database, seed)
    expect(broken, `npm run simulate -- --seeds 1 --from ${seed} --verbose\n${steps.join('\n')}`).toEqual([])
    for (const step of steps) if (!step.includes('refused')) seen.add(step.replace(/[:,].*/, ''))
    for (const line of end) statuses.add(line.split(' ')[1] ?? '')
  }
  // It reached what it speaks of.
  const meant = ['start a run', 'refund', 'die', 'events', 'answers the bank', 'refund elsewhere', 'decide', 'backup', 'cancel']
  expect(meant.filter((step) => !seen.has(step))).toEqual([])
  for (const status of ['open', 'locked', 'paid', 'errored', 'canceled']) expect(statuses).toContain(status)
})

test('a seed goes the same way each time', async () => {
  for (const seed of [7, 11]) {
    const { steps, end } = await runSeed(database, seed)
    expect(await runSeed(database, seed)).toMatchObject({ steps, end })
  }
})

describe('controls', () => {
  const wrongs = [
    ['a new key for each sending', withNewKeys, 'charged twice'],
    ['silence taken for a no', withSilenceAsNo, 'charged twice'],
    ['silence taken for a yes', withSilenceAsYes, 'phantom'],
  ] as const

  test.each(wrongs)('%s is found', { timeout: 240_000 }, async (_name, wrong, found) => {
    const told: string[] = []
    for (let seed = 1; seed <= 60 && !told.join().includes(found); seed += 1) {
      told.push(...(await runSeed(database, seed, wrong)).broken)
    }
    expect(told.join('\n')).toContain(found)
  })
})
