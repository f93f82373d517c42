import type { FileFault, FileFaultCode } from './report-types.ts'

/** Ends the reading of an upload; `readReport` turns it into a value. */
export class ReportFault extends Error {
  readonly fault: FileFault
  constructor(fault: FileFault) {
    super(fault.message)
    this.fault = fault
  }
}

const exportAgain = 'Ask Kickstarter for the report again, and upload the file as it comes, without opening it in a spreadsheet.'

/** The way out, by code; a fault may name a better one. */
const fixes: Record<FileFaultCode, string> = {
  not_a_report: 'Download the backer report from Kickstarter (Backer report, Export) and upload that CSV or zip.',
  empty_file: exportAgain,
  cut_off: `The file is not whole; the download probably broke off. ${exportAgain}`,
  wrong_encoding: `${exportAgain} If only a copy from a spreadsheet is left, save that one as “CSV UTF-8 (comma delimited)”.`,
  unclosed_quote: exportAgain,
  column_twice: 'Keep one of the two columns and upload the file again, or ask Kickstarter for the report again.',
  column_missing: `${exportAgain} Choose the layout with all columns.`,
  too_large:
    'Split the report by reward (Kickstarter offers a zip with one file per reward) and upload the parts one after the other.',
  several_currencies: 'Upload the report of this one campaign; reports of several campaigns cannot be joined.',
  currency_differs: 'Upload the report of this campaign, or make a new campaign in the currency of the report.',
}

interface Place {
  file: string
  line?: number | null
  column?: string | null
  fix?: string
}

/** A fault with its place, its sentence and the way out. */
export function fault(code: FileFaultCode, message: string, place: Place): ReportFault {
  return new ReportFault({
    code,
    file: place.file,
    line: place.line ?? null,
    column: place.column ?? null,
    message,
    fix: place.fix ?? fixes[code],
  })
}
