import type { RowProblem, RowProblemCode } from './report-types.ts'

const sentences: Record<RowProblemCode, { message: string; fix: string }> = {
  columns_wrong: {
    message: 'The row has another number of cells than the header has columns, so nobody can tell which cell is which.',
    fix: 'Put the row right, or ask Kickstarter for the report again. A comma inside a text needs quotes around the text.',
  },
  uid_missing: {
    message: 'The row has no Backer UID, the key by which a backer is found again.',
    fix: 'Fill in the Backer UID from Kickstarter.',
  },
  uid_invalid: {
    message: 'A Backer UID is a whole number; this is none. Spreadsheets turn long numbers into 2.09E+08.',
    fix: 'Fill in the Backer UID from Kickstarter, or upload the report without opening it in a spreadsheet.',
  },
  uid_twice: {
    message: 'Another row has the same Backer UID and says something else; both are kept out.',
    fix: 'Keep the row that is right and upload the file again.',
  },
  backer_number_invalid: {
    message: 'A backer number is a whole number; this is none.',
    fix: 'Fill in the backer number from Kickstarter, or leave it empty.',
  },
  name_missing: { message: 'The row names nobody.', fix: 'Fill in the backer’s name.' },
  email_missing: {
    message: 'The row has no mail address, so this backer could not be surveyed.',
    fix: 'Fill in the mail address from Kickstarter.',
  },
  email_invalid: { message: 'This is not a mail address.', fix: 'Correct the mail address.' },
  status_missing: {
    message: 'The row does not say what became of the pledge.',
    fix: 'Fill in the status from Kickstarter: collected, errored, dropped, …',
  },
  amount_missing: { message: 'The row does not say how much was pledged.', fix: 'Fill in the amount.' },
  amount_invalid: { message: 'This is not an amount of money.', fix: 'Write it as 59.00, with or without the currency.' },
  amount_negative: { message: 'An amount cannot be below zero.', fix: 'Correct the amount.' },
  currency_differs: {
    message: 'The amount is in another currency than the campaign.',
    fix: 'Upload the report of this campaign, or correct the amount.',
  },
  date_invalid: {
    message: 'This is not a date as the report writes it.',
    fix: 'Write it as 2026-03-28, 10:27, or upload the report without opening it in a spreadsheet.',
  },
  quantity_invalid: { message: 'This is not a whole number of pieces.', fix: 'Fill in how many: 0, 1, 2, …' },
  country_unknown: {
    message: 'This is neither a country’s code nor its English name.',
    fix: 'Fill in the two-letter code: DE, US, JP, …',
  },
  text_too_long: { message: 'The text is longer than 20,000 characters.', fix: 'Shorten the text.' },
  // Of rows that are well in themselves, but are reported instead of applied, or applied in part.
  row_twice: { message: 'The row says exactly what an earlier row of the report says; it counts once.', fix: 'Nothing to do.' },
  order_past_open: {
    message: 'The order of this backer is past “open”, so the report no longer changes it.',
    fix: 'Compare the row with the order. Unlock the order if it must change, then import the report again.',
  },
  pledge_withdrawn: {
    message: 'The platform says that this pledge was canceled, refunded or disputed. The order is on hold.',
    fix: 'Cancel the order, or release it if you want to ship it anyway.',
  },
  pledge_waiting: {
    message: 'The platform does not have this pledge’s money any more. The order is on hold.',
    fix: 'Wait for a report that says collected, then release the order.',
  },
  withdrawn_here: {
    message: 'You withdrew this pledge here, so the report does not bring it back.',
    fix: 'Nothing to do, unless the pledge should count again.',
  },
  pledge_amount_only: {
    message: 'The backer has an open order: only the pledge’s amount, and the price that follows from it, was taken over.',
    fix: 'Change the order by hand if the report’s other changes should count.',
  },
  contact_kept: { message: 'Name and mail were corrected here and stay as they are.', fix: 'Nothing to do.' },
}

/** A problem with its sentence and the way out; `column` is the header as the file has it. */
export function rowProblem(code: RowProblemCode, column: string | null, value: string | null): RowProblem {
  return { code, column, value: value === null ? null : value.slice(0, 200), ...sentences[code] }
}

/** The sentence of an outcome's code; null where the problems of the row say it all. */
export function outcomeProblem(code: string | null): RowProblem | null {
  return code !== null && Object.hasOwn(sentences, code) ? rowProblem(code as RowProblemCode, null, null) : null
}
