import { expect, test } from 'vitest'
import { askedFor, nextThing } from './follow-up-text.ts'

const planned = { code: 'insufficient_funds', decline_class: 'soft', retry_at: null, remind_at: null, remind_on: null } as const

test('what comes first is next; a day that the backer named comes before all; else nothing does', () => {
  const [sooner, later] = ['2026-11-24T09:00:00Z', '2026-11-26T09:00:00Z']
  expect(nextThing({ ...planned, retry_at: sooner, remind_at: later })).toEqual({ kind: 'retry', at: sooner })
  expect(nextThing({ ...planned, retry_at: later, remind_at: sooner })).toEqual({ kind: 'reminder', at: sooner })
  expect(nextThing({ ...planned, remind_at: later })).toEqual({ kind: 'reminder', at: later })
  expect(nextThing({ ...planned, retry_at: sooner, remind_on: '2026-12-05' })).toEqual({ kind: 'day_named', at: '2026-12-05' })
  expect(nextThing(planned)).toEqual({ kind: 'nothing', at: null })
})

test('what the backer is asked for completes a sentence', () => {
  expect(askedFor('lost_card')).toBe('use another card')
  expect(askedFor('expired_card')).toBe('enter the new card, or use another one')
})
