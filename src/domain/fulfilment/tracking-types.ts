import type { RowProblem } from './tracking-rows.ts'

/*
 * What a tracking file says once it is read: rows, and the fault that refuses a whole file.
 */

export const trackingLimits = {
  file_bytes: 32 * 1024 * 1024,
  rows: 500_000,
  columns: 300,
  /** characters of one row */
  row_size: 100_000,
}

/** One row of the file. */
export interface TrackingRow {
  /** 1 for the first row below the header */
  n: number
  /** the line of the file on which the row begins */
  line: number
  /** the order's number as the file has it */
  order_text: string
  order_number: number | null
  carrier: string
  tracking_number: string
  tracking_url: string
  /** what is wrong with the row itself; its order is asked when the file is looked at */
  problem: RowProblem | null
}

export type TrackingFaultCode =
  | 'empty_file'
  | 'not_a_csv'
  | 'header_missing'
  | 'order_column_missing'
  | 'number_column_missing'
  | 'column_twice'
  | 'wrong_encoding'
  | 'unclosed_quote'
  | 'cut_off'
  | 'too_large'

/** Why a file was refused as a whole: where, and the way out. Nothing of it was taken. */
export interface TrackingFault {
  code: TrackingFaultCode
  line: number | null
  column: string | null
  message: string
  fix: string
}

/** Ends the reading of a file; `stageTracking` turns it into a value. */
export class TrackingFileFault extends Error {
  readonly fault: TrackingFault
  constructor(fault: TrackingFault) {
    super(fault.message)
    this.fault = fault
  }
}

const TEMPLATE = 'Download the template from the page where you uploaded this file, fill in its columns and upload that.'
const SAVE_AS = 'In your spreadsheet choose “Save as”, “CSV UTF-8 (comma delimited)”, and upload that file.'

const FIXES: Record<TrackingFaultCode, string> = {
  empty_file: `Upload a file with a header and a row for each parcel. ${TEMPLATE}`,
  not_a_csv: SAVE_AS,
  header_missing: `The first line names the columns: “Order number”, “Carrier”, “Tracking number”, “Tracking URL”. ${TEMPLATE}`,
  order_column_missing: `Name the column with our order numbers “Order number”. ${TEMPLATE}`,
  number_column_missing: `Name the column with the tracking numbers “Tracking number”. ${TEMPLATE}`,
  column_twice: 'Keep one of the two columns, or give the other another name, and upload the file again.',
  wrong_encoding: SAVE_AS,
  unclosed_quote: 'Mend the quotes in that line, or save the file from the spreadsheet again, and upload it again.',
  cut_off: 'The file is not whole; the download probably broke off. Get it again and upload it.',
  too_large: 'Split the file and upload the parts one after the other.',
}

/** A fault with its place, its sentence and the way out. */
export function trackingFault(
  code: TrackingFaultCode,
  message: string,
  place: { line?: number | null; column?: string | null } = {},
): TrackingFileFault {
  return new TrackingFileFault({ code, line: place.line ?? null, column: place.column ?? null, message, fix: FIXES[code] })
}
