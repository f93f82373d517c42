import { expect, test } from 'vitest'
import { nothingWrong } from './count-books.ts'
import { KILLS } from './plan-trial.ts'
import { runTrial } from './run-trial.ts'

/*
 * One trial of the crash torture (promises.md, promises 1 to 4); `npm run torture -- --trials 200` makes many. What its counts say when
 * something is wrong, controls.test.ts shows.
 */

const SEED = Number(process.env.TEST_SEED ?? 4)

test(`a run over 200 orders, killed ${KILLS} times, two old backups put back: nobody charged twice, nothing lost`, {
  timeout: 900_000,
}, async () => {
  const { count, met, minutes, story } = await runTrial(SEED)
  const told = story.join('\n')
  expect(count, told).toEqual(nothingWrong)
  expect(minutes, told).toBeLessThan(15)
  // It met what it was meant to meet.
  expect(met.cut, told).toBeGreaterThan(KILLS)
  expect(met.taken, told).toBeGreaterThan(0)
  expect(met.forgotten, told).toBeGreaterThan(20)
  expect(met.acts, told).toBeGreaterThan(0)
  for (const fault of ['cut_before', 'cut_after', 429, 500, 503] as const) expect(met.faults[fault], told).toBeGreaterThan(0)
})
