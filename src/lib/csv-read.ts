import { Readable } from 'node:stream'
import { CsvError, type Options, parse } from 'csv-parse'

/*
 * Strict CSV, streamed: records with the physical line on which each begins. csv-parse counts a CRLF inside quotes as two lines
 * when several record delimiters are allowed, so the lines are counted here from the cells' own line breaks.
 */

export interface CsvRecord {
  line: number
  cells: string[]
}

export type CsvFaultCode = 'unclosed_quote' | 'quote_misplaced' | 'record_too_large'

/** The text is not CSV. `line` is where the broken record begins, `column` its cell, counted from 0. */
export class CsvFault extends Error {
  readonly code: CsvFaultCode
  readonly line: number
  readonly column: number
  /** the quoted cell that never closes begins on the last line: the text was cut inside it */
  readonly atEnd: boolean
  constructor(code: CsvFaultCode, line: number, column: number, atEnd: boolean) {
    super(`${code} in the record at line ${line}`)
    this.code = code
    this.line = line
    this.column = column
    this.atEnd = atEnd
  }
}

export interface CsvOptions {
  delimiter: ',' | ';' | '\t'
  /** characters of one record */
  maxRecordSize: number
}

/** Yields the records of `text`, blank lines left out. Throws a `CsvFault` where the quotes do not fit together. */
export async function* readCsv(text: AsyncIterable<string>, options: CsvOptions): AsyncGenerator<CsvRecord> {
  const seen = { breaks: 0, after: '' }
  let line = 1
  const parser = parse({
    delimiter: options.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: options.maxRecordSize,
    // Counted as records are parsed: when a fault follows, the stream drops those that nobody has taken yet.
    on_record: ((cells: string[]): CsvRecord => {
      const record = { line, cells }
      line += 1 + lineBreaks(cells)
      return record
    }) as unknown as Options['on_record'],
  })
  const source = Readable.from(countingBreaks(text, seen))
  source.once('error', (error) => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) {
      if (record.cells.length === 1 && record.cells[0]?.trim() === '') continue
      yield record
    }
  } catch (error) {
    throw error instanceof CsvError ? asFault(error, line, seen.breaks === line - 1) : error
  } finally {
    source.destroy()
  }
}

function lineBreaks(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)?.length ?? 0
  }
  return count
}

async function* countingBreaks(text: AsyncIterable<string>, seen: { breaks: number; after: string }): AsyncGenerator<string> {
  for await (const chunk of text) {
    // A CRLF may be cut between two chunks; it is one break.
    seen.breaks += lineBreaks([chunk]) - (seen.after === '\r' && chunk.startsWith('\n') ? 1 : 0)
    if (chunk !== '') seen.after = chunk.slice(-1)
    yield chunk
  }
}

function asFault(error: CsvError, line: number, atEnd: boolean): CsvFault | CsvError {
  const at = (error as CsvError & { column?: unknown }).column
  const column = typeof at === 'number' ? at : 0
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CsvFault('unclosed_quote', line, column, atEnd)
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return new CsvFault('unclosed_quote', line, column, false)
    case 'INVALID_OPENING_QUOTE':
      return new CsvFault('quote_misplaced', line, column, false)
    case 'CSV_MAX_RECORD_SIZE':
      return new CsvFault('record_too_large', line, column, false)
    default:
      return error
  }
}
