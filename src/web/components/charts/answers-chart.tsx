import { GridRows } from '@visx/grid'
import { scaleLinear } from '@visx/scale'
import { AreaClosed, Bar, Line, LinePath } from '@visx/shape'
import { countText } from '../../ui/numbers.tsx'
import { shortDay } from './figure-words.ts'
import type { AnswerPlot } from './plot-answers.ts'

/*
 * Time runs from left to right in every language. What is drawn is stretched to the width, with strokes that keep theirs; words and dots
 * stand at percentages and keep their size.
 */

const [SUM, EACH, GAP, FOOT, LANE] = [150, 56, 34, 22, 15]
const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`
const hairline = { vectorEffect: 'non-scaling-stroke' } as const

interface Props {
  plot: AnswerPlot
  answered: number
  asked: number
  today: string
}

/** All answers so far as an area, and below it the answers of each day (or week). */
export function AnswersChart({ plot, answered, asked, today }: Props) {
  // The lowest lane is that of everybody who was asked.
  const top = 4 + (plot.lanes + 1) * LANE
  const height = top + SUM + GAP + EACH + FOOT
  const most = Math.max(1, ...plot.bars.map((bar) => bar.answers))
  const sum = scaleLinear<number>({ domain: [0, Math.max(1, asked, answered)], range: [SUM, 0] })
  const each = scaleLinear<number>({ domain: [0, most], range: [EACH, 0] })
  const sumTicks = wholeTicks(sum.ticks(3))
  const eachTicks = [0, most]
  return (
    <div className="plot" dir="ltr">
      <svg className="plot-scale" height={height} aria-hidden="true">
        {sumTicks.map((tick) => (
          <text key={tick} x="100%" y={top + sum(tick)} dy="0.32em" textAnchor="end">
            {shortCount(tick)}
          </text>
        ))}
        {eachTicks.map((tick) => (
          <text key={tick} x="100%" y={top + SUM + GAP + each(tick)} dy="0.32em" textAnchor="end">
            {shortCount(tick)}
          </text>
        ))}
      </svg>
      <svg className="plot-area" height={height} aria-hidden="true">
        <svg
          aria-hidden="true"
          y={top}
          width="100%"
          height={SUM}
          viewBox={`0 0 100 ${SUM}`}
          preserveAspectRatio="none"
          overflow="visible"
        >
          <SumShapes plot={plot} scale={sum} ticks={sumTicks} asked={asked} top={top} />
        </svg>
        <SumWords plot={plot} scale={sum} answered={answered} asked={asked} top={top} />
        <svg
          aria-hidden="true"
          y={top + SUM + GAP}
          width="100%"
          height={EACH}
          viewBox={`0 0 100 ${EACH}`}
          preserveAspectRatio="none"
          overflow="visible"
        >
          <GridRows scale={each} width={100} tickValues={eachTicks} className="plot-grid" lineStyle={hairline} />
          {plot.bars.map((bar) => (
            <Bar
              key={bar.day}
              className="plot-bar"
              x={bar.x * 100 + bar.width * 8}
              width={bar.width * 84}
              y={each(bar.answers)}
              height={EACH - each(bar.answers)}
            />
          ))}
        </svg>
        <text x="0" y={top + SUM + GAP - 10}>
          Answers each {plot.per}
        </text>
        {plot.ticks.map(({ x, day, anchor }) => (
          <text key={day} x={percent(x)} y={height - 5} textAnchor={anchor}>
            {day === today ? 'today' : shortDay(day, today)}
          </text>
        ))}
      </svg>
    </div>
  )
}

type Scale = ReturnType<typeof scaleLinear<number>>

function SumShapes({
  plot,
  scale,
  ticks,
  asked,
  top,
}: Pick<Props, 'plot' | 'asked'> & { scale: Scale; ticks: number[]; top: number }) {
  const x = (point: AnswerPlot['line'][number]) => point.x * 100
  const y = (point: AnswerPlot['line'][number]) => scale(point.total)
  return (
    <>
      <GridRows scale={scale} width={100} tickValues={ticks} className="plot-grid" lineStyle={hairline} />
      <AreaClosed data={plot.line} x={x} y={y} yScale={scale} className="plot-fill" />
      <Line from={{ x: 0, y: scale(asked) }} to={{ x: 100, y: scale(asked) }} className="plot-reference" style={hairline} />
      {plot.marks.map((mark) => (
        <Line
          key={mark.name}
          from={{ x: mark.x * 100, y: SUM }}
          to={{ x: mark.x * 100, y: mark.lane === null ? 0 : (mark.lane + 1) * LANE - top }}
          className="plot-reference"
          style={hairline}
        />
      ))}
      <LinePath data={plot.line} x={x} y={y} className="plot-line" style={hairline} />
    </>
  )
}

function SumWords({ plot, scale, answered, asked, top }: Omit<Props, 'today'> & { scale: Scale; top: number }) {
  return (
    <>
      {plot.marks.map((mark) => (
        <g key={mark.name}>
          {mark.lane !== null && (
            <text x={percent(mark.x)} dx={mark.anchor === 'end' ? -5 : 5} y={(mark.lane + 1) * LANE - 4} textAnchor={mark.anchor}>
              {mark.name}
            </text>
          )}
          <circle className="plot-mark" cx={percent(mark.x)} cy={top + scale(mark.total)} r={3.5} />
        </g>
      ))}
      <text className="plot-halo" x="100%" y={top + scale(asked) - 5} textAnchor="end">
        all {countText(asked)} who were asked
      </text>
      <circle className="plot-now" cx="100%" cy={top + scale(answered)} r={5} />
    </>
  )
}

/** No half answers. */
function wholeTicks(ticks: number[]): number[] {
  return ticks.filter(Number.isInteger)
}

/** "12k": a number beside a hairline. */
function shortCount(count: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count).toLowerCase()
}
