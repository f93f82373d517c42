import { expect, test } from 'vitest'
import { createDoor, createPace } from './pace.ts'

async function timeOf(pace: () => Promise<void>, calls: number): Promise<number> {
  const start = performance.now()
  await Promise.all(Array.from({ length: calls }, pace))
  return performance.now() - start
}

test('twenty calls at a hundred a second take a fifth of a second; without a pace none waits', async () => {
  expect(await timeOf(createPace(100), 21)).toBeGreaterThan(195)
  expect(await timeOf(createPace(null), 1_000)).toBeLessThan(100)
})

test('turns that have passed leave a little closer than usual, never in one burst', async () => {
  const door = createDoor()
  const passed = performance.now() - 1_000
  const left: number[] = []
  await Promise.all(Array.from({ length: 6 }, () => door(passed, 20).then(() => left.push(performance.now()))))
  const gaps = left.slice(1).map((at, i) => at - (left[i] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThan(40)
  expect(Math.max(...gaps)).toBeLessThan(500)
})

test('a turn to come is waited for', async () => {
  const began = performance.now()
  await createDoor()(began + 100, 1_000)
  expect(performance.now() - began).toBeGreaterThan(98)
})
