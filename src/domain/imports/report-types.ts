/*
 * What a backer report says, once read: rows, the problems of rows, and the faults that refuse a whole file.
 */

export type Generation = 'K1' | 'K2' | 'K2b' | 'K3' | 'K3-none' | 'K4' | 'K5' | 'K6'

export type PledgeStatus =
  | 'collected'
  | 'dropped'
  | 'errored'
  | 'pending'
  | 'authentication_required'
  | 'canceled'
  | 'refunded'
  | 'disputed'

export interface ReportAddress {
  name: string
  line1: string
  line2: string
  city: string
  region: string
  postcode: string
  /** ISO 3166 alpha-2 */
  country: string
  phone: string
  delivery_notes: string
}

export interface ReportItem {
  name: string
  quantity: number
}

export interface ReportAddon {
  platform_id: string
  name: string
  quantity: number
}

export interface ReportAnswer {
  prompt: string
  text: string
}

/** One backer of the report. Amounts are minor units of the campaign's currency. */
export interface ReportRow {
  file: string
  /** the physical line on which the row begins */
  line: number
  uid: string | null
  backer_number: number | null
  name: string
  email: string
  shipping_country: string | null
  /** shipping already paid */
  shipping_amount: number
  /** the level's name; null for a pledge without reward */
  reward_title: string | null
  /** the platform's id of the reward, where the report has one */
  reward_id: string | null
  /** what the backing needed at least: the level and, with add-ons, theirs too */
  minimum: number | null
  /** null where the report has no bonus column */
  bonus: number | null
  pledge_amount: number
  /** `YYYY-MM-DD HH:MM`, the platform's local time: the report has no zone */
  pledged_at: string | null
  /** a `PledgeStatus`, or what the report said where it says something else */
  pledged_status: string
  late_pledge: boolean
  notes: string
  /** of quantity above 0 */
  items: ReportItem[]
  /** of quantity above 0 */
  addons: ReportAddon[]
  address: ReportAddress | null
  /** answered questions; "No response" is none */
  answers: ReportAnswer[]
  /** prompts of the questions this backer was asked, answered or not */
  asked: string[]
  survey_response_at: string | null
}

export type RowProblemCode =
  | 'columns_wrong'
  | 'uid_missing'
  | 'uid_invalid'
  | 'uid_twice'
  | 'backer_number_invalid'
  | 'name_missing'
  | 'email_missing'
  | 'email_invalid'
  | 'status_missing'
  | 'amount_missing'
  | 'amount_invalid'
  | 'amount_negative'
  | 'currency_differs'
  | 'date_invalid'
  | 'quantity_invalid'
  | 'country_unknown'
  | 'text_too_long'
  // of rows that are well in themselves
  | 'row_twice'
  | 'order_past_open'
  | 'pledge_withdrawn'
  | 'pledge_waiting'
  | 'withdrawn_here'
  | 'pledge_amount_only'
  | 'contact_kept'

/** Why a row is kept out. `column` is the header as the file has it, `value` what stands there. */
export interface RowProblem {
  code: RowProblemCode
  column: string | null
  value: string | null
  message: string
  fix: string
}

export interface ReadRow {
  /** counts rows over all files, from 1 */
  n: number
  row: ReportRow
  problems: RowProblem[]
  /** equal rows have equal hashes; where the row stands and how the file writes it do not count */
  row_hash: string
  /** an earlier row said exactly the same */
  twice: boolean
  /** the cells as the file has them, by header */
  original: Record<string, string>
}

export type FileFaultCode =
  | 'not_a_report'
  | 'empty_file'
  | 'cut_off'
  | 'wrong_encoding'
  | 'unclosed_quote'
  | 'column_twice'
  | 'column_missing'
  | 'too_large'
  | 'several_currencies'
  | 'currency_differs'

/** Why a whole file is refused. */
export interface FileFault {
  code: FileFaultCode
  file: string
  line: number | null
  column: string | null
  message: string
  fix: string
}

export type ColumnRole =
  | { kind: 'field'; field: Field }
  | { kind: 'item'; name: string }
  | { kind: 'addon'; platform_id: string; name: string }
  | { kind: 'question'; prompt: string }
  /** known to nobody here: kept in the original row */
  | { kind: 'other' }
  /** no header: kept only where a cell says something */
  | { kind: 'blank' }
  /** a column of our own problem file, which came back corrected */
  | { kind: 'ours' }

export interface Column {
  index: number
  header: string
  role: ColumnRole
}

export interface Layout {
  generation: Generation
  columns: Column[]
  /** the file is of pledges without reward */
  without_reward: boolean
}

export const fields = {
  backer_number: ['Backer Number', 'Backer Id'],
  uid: ['Backer UID'],
  name: ['Backer Name'],
  email: ['Email'],
  shipping_country: ['Shipping Country'],
  shipping_amount: ['Shipping Amount'],
  reward_title: ['Reward Title'],
  minimum: ['Backing Minimum', 'Reward Minimum'],
  reward_id: ['Reward ID'],
  bonus: ['Bonus Support'],
  pledge_amount: ['Pledge Amount'],
  pledged_at: ['Pledged At'],
  fulfillment: ['Fulfillment Status', 'Rewards Sent?'],
  pledged_status: ['Pledged Status'],
  notes: ['Notes'],
  billing_region: ['Billing State/Province'],
  billing_country: ['Billing Country'],
  survey_response: ['Survey Response'],
  ship_name: ['Shipping Name'],
  ship_line1: ['Shipping Address 1'],
  ship_line2: ['Shipping Address 2'],
  ship_city: ['Shipping City'],
  ship_region: ['Shipping State'],
  ship_postcode: ['Shipping Postal Code'],
  ship_country_name: ['Shipping Country Name'],
  ship_country_code: ['Shipping Country Code'],
  ship_phone: ['Shipping Phone Number'],
  ship_notes: ['Shipping Delivery Notes'],
  amount_due: ['Amount Due'],
  amount_paid: ['Amount Paid'],
  pledge_over_time: ['Pledge Over Time'],
  late_pledge: ['Late Pledge'],
  /** in our own problem file, where the report has no reward titles: the level its file's name gave */
  our_level: ['Afterfund level'],
} satisfies Record<string, string[]>

export type Field = keyof typeof fields

/** One CSV of the upload, as it was read. */
export interface ReadFile {
  file: string
  generation: Generation
  rows: number
  columns: Column[]
}

export interface ReadSummary {
  files: ReadFile[]
  /** entries of a zip that were not read, and why */
  ignored: { name: string; reason: string }[]
  rows: number
  /** Backer UIDs that stand on rows which differ: all of these rows are kept out */
  uids_twice: string[]
}

export type ReadOutcome = { ok: true; summary: ReadSummary } | { ok: false; fault: FileFault }

export interface ReportLimits {
  /** bytes of the upload */
  file_bytes: number
  /** bytes of all CSVs of a zip together */
  text_bytes: number
  entries: number
  rows: number
  columns: number
  /** characters of one row */
  row_size: number
  /** characters of one cell */
  cell_size: number
}

export const reportLimits: ReportLimits = {
  file_bytes: 250 * 1024 * 1024,
  text_bytes: 500 * 1024 * 1024,
  entries: 2_000,
  rows: 500_000,
  columns: 1_000,
  row_size: 1_000_000,
  cell_size: 20_000,
}
