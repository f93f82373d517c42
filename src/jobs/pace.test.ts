import { expect, test } from 'vitest'
import { createPace } from './pace.ts'

async function timeOf(pace: () => Promise<void>, calls: number): Promise<number> {
  const start = performance.now()
  await Promise.all(Array.from({ length: calls }, pace))
  return performance.now() - start
}

test('twenty calls at a hundred a second take a fifth of a second; without a pace none waits', async () => {
  expect(await timeOf(createPace(100), 21)).toBeGreaterThan(195)
  expect(await timeOf(createPace(null), 1_000)).toBeLessThan(100)
})
