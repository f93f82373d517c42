import type { Result } from './measure.ts'

/** The results as people read them: a table that is good Markdown too. */
export function tableOf(results: readonly Result[]): string {
  const head = ['Case', 'Figure', 'Limit', 'Ratio', 'Goal', 'Kept']
  const rows = results.map(({ name, figure, unit, limit, ratio, goal, ok }) => [
    name,
    `${number(figure)} ${unit}`,
    limit === null ? '' : `${number(limit)} ${unit}`,
    ratio === null ? '' : number(ratio),
    goal ?? 'shown only',
    goal === null ? '' : ok ? 'yes' : 'NO',
  ])
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('')
}

function number(figure: number): string {
  return figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 2 : figure < 100 ? 1 : 0 })
}
