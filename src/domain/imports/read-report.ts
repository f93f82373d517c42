import { decodeText, EncodingFault } from '../../lib/csv-decode.ts'
import { withDelimiter } from '../../lib/csv-delimiter.ts'
import { CsvFault, readCsv } from '../../lib/csv-read.ts'
import { fault, ReportFault } from './file-faults.ts'
import { openUpload, type ReportSource, type UploadedFile } from './open-upload.ts'
import { fieldIndex, hashOfRow, originalOf, type RowContext, readRow } from './read-row.ts'
import { recogniseColumns } from './recognise-columns.ts'
import type { Layout, ReadFile, ReadOutcome, ReadRow, ReportLimits } from './report-types.ts'
import { reportLimits } from './report-types.ts'
import { rowProblem } from './row-problems.ts'

export interface ReadOptions {
  /** the campaign's currency: every amount must fit it */
  currency: string
  /** called with rows in the order of the file, a hundred at a time at most; reading waits for it */
  onRows: (rows: ReadRow[]) => Promise<void> | void
  limits?: ReportLimits
}

/** Few enough to be gone again with the next small collection of garbage: larger texts pile up until a great one. */
const batchSize = 100
const batchCharacters = 1_000_000

interface Reading {
  options: ReadOptions
  limits: ReportLimits
  n: number
  batch: ReadRow[]
  /** characters of the batch's cells */
  characters: number
  seen: Map<string, string>
  twice: Set<string>
  currencies: Map<string, { rows: number; file: string; line: number }>
  currency: { fitting: number; differing: number; first: { file: string; line: number } | null }
}

/**
 * Reads a Kickstarter backer report (one CSV, or a zip with one CSV per reward) in flat memory.
 *
 * Guarantees that every row of the file is handed to `onRows` exactly once, with its problems; that a fault of the file ends the
 * reading and is answered as a value, so that the caller throws away what it took; and that of rows with one Backer UID the equal
 * ones are marked `twice` but the first, and differing ones are named in `uids_twice` (the earlier row has been handed out by then).
 */
export async function readReport(source: ReportSource, options: ReadOptions): Promise<ReadOutcome> {
  const reading: Reading = {
    options,
    limits: options.limits ?? reportLimits,
    n: 0,
    batch: [],
    characters: 0,
    seen: new Map(),
    twice: new Set(),
    currencies: new Map(),
    currency: { fitting: 0, differing: 0, first: null },
  }
  try {
    const upload = await openUpload(source, reading.limits)
    const files: ReadFile[] = []
    for await (const file of upload.files) files.push(await readFile(file, reading))
    if (reading.n === 0) throw fault('empty_file', 'The file holds a header and no backers.', { file: source.name, line: 1 })
    refuseMixedCurrencies(reading, source.name)
    await flush(reading)
    return { ok: true, summary: { files, ignored: upload.ignored, rows: reading.n, uids_twice: [...reading.twice] } }
  } catch (error) {
    if (error instanceof ReportFault) return { ok: false, fault: error.fault }
    throw error
  }
}

async function readFile(file: UploadedFile, reading: Reading): Promise<ReadFile> {
  try {
    return await readRecords(file, reading)
  } catch (error) {
    throw asReportFault(error, file.name, reading.limits)
  }
}

async function readRecords(file: UploadedFile, reading: Reading): Promise<ReadFile> {
  const { delimiter, text } = await withDelimiter(decodeText(file.chunks))
  const records = readCsv(text, { delimiter, maxRecordSize: reading.limits.row_size })
  const header = await records.next()
  if (header.done) throw fault('empty_file', 'The file is empty.', { file: file.name })
  if (header.value.cells.length > reading.limits.columns) throw overLimit(file.name, 1, `columns than ${reading.limits.columns}`)
  const layout = recogniseColumns(header.value.cells, file.name)
  const context = contextOf(file, layout, reading)
  let count = 0
  let last: { line: number; cells: string[] } | null = null
  for await (const record of records) {
    refuseSwallowedRows(record, context)
    if (last) await take(last, context, reading)
    last = record
    count += 1
    if (reading.n + 1 > reading.limits.rows)
      throw overLimit(file.name, record.line, `rows than ${reading.limits.rows.toLocaleString('en')}`)
  }
  if (last && last.cells.length < layout.columns.length) {
    const message = `The last row has ${last.cells.length} of ${layout.columns.length} cells: the file is cut off.`
    throw fault('cut_off', message, { file: file.name, line: last.line })
  }
  if (last) await take(last, context, reading)
  return { file: file.name, generation: layout.generation, rows: count, columns: layout.columns }
}

function contextOf(file: UploadedFile, layout: Layout, reading: Reading): RowContext {
  const { currency, currencies } = reading
  return {
    file: file.name,
    in_zip: file.in_zip,
    layout,
    at: fieldIndex(layout),
    currency: reading.options.currency,
    onCurrency: (stated, fits, line) => {
      currency[fits ? 'fitting' : 'differing'] += 1
      if (!fits) currency.first ??= { file: file.name, line }
      if (stated === null) return
      const known = currencies.get(stated)
      if (!known) currencies.set(stated, { rows: 1, file: file.name, line })
      else if (known.line !== line || known.file !== file.name)
        currencies.set(stated, { rows: known.rows + 1, file: file.name, line })
    },
  }
}

async function take(record: { line: number; cells: string[] }, context: RowContext, reading: Reading): Promise<void> {
  const { row, problems } = readRow(record.line, record.cells, context)
  const row_hash = hashOfRow(row)
  let twice = false
  if (row.uid !== null) {
    const earlier = reading.seen.get(row.uid)
    if (earlier === undefined) reading.seen.set(row.uid, row_hash)
    else if (earlier === row_hash) twice = problems.length === 0
    else reading.twice.add(row.uid)
    if (reading.twice.has(row.uid)) {
      twice = false
      const at = context.at.uid === undefined ? null : (context.layout.columns[context.at.uid]?.header ?? null)
      problems.push(rowProblem('uid_twice', at, row.uid))
    }
  }
  reading.n += 1
  reading.batch.push({ n: reading.n, row, problems, row_hash, twice, original: originalOf(record.cells, context.layout) })
  reading.characters += record.cells.reduce((sum, cell) => sum + cell.length, 0)
  if (reading.batch.length >= batchSize || reading.characters >= batchCharacters) await flush(reading)
}

async function flush(reading: Reading): Promise<void> {
  const rows = reading.batch
  reading.batch = []
  reading.characters = 0
  if (rows.length > 0) await reading.options.onRows(rows)
}

/** A quote that was opened by mistake can close at a later row's quote and leave a row that looks whole: its cell then holds rows. */
function refuseSwallowedRows(record: { line: number; cells: string[] }, context: RowContext): void {
  for (const [index, cell] of record.cells.entries()) {
    if (cell.length < 20 || !/[\r\n]\d+[,;\t]\d{4,}[,;\t]/.test(cell)) continue
    throw fault('unclosed_quote', 'A quote is opened and not closed, so that the text swallows the rows below it.', {
      file: context.file,
      line: record.line,
      column: context.layout.columns[index]?.header ?? null,
    })
  }
}

/** One row in another currency is a problem of that row; a report of another currency, or of two campaigns, is a fault of the file. */
function refuseMixedCurrencies(reading: Reading, file: string): void {
  const { currency, currencies, options } = reading
  if (currency.differing > 0 && currency.fitting === 0) {
    const stated = [...currencies.keys()].join(', ')
    const message = `The report’s amounts are in ${stated || 'another currency'}; this campaign is in ${options.currency}.`
    throw fault('currency_differs', message, { file: currency.first?.file ?? file, line: currency.first?.line ?? null })
  }
  const several = [...currencies].filter(([, { rows }]) => rows > 1)
  const second = several[1]
  if (second) {
    const message = `The report holds amounts in ${several.map(([code]) => code).join(' and ')}.`
    throw fault('several_currencies', message, { file: second[1].file, line: second[1].line })
  }
}

function asReportFault(error: unknown, file: string, limits: ReportLimits): unknown {
  if (error instanceof EncodingFault) {
    if (error.kind === 'cut') return fault('cut_off', 'The file ends in the middle of a character.', { file, line: error.line })
    const message =
      error.kind === 'zero_bytes'
        ? `Line ${error.line} holds zero bytes: this is not text in UTF-8.`
        : `Line ${error.line} cannot be read as UTF-8; accents and other scripts would be lost.`
    return fault('wrong_encoding', message, { file, line: error.line })
  }
  if (!(error instanceof CsvFault)) return error
  if (error.code === 'record_too_large') {
    return fault(
      'unclosed_quote',
      `The row is longer than ${limits.row_size.toLocaleString('en')} characters; probably a quote is not closed.`,
      { file, line: error.line },
    )
  }
  if (error.atEnd) return fault('cut_off', 'The file ends in the middle of a text in quotes.', { file, line: error.line })
  const message =
    error.code === 'unclosed_quote'
      ? 'A quote is opened and not closed in this row.'
      : 'A quote stands in the middle of a text that does not begin with one.'
  return fault('unclosed_quote', message, { file, line: error.line, column: `column ${error.column + 1}` })
}

function overLimit(file: string, line: number, what: string) {
  return fault('too_large', `The file has more ${what}.`, { file, line })
}
