import { createHash } from 'node:crypto'
import { countryFromText } from '../../lib/countries.ts'
import { restoreFormula } from '../../lib/csv-write.ts'
import { parseMoneyText } from '../../lib/money.ts'
import { isFileWithoutReward, levelNameOfFile, levelNameOfPrice } from './name-level.ts'
import type { Field, Layout, PledgeStatus, ReportAddress, ReportRow, RowProblem, RowProblemCode } from './report-types.ts'
import { rowProblem } from './row-problems.ts'

/*
 * One row of cells into what it says. Nothing is guessed: a cell that makes no sense is a problem of the row.
 */

export interface RowContext {
  file: string
  in_zip: boolean
  layout: Layout
  /** where each field stands, by `fieldIndex` */
  at: Partial<Record<Field, number>>
  currency: string
  /** told of every amount that names its currency, and of whether it fits the campaign's */
  onCurrency: (stated: string | null, fits: boolean, line: number) => void
}

interface Cells {
  text(field: Field): string
  problem(code: RowProblemCode, field: Field): void
}

/** Reads one row. Where `problems` is not empty, the row is only good for showing. */
export function readRow(line: number, cells: readonly string[], context: RowContext): { row: ReportRow; problems: RowProblem[] } {
  const { columns } = context.layout
  const problems: RowProblem[] = []
  const { at } = context
  const value = (index: number) => restoreFormula((cells[index] ?? '').trim())
  const read: Cells = {
    text: (field) => (at[field] === undefined ? '' : value(at[field])),
    problem: (code, field) => problems.push(rowProblem(code, columns[at[field] ?? -1]?.header ?? null, read.text(field))),
  }
  const row: ReportRow = {
    file: context.file,
    line,
    ...readPerson(read),
    ...readPledge(read, line, context),
    ...readThings(cells, context.layout, problems, value),
    address: at.ship_name === undefined ? null : readAddress(read),
    survey_response_at: readTime(read, 'survey_response'),
  }
  const rest = cells.slice(columns.length)
  const overflow =
    rest.some((cell) => cell.trim() !== '') || columns.some(({ role, index }) => role.kind === 'blank' && value(index) !== '')
  if (cells.length < columns.length || overflow) {
    // With a cell missing or to spare, every other problem may be its consequence.
    return { row, problems: [rowProblem('columns_wrong', null, `${cells.length} cells, ${columns.length} columns`)] }
  }
  return { row, problems }
}

/** The cells by header, as the file has them. */
export function originalOf(cells: readonly string[], layout: Layout): Record<string, string> {
  return Object.fromEntries(cells.map((cell, index) => [layout.columns[index]?.header ?? `(column ${index + 1})`, cell]))
}

/** The hash of what a row says; where it stands does not count. */
export function hashOfRow(row: ReportRow): string {
  const { file: _file, line: _line, ...meaning } = row
  return createHash('sha256').update(JSON.stringify(meaning)).digest('base64url')
}

/** Where each field stands. */
export function fieldIndex(layout: Layout): Partial<Record<Field, number>> {
  return Object.fromEntries(layout.columns.flatMap(({ role, index }) => (role.kind === 'field' ? [[role.field, index]] : [])))
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim()
}

function readPerson(read: Cells): Pick<ReportRow, 'uid' | 'backer_number' | 'name' | 'email' | 'notes'> {
  const uid = read.text('uid')
  if (uid === '') read.problem('uid_missing', 'uid')
  else if (!/^\d{1,20}$/.test(uid)) read.problem('uid_invalid', 'uid')
  const number = read.text('backer_number').replaceAll(',', '')
  if (!/^\d{0,15}$/.test(number)) read.problem('backer_number_invalid', 'backer_number')
  const name = oneLine(read.text('name')) || oneLine(read.text('ship_name'))
  if (name === '') read.problem('name_missing', 'name')
  const email = read.text('email')
  if (email === '') read.problem('email_missing', 'email')
  else if (email.length > 254 || !/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/u.test(email))
    read.problem('email_invalid', 'email')
  return {
    uid: /^\d{1,20}$/.test(uid) ? uid : null,
    backer_number: /^\d{1,15}$/.test(number) ? Number(number) : null,
    name,
    email,
    notes: read.text('notes'),
  }
}

type PledgePart =
  | 'shipping_country'
  | 'shipping_amount'
  | 'reward_title'
  | 'reward_id'
  | 'minimum'
  | 'bonus'
  | 'pledge_amount'
  | 'pledged_at'
  | 'pledged_status'
  | 'late_pledge'

function readPledge(read: Cells, line: number, context: RowContext): Pick<ReportRow, PledgePart> {
  const money = (field: Field): number | null => {
    const text = read.text(field)
    if (text === '') return null
    const parsed = parseMoneyText(text, context.currency)
    if (parsed.ok || parsed.code === 'currency_differs') context.onCurrency(parsed.stated, parsed.ok, line)
    if (parsed.ok) return parsed.minor
    read.problem(parsed.code, field)
    return null
  }
  const pledged = money('pledge_amount')
  if (read.text('pledge_amount') === '') read.problem('amount_missing', 'pledge_amount')
  const minimum = money('minimum')
  const country = read.text('shipping_country')
  const code = country === '' ? null : countryFromText(country)
  if (country !== '' && code === null) read.problem('country_unknown', 'shipping_country')
  const status = read.text('pledged_status')
  if (status === '') read.problem('status_missing', 'pledged_status')
  return {
    shipping_country: code,
    shipping_amount: money('shipping_amount') ?? 0,
    ...readReward(read, minimum, context),
    minimum,
    bonus: context.at.bonus === undefined ? null : (money('bonus') ?? 0),
    pledge_amount: pledged ?? 0,
    pledged_at: readTime(read, 'pledged_at'),
    pledged_status: statusOf(status),
    late_pledge: /^(yes|true|1|x)$/i.test(read.text('late_pledge')),
  }
}

/** The level of a row: by its title, else by the name of its file, else by its price; none for a pledge without reward. */
function readReward(read: Cells, minimum: number | null, context: RowContext): Pick<ReportRow, 'reward_title' | 'reward_id'> {
  const { layout, file, at } = context
  const title = oneLine(read.text('reward_title')) || oneLine(read.text('our_level'))
  const id = read.text('reward_id') || null
  if (layout.without_reward || (id === null && (isFileWithoutReward(file) || /^no reward$/i.test(title)))) {
    return { reward_title: null, reward_id: null }
  }
  if (title !== '') return { reward_title: title, reward_id: id }
  if (id === null && (at.reward_title !== undefined || !minimum)) return { reward_title: null, reward_id: null }
  const byFile = levelNameOfFile(file, context.in_zip)
  return { reward_title: byFile ?? levelNameOfPrice(minimum ?? 0, context.currency), reward_id: id }
}

const statusWords: Record<string, PledgeStatus> = {
  collected: 'collected',
  dropped: 'dropped',
  errored: 'errored',
  error: 'errored',
  pending: 'pending',
  authentication_required: 'authentication_required',
  requires_authentication: 'authentication_required',
  canceled: 'canceled',
  cancelled: 'canceled',
  refunded: 'refunded',
  disputed: 'disputed',
}

function statusOf(text: string): string {
  return statusWords[text.toLowerCase().replace(/[\s-]+/g, '_')] ?? text
}

function readTime(read: Cells, field: Field): string | null {
  const text = read.text(field)
  if (text === '') return null
  const shape =
    /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:,?\s*T?\s*(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?$/.exec(
      text,
    )
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (shape ?? []).slice(1).map((part) => Number(part ?? 0))
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute))
  const exists =
    shape &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60
  if (!exists) {
    read.problem('date_invalid', field)
    return null
  }
  return date.toISOString().slice(0, 16).replace('T', ' ')
}

type ThingsPart = 'items' | 'addons' | 'answers' | 'asked'

function readThings(
  cells: readonly string[],
  layout: Layout,
  problems: RowProblem[],
  value: (index: number) => string,
): Pick<ReportRow, ThingsPart> {
  const things: Pick<ReportRow, ThingsPart> = { items: [], addons: [], answers: [], asked: [] }
  for (const { role, index, header } of layout.columns) {
    if ((cells[index]?.length ?? 0) > 20_000) problems.push(rowProblem('text_too_long', header, value(index)))
    if (role.kind === 'item' || role.kind === 'addon') {
      const quantity = readQuantity(value(index))
      if (quantity === null) problems.push(rowProblem('quantity_invalid', header, value(index)))
      else if (quantity > 0 && role.kind === 'item') things.items.push({ name: role.name, quantity })
      else if (quantity > 0 && role.kind === 'addon')
        things.addons.push({ platform_id: role.platform_id, name: role.name, quantity })
    } else if (role.kind === 'question' && value(index) !== '') {
      things.asked.push(role.prompt)
      if (!/^no response$/i.test(value(index))) things.answers.push({ prompt: role.prompt, text: value(index) })
    }
  }
  return things
}

function readQuantity(text: string): number | null {
  if (text === '') return 0
  return /^\d{1,5}(\.0+)?$/.test(text) ? Math.trunc(Number(text)) : null
}

function readAddress(read: Cells): ReportAddress | null {
  const part = (field: Field) => oneLine(read.text(field))
  const lines = {
    name: part('ship_name'),
    line1: part('ship_line1'),
    line2: part('ship_line2'),
    city: part('ship_city'),
    region: part('ship_region'),
    postcode: part('ship_postcode'),
  }
  const phone = part('ship_phone')
  const stated = part('ship_country_code') || part('ship_country_name')
  if ([...Object.values(lines), stated].every((text) => text === '')) return null
  const country = stated || part('shipping_country')
  const code = countryFromText(country)
  if (code === null && country !== '')
    read.problem('country_unknown', stated && !part('ship_country_code') ? 'ship_country_name' : 'ship_country_code')
  return { ...lines, country: code ?? '', phone, delivery_notes: read.text('ship_notes') }
}
