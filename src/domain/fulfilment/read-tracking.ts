import { decodeText, EncodingFault } from '../../lib/csv-decode.ts'
import { withDelimiter } from '../../lib/csv-delimiter.ts'
import { CsvFault, readCsv } from '../../lib/csv-read.ts'
import { findTrackingColumns, TEMPLATE_COLUMNS, type TrackingField } from './tracking-columns.ts'
import { TRACKING_LENGTH, tidyCell, trackingProblem } from './tracking-number.ts'
import { type TrackingRow, trackingFault, trackingLimits } from './tracking-types.ts'

/** Rows that are handed on at once. */
const BATCH = 5_000

/**
 * Reads a tracking file row by row, in flat memory: UTF-8 with or without a byte order mark, or UTF-16 with one; separated by commas,
 * semicolons or tabs; columns by their names. Guarantees that every row below the header is handed on once, with what is wrong with it.
 * Throws a `TrackingFileFault` for what is no such file; what was handed on by then is not to be kept.
 */
export async function* readTracking(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TrackingRow[]> {
  try {
    yield* readRows(bytes)
  } catch (error) {
    throw asTrackingFault(error)
  }
}

async function* readRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TrackingRow[]> {
  const { delimiter, text } = await withDelimiter(decodeText(refusingOtherKinds(bytes)))
  const records = readCsv(text, { delimiter, maxRecordSize: trackingLimits.row_size })
  const header = await records.next()
  if (header.done) throw trackingFault('empty_file', 'The file is empty.')
  const at = columnsOf(header.value.cells, header.value.line)
  let n = 0
  let batch: TrackingRow[] = []
  for await (const { line, cells } of records) {
    if (cells.every((cell) => cell.trim() === '')) continue
    n += 1
    if (n > trackingLimits.rows) throw overLimit(`rows than ${trackingLimits.rows.toLocaleString('en')}`, line)
    batch.push(rowOf(n, line, cells, at))
    if (batch.length >= BATCH) {
      yield batch
      batch = []
    }
  }
  if (n === 0) throw trackingFault('empty_file', 'The file holds a header and no rows.', { line: header.value.line })
  yield batch
}

type Places = Partial<Record<TrackingField, number>>

function columnsOf(header: readonly string[], line: number): Places {
  if (header.length > trackingLimits.columns) throw overLimit(`columns than ${trackingLimits.columns}`, line)
  const { at, twice } = findTrackingColumns(header)
  if (twice) {
    const [one, other] = twice.names
    const message = one === other ? `“${one}” stands twice in the header.` : `“${one}” and “${other}” are the same column.`
    throw trackingFault('column_twice', message, { line, column: other })
  }
  if (Object.keys(at).length === 0) {
    throw trackingFault('header_missing', 'The first line does not name the columns of a tracking file.', { line })
  }
  if (at.order === undefined) throw missing('order_column_missing', 'order', line)
  if (at.tracking_number === undefined) throw missing('number_column_missing', 'tracking_number', line)
  return at
}

function missing(code: 'order_column_missing' | 'number_column_missing', field: TrackingField, line: number) {
  const name = TEMPLATE_COLUMNS[field]
  return trackingFault(code, `The header lacks the column “${name}”.`, { line, column: name })
}

function rowOf(n: number, line: number, cells: readonly string[], at: Places): TrackingRow {
  const cell = (field: TrackingField) => tidyCell((at[field] === undefined ? undefined : cells[at[field]]) ?? '')
  const order_text = cell('order').slice(0, 200)
  const order_number = orderNumberOf(order_text)
  const tracking = { carrier: cell('carrier'), tracking_number: cell('tracking_number'), tracking_url: cell('tracking_url') }
  const problem =
    order_text === ''
      ? ('order_missing' as const)
      : order_number === null
        ? ('order_unknown' as const)
        : trackingProblem(tracking, true)
  return {
    n,
    line,
    order_text,
    order_number,
    carrier: tracking.carrier.slice(0, TRACKING_LENGTH.carrier),
    tracking_number: tracking.tracking_number.slice(0, TRACKING_LENGTH.tracking_number),
    tracking_url: tracking.tracking_url.slice(0, TRACKING_LENGTH.tracking_url),
    problem,
  }
}

/** "#1042", "1042" and a spreadsheet's "1042.0" are one order; what it made of a long number (1.04E+3) is none. */
function orderNumberOf(text: string): number | null {
  const digits = /^#?\s*0*(\d{1,15})(?:[.,]0+)?$/.exec(text)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** A workbook or an archive is told by its first bytes, before it is tried as text. */
async function* refusingOtherKinds(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Buffer | null = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (start) {
      start = Buffer.concat([start, chunk])
      if (start.length < 8) continue
      refuseOtherKind(start)
      yield start
      start = null
    } else yield chunk
  }
  if (start) yield start
}

function refuseOtherKind(start: Buffer): void {
  const head = start.toString('latin1').trimStart().toLowerCase()
  const kind =
    (head.startsWith('pk') && start.readUInt16BE(2) === 0x0304 && 'an Excel workbook or a zip') ||
    (start.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])) && 'an old Excel workbook') ||
    (head.startsWith('%pdf') && 'a PDF') ||
    (start.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) && 'a gzip archive') ||
    ((head.startsWith('<!doctyp') || head.startsWith('<html')) && 'a web page') ||
    null
  if (kind) throw trackingFault('not_a_csv', `This is ${kind}, not a CSV.`)
}

function asTrackingFault(error: unknown): unknown {
  if (error instanceof EncodingFault) {
    if (error.kind === 'cut') return trackingFault('cut_off', 'The file ends in the middle of a character.', { line: error.line })
    const message =
      error.kind === 'zero_bytes'
        ? `Line ${error.line} holds zero bytes: this is not text in UTF-8.`
        : `Line ${error.line} cannot be read as UTF-8.`
    return trackingFault('wrong_encoding', message, { line: error.line })
  }
  if (!(error instanceof CsvFault)) return error
  const { line } = error
  if (error.atEnd) return trackingFault('cut_off', 'The file ends in the middle of a text in quotes.', { line })
  if (error.code === 'record_too_large') {
    return trackingFault('unclosed_quote', 'The row is far too long; probably a quote is not closed.', { line })
  }
  return trackingFault('unclosed_quote', 'A quote is opened and not closed in this row.', {
    line,
    column: `column ${error.column + 1}`,
  })
}

function overLimit(what: string, line: number) {
  return trackingFault('too_large', `The file has more ${what}.`, { line })
}
