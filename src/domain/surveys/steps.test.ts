import { expect, test } from 'vitest'
import { resumeAt, stepAfter, stepOfField, stepsOf } from './steps.ts'

const all = stepsOf({ asks_choices: true, has_addons: true, ships: true, pays: true })
const digital = stepsOf({ asks_choices: false, has_addons: false, ships: false, pays: false })

test('a step that asks nothing is skipped and not counted', () => {
  expect(all).toEqual(['start', 'questions', 'addons', 'address', 'payment', 'review'])
  expect(digital).toEqual(['start', 'review'])
  expect(stepAfter(all, 'addons')).toBe('address')
  expect(stepAfter(digital, 'addons')).toBe('review')
  expect(stepAfter(all, 'review')).toBe('review')
})

test('every problem has its step', () => {
  expect(stepOfField('addons.a')).toBe('addons')
  expect(stepOfField('options.addon:a:i')).toBe('addons')
  expect(stepOfField('options.level:i')).toBe('questions')
  expect(stepOfField('answers.q')).toBe('questions')
  expect(stepOfField('country')).toBe('start')
  expect(['address', 'address.postcode', 'address.country'].map(stepOfField)).toEqual(['address', 'address', 'address'])
})

test('a backer goes on after the step they saved last, or at an earlier one that has a problem by now', () => {
  expect(resumeAt(all, null, ['answers.q'])).toBe('start')
  expect(resumeAt(all, 'questions', ['address'])).toBe('addons')
  expect(resumeAt(all, 'address', ['addons.a', 'address'])).toBe('addons')
  expect(resumeAt(all, 'payment', [])).toBe('review')
  // What was saved last may ask nothing any more.
  expect(resumeAt(digital, 'address', [])).toBe('review')
})
