/*
 * CSV as every file of ours is written: comma, CRLF, quotes where needed, UTF-8 with BOM so that spreadsheets read it as UTF-8.
 */

export const csvByteOrderMark = '\ufeff'

export type CsvCell = string | number | null | undefined

/** One line of CSV with its line end. Text that a spreadsheet would run as a formula is neutralised by a leading apostrophe. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${csvCells(cells)}\r\n`
}

/** Cells that stand beside each other in a line, as `csvLine` writes them: for what many lines have in common. */
export function csvCells(cells: readonly CsvCell[]): string {
  return cells.map((cell) => quoted(typeof cell === 'string' ? neutraliseFormula(cell) : cell)).join(',')
}

/** The same with every text as it is, for programs: a spreadsheet would run what looks like a formula. */
export function csvRawCells(cells: readonly CsvCell[]): string {
  return cells.map(quoted).join(',')
}

function quoted(value: CsvCell): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return /[",\r\n\t;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Puts an apostrophe before text that a spreadsheet would take for a formula. Plain negative numbers stay as they are. */
export function neutraliseFormula(text: string): string {
  if (/^-?\d+(\.\d+)?$/.test(text)) return text
  return /^[\s'"]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text
}

/** Undoes `neutraliseFormula`, for files of ours that come back corrected. */
export function restoreFormula(text: string): string {
  return text.startsWith("'") && neutraliseFormula(text.slice(1)) === text ? text.slice(1) : text
}
