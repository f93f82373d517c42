import { expect, test } from 'vitest'
import { asSent, cardsOf, isUnderWay, runTitle } from './charge-words.ts'

const none = { waiting: 0, charging: 0, unknown: 0, succeeded: 0, declined: 0, refused: 0, left_out: 0, nothing_owed: 0 }
const run = (
  state: 'running' | 'paused' | 'stopped' | 'done',
  orders: Partial<typeof none>,
  left: { code: string; count: number; amount: number }[] = [],
) => ({ state, orders: { ...none, ...orders }, amounts: none, left })

test('cards are counted without what owes nothing or is left out, and with what a stop left', () => {
  const running = run('running', { succeeded: 45, declined: 3, unknown: 1, waiting: 51, left_out: 7, nothing_owed: 20 })
  expect(cardsOf(running)).toMatchObject({ total: 100, over: 48, percent: 48 })
  const stopped = run('stopped', { succeeded: 2, left_out: 13 }, [
    { code: 'run_stopped', count: 11, amount: 1_100 },
    { code: 'on_hold', count: 2, amount: 50 },
  ])
  expect(cardsOf(stopped)).toMatchObject({ total: 13, amount: 1_100, percent: 15, stopped: { count: 11 } })
})

test('the title says how it stands', () => {
  expect(runTitle(run('running', { waiting: 4_878 }))).toBe('Charging 4,878 cards')
  expect(runTitle(run('paused', { waiting: 1 }))).toBe('Charging 1 card, paused')
  expect(runTitle(run('done', { succeeded: 9 }))).toBe('Charged 9 cards')
  expect(runTitle(run('done', { succeeded: 7, declined: 2 }))).toBe('Charged 7 of 9 cards')
  expect(runTitle(run('stopped', { succeeded: 1 }, [{ code: 'run_stopped', count: 1, amount: 5 }]))).toBe(
    'Stopped: charged 1 of 2 cards',
  )
})

test('numbers still move while an answer is missing, even after a stop', () => {
  expect(isUnderWay(run('stopped', { unknown: 1 }))).toBe(true)
  expect(isUnderWay(run('done', { succeeded: 1 }))).toBe(false)
})

test('times are sent as texts', () => {
  expect(asSent({ at: new Date(0), rows: [{ at: null }] })).toEqual({ at: '1970-01-01T00:00:00.000Z', rows: [{ at: null }] })
})
