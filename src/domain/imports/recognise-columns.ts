import { fault } from './file-faults.ts'
import { type Column, type ColumnRole, type Field, fields, type Generation, type Layout } from './report-types.ts'

/*
 * Which generation of the report a header belongs to, and what each column is. Headers are matched trimmed and case-folded,
 * never by position; only the free columns (items, questions) are told apart by what they stand between.
 */

const fieldOfHeader = new Map(
  Object.entries(fields).flatMap(([field, names]) => names.map((name) => [fold(name), field as Field] as const)),
)

const base: Field[] = ['backer_number', 'uid', 'name', 'email', 'pledge_amount', 'pledged_at', 'pledged_status', 'notes']
const reward: Field[] = ['shipping_country', 'shipping_amount', 'minimum']
const shippingBlock: Field[] = [
  'ship_name',
  'ship_line1',
  'ship_line2',
  'ship_city',
  'ship_region',
  'ship_postcode',
  'ship_country_name',
  'ship_country_code',
]
const requiredBy: Record<Generation, Field[]> = {
  K1: [...base, ...reward],
  K2: [...base, ...reward],
  K2b: [...base, ...reward, 'reward_id'],
  K3: [...base, ...reward],
  'K3-none': base,
  K4: [...base, ...reward, 'reward_title', 'reward_id'],
  K5: [...base, ...reward, 'reward_title', 'reward_id', 'bonus'],
  K6: [...base, ...reward, 'reward_title', 'reward_id', 'bonus'],
}

/** A header as generations are told by: without marks, spaces at its ends, and capitals. */
export function fold(header: string): string {
  return clean(header).toLowerCase()
}

function clean(header: string): string {
  return header
    .normalize('NFC')
    .replace(/[\u200b\u200e\u200f\ufeff]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}

/**
 * Recognises a report's header, or throws the fault of the file: `not_a_report`, `column_twice` or `column_missing`.
 * No column is dropped: what nobody knows is an item, an add-on, a question, or is kept with the original row.
 */
export function recogniseColumns(header: readonly string[], file: string): Layout {
  const known = header.map((name) => fieldOfHeader.get(fold(name)))
  refuseOtherFiles(header, known, file)
  refuseTwice(header, known, file)
  const has = (field: Field) => known.includes(field)
  const generation = generationOf(header, has)
  refuseMissing(generation, has, file)
  const notesAt = known.indexOf('notes')
  const surveyAt = known.indexOf('survey_response')
  const shippingAt = known.indexOf('ship_name')
  const itemsEnd = surveyAt >= 0 ? surveyAt : header.length
  const holdsItems = generation === 'K5' || generation === 'K6'
  const columns = header.map((name, index): Column => {
    const field = known[index]
    const text = clean(name)
    const addon = /^\[add-?on:\s*(\d+)\s*\]\s*(.*)$/i.exec(text)
    let role: ColumnRole = { kind: 'other' }
    if (text === '') role = { kind: 'blank' }
    else if (field) role = { kind: 'field', field }
    else if (text.toLowerCase().startsWith('afterfund ')) role = { kind: 'ours' }
    else if (addon?.[1]) role = { kind: 'addon', platform_id: addon[1], name: addon[2] || `Add-on ${addon[1]}` }
    else if (index > notesAt && holdsItems && index < itemsEnd && !(shippingAt >= 0 && index > shippingAt))
      role = { kind: 'item', name: text }
    else if (index > notesAt) role = { kind: 'question', prompt: text }
    return { index, header: text === '' ? `(column ${index + 1})` : text, role }
  })
  return { generation, columns, without_reward: generation === 'K3-none' }
}

function generationOf(header: readonly string[], has: (field: Field) => boolean): Generation {
  const names = new Set(header.map(fold))
  if (![...reward, 'reward_title' as const, 'reward_id' as const].some(has)) return 'K3-none'
  if (['amount_due', 'amount_paid', 'pledge_over_time', 'late_pledge'].some((field) => has(field as Field))) return 'K6'
  if (has('bonus') || names.has('backing minimum') || names.has('fulfillment status')) return 'K5'
  if (has('reward_title')) return 'K4'
  if (has('reward_id')) return 'K2b'
  if (has('billing_region') || has('billing_country')) return 'K3'
  return has('uid') ? 'K2' : 'K1'
}

function refuseOtherFiles(header: readonly string[], known: readonly (Field | undefined)[], file: string): void {
  if (known.includes('uid')) return
  const names = new Set(header.map(fold))
  const other =
    (names.has('service guid') && 'BackerKit’s order export') ||
    (names.has('perk id') && 'Indiegogo’s contributions export') ||
    (names.has('backer name') && names.has('e-mail') && 'a Gamefound file') ||
    null
  if (!other && known.includes('backer_number') && known.includes('name')) return
  throw fault(
    'not_a_report',
    other
      ? `This looks like ${other}; this version reads Kickstarter’s backer report.`
      : 'The first line does not hold the columns of a Kickstarter backer report (Backer Number, Backer UID, Backer Name, …).',
    { file, line: 1 },
  )
}

function refuseTwice(header: readonly string[], known: readonly (Field | undefined)[], file: string): void {
  const seen = new Map<string, string>()
  for (const [index, name] of header.entries()) {
    const text = clean(name)
    if (text === '') continue
    const addon = /^\[add-?on:\s*(\d+)\s*\]/i.exec(text)
    const key = known[index] ? `field ${known[index]}` : addon ? `addon ${addon[1]}` : `free ${text}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      const both = earlier === text ? `“${text}” stands twice in the header.` : `“${earlier}” and “${text}” are the same column.`
      throw fault('column_twice', both, { file, line: 1, column: text })
    }
    seen.set(key, text)
  }
}

function refuseMissing(generation: Generation, has: (field: Field) => boolean, file: string): void {
  const required = [...requiredBy[generation]]
  if (shippingBlock.some(has)) required.push('survey_response', ...shippingBlock)
  const missing = required.filter((field) => !has(field)).map((field) => nameOf(field, generation))
  const first = missing[0]
  if (first === undefined) return
  const text = missing.map((name) => `“${name}”`).join(', ')
  throw fault('column_missing', `The header lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${text}.`, {
    file,
    line: 1,
    column: first,
  })
}

/** The name a creator would look for in a report of that generation. */
function nameOf(field: Field, generation: Generation): string {
  const names = fields[field]
  const old = generation !== 'K5' && generation !== 'K6' && field === 'minimum'
  return (old ? names.at(-1) : names[0]) ?? field
}
