import type { AnswerFigures } from '../../../domain/campaigns/figures-answers.ts'

/*
 * Where the marks of "answers over time" stand: a rule over the figures. Places in time are shares of the width (0 to 1), so that the
 * drawing needs no measured width and is the same from the server.
 */

/** So many days are drawn one by one; more are drawn as weeks. */
const DAYS_ONE_BY_ONE = 92
/** The narrowest plot and the width of a letter, for names that must not run into each other. */
const NARROW_PLOT = 240
const LETTER = 6
const LANES = 3

export interface AnswerPlot {
  /** how many days the plot spans, the first and today included */
  span: number
  /** all answers so far at the end of each day with answers, from nothing at the start to today */
  line: { x: number; total: number }[]
  per: 'day' | 'week'
  bars: { x: number; width: number; answers: number; day: string }[]
  /** days to write below the plot */
  ticks: { x: number; day: string; anchor: 'start' | 'middle' | 'end' }[]
  /** invitations and reminders, one mark for each day and kind; `lane` is null where no name fits */
  marks: { x: number; total: number; name: string; lane: number | null; anchor: 'start' | 'end' }[]
  lanes: number
}

/** Lays out answers over time, from the first mailing or answer to today. Null where there is nothing to draw. */
export function plotAnswers({ days, mailings, today }: AnswerFigures): AnswerPlot | null {
  const first = [days[0]?.day, mailings[0]?.day].filter((day) => day !== undefined).sort()[0]
  if (first === undefined || days.length === 0) return null
  const start = dayNumber(first)
  const last = days.at(-1)
  const span = Math.max(dayNumber(today), dayNumber(last?.day ?? today)) - start + 1
  const line = [{ x: 0, total: 0 }]
  for (const { day, answers, total } of days) {
    const at = dayNumber(day) - start
    // Flat through the days without answers.
    line.push({ x: at / span, total: total - answers }, { x: (at + 1) / span, total })
  }
  line.push({ x: 1, total: last?.total ?? 0 })
  const marks = markMailings(mailings, (day) => (dayNumber(day) - start) / span, line)
  return {
    span,
    line: line.filter((point, i) => i === 0 || point.x !== line[i - 1]?.x || point.total !== line[i - 1]?.total),
    ...barsOf(days, start, span),
    ticks: ticksOf(start, span),
    marks,
    lanes: Math.max(0, ...marks.map(({ lane }) => (lane === null ? 0 : lane + 1))),
  }
}

function barsOf(days: AnswerFigures['days'], start: number, span: number): Pick<AnswerPlot, 'per' | 'bars'> {
  const length = span > DAYS_ONE_BY_ONE ? 7 : 1
  const sums = new Map<number, number>()
  for (const { day, answers } of days) {
    const at = Math.floor((dayNumber(day) - start) / length)
    sums.set(at, (sums.get(at) ?? 0) + answers)
  }
  return {
    per: length === 1 ? 'day' : 'week',
    bars: [...sums].map(([at, answers]) => {
      const x = (at * length) / span
      return { x, width: Math.min(length / span, 1 - x), answers, day: dayText(start + at * length) }
    }),
  }
}

/** At most four days; their middles are where their bars are. */
function ticksOf(start: number, span: number): AnswerPlot['ticks'] {
  const steps = Math.min(span - 1, span > 300 ? 2 : 3)
  if (steps === 0) return [{ x: 0.5, day: dayText(start), anchor: 'middle' }]
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = Math.round((i * (span - 1)) / steps)
    const anchor = i === 0 ? 'start' : i === steps ? 'end' : 'middle'
    return { x: anchor === 'start' ? 0 : anchor === 'end' ? 1 : (at + 0.5) / span, day: dayText(start + at), anchor }
  })
}

function markMailings(
  mailings: AnswerFigures['mailings'],
  placeOf: (day: string) => number,
  line: AnswerPlot['line'],
): AnswerPlot['marks'] {
  const names = mailingNames(mailings)
  const ends = Array<number>(LANES).fill(-1)
  return names.map(({ day, name }) => {
    const x = placeOf(day)
    const width = ((name.length + 2) * LETTER) / NARROW_PLOT
    const anchor = x + width > 1 ? 'end' : 'start'
    const [from, to] = anchor === 'start' ? [x, x + width] : [x - width, x]
    const lane = ends.findIndex((end) => from >= end)
    if (lane >= 0) ends[lane] = to
    return { x, total: totalAt(line, x), name, lane: lane < 0 ? null : lane, anchor }
  })
}

/** The mailings of one day and kind under one name: "survey", "1st reminder". */
export function mailingNames(mailings: AnswerFigures['mailings']): { day: string; name: string; backers: number }[] {
  const named: { day: string; kind: string; name: string; backers: number }[] = []
  for (const { kind, day, backers } of mailings) {
    const same = named.find((one) => one.day === day && one.kind === kind)
    if (same) {
      same.backers += backers
      continue
    }
    const before = named.filter((one) => one.kind === kind).length
    named.push({ day, kind, backers, name: nameOf(kind, before) })
  }
  return named.map(({ day, name, backers }) => ({ day, name, backers }))
}

function nameOf(kind: AnswerFigures['mailings'][number]['kind'], before: number): string {
  if (kind === 'send_surveys') return before === 0 ? 'survey' : 'more surveys'
  const ordinal = before + 1
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(ordinal)
  const ending = { one: 'st', two: 'nd', few: 'rd' }[rule as string] ?? 'th'
  return `${ordinal}${ending} reminder`
}

function totalAt(line: AnswerPlot['line'], x: number): number {
  let before = line[0] ?? { x: 0, total: 0 }
  for (const point of line) {
    if (point.x > x) return before.total + ((point.total - before.total) * (x - before.x)) / (point.x - before.x)
    before = point
  }
  return before.total
}

function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000)
}

function dayText(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 10)
}
