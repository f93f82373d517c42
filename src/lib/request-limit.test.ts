import { expect, test } from 'vitest'
import { createRequestLimit } from './request-limit.ts'

test('each caller may ask so many times, then is told how long to wait; others are not held up', async () => {
  const limit = createRequestLimit({ times: 2, seconds: 60 })
  expect([await limit.take('a'), await limit.take('a')]).toEqual([0, 0])
  const wait = await limit.take('a')
  expect(wait).toBeGreaterThan(0)
  expect(wait).toBeLessThanOrEqual(60)
  expect(await limit.take('b')).toBe(0)
})
