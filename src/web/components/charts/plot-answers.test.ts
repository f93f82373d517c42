import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnswerFigures } from '../../../domain/campaigns/figures-answers.ts'
import { mailingNames, plotAnswers } from './plot-answers.ts'

const DAY = 86_400_000
const dayAt = (offset: number) => new Date(Date.parse('2025-11-03') + offset * DAY).toISOString().slice(0, 10)

/** Answers on days counted from the first. */
function figures(
  answers: Record<number, number>,
  today: number,
  asked: [kind: 'send' | 'remind', day: number][] = [],
): AnswerFigures {
  let answered = 0
  const days = Object.entries(answers).map(([offset, count]) => {
    answered += count
    return { day: dayAt(Number(offset)), answers: count, total: answered }
  })
  const mailings = asked.map(([kind, day], index) => ({
    operation_id: `${index}`,
    kind: kind === 'send' ? ('send_surveys' as const) : ('remind_backers' as const),
    day: dayAt(day),
    backers: 10,
  }))
  return { answered, days, mailings, today: dayAt(today) }
}

describe('answers over time', () => {
  it('draws nothing before the first answer, also when the survey was sent', () => {
    expect(plotAnswers(figures({}, 0))).toBeNull()
    expect(plotAnswers(figures({}, 4, [['send', 0]]))).toBeNull()
  })

  it('is one day wide on the first day', () => {
    const plot = plotAnswers(figures({ 0: 7 }, 0, [['send', 0]]))
    expect(plot).toMatchObject({ span: 1, per: 'day', ticks: [{ x: 0.5, anchor: 'middle', day: dayAt(0) }] })
    expect(plot?.line).toEqual([
      { x: 0, total: 0 },
      { x: 1, total: 7 },
    ])
    expect(plot?.bars).toEqual([{ x: 0, width: 1, answers: 7, day: dayAt(0) }])
  })

  it('begins with the first mailing, stays level through days without answers, and ends today', () => {
    const plot = plotAnswers(figures({ 1: 4, 3: 2 }, 7, [['send', 0]]))
    expect(plot?.span).toBe(8)
    expect(plot?.line).toEqual([
      { x: 0, total: 0 },
      { x: 1 / 8, total: 0 },
      { x: 2 / 8, total: 4 },
      { x: 3 / 8, total: 4 },
      { x: 4 / 8, total: 6 },
      { x: 1, total: 6 },
    ])
    expect(plot?.ticks.map(({ day }) => day)).toEqual([0, 2, 5, 7].map(dayAt))
  })

  it('draws 400 days as weeks that sum to the same', () => {
    const answers = Object.fromEntries(Array.from({ length: 400 }, (_, day) => [day, 1 + (day % 5)]))
    const plot = plotAnswers(figures(answers, 399))
    expect(plot?.per).toBe('week')
    expect(plot?.bars).toHaveLength(58)
    expect(plot?.bars.reduce((sum, bar) => sum + bar.answers, 0)).toBe(Object.values(answers).reduce((a, b) => a + b))
    expect(plot?.ticks).toHaveLength(3)
  })

  it('keeps everything inside the width, whatever the days are', () => {
    const days = fc.dictionary(fc.nat(420).map(String), fc.integer({ min: 1, max: 9 }), { minKeys: 1, maxKeys: 60 })
    const mailing = fc.tuple(fc.constantFrom('send' as const, 'remind' as const), fc.nat(420))
    fc.assert(
      fc.property(days, fc.array(mailing, { maxLength: 12 }), (answers, asked) => {
        const sorted = asked.toSorted(([, a], [, b]) => a - b)
        const plot = plotAnswers(figures(answers, 420, sorted))
        const inside = (x: number) => x >= 0 && x <= 1 + 1e-9
        expect(plot?.bars.every(({ x, width }) => inside(x) && inside(x + width))).toBe(true)
        expect(plot?.line.every(({ x }, i) => inside(x) && x >= (plot.line[i - 1]?.x ?? 0))).toBe(true)
        expect(plot?.line.at(-1)).toEqual({ x: 1, total: figures(answers, 420).answered })
        expect(plot?.bars.reduce((sum, bar) => sum + bar.answers, 0)).toBe(figures(answers, 420).answered)
        expect(plot?.marks.every(({ x, total }) => inside(x) && total >= 0)).toBe(true)
        // Names in one lane do not run into each other.
        for (const mark of plot?.marks ?? []) {
          const others = plot?.marks.filter(({ lane, anchor }) => lane !== null && lane === mark.lane && anchor === 'start') ?? []
          expect(new Set(others.map(({ x }) => x)).size).toBe(others.length)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('names of mailings', () => {
  it('counts reminders, and takes the parts of one day as one', () => {
    const { mailings } = figures({}, 0, [
      ['send', 0],
      ['send', 0],
      ['remind', 3],
      ['remind', 8],
      ['remind', 8],
      ['send', 9],
      ['remind', 20],
    ])
    expect(mailingNames(mailings).map(({ name, backers }) => [name, backers])).toEqual([
      ['survey', 20],
      ['1st reminder', 10],
      ['2nd reminder', 20],
      ['more surveys', 10],
      ['3rd reminder', 10],
    ])
  })
})
