import { countryName } from '../../lib/country-name.ts'
import { type Address, phoneE164 } from '../shipping/address.ts'

/*
 * How a ready order reads as rows of a CSV. Pure. Column names are fixed for good: programs read them.
 */

export interface SkuColumn {
  id: string
  code: string
}

export interface ReadyLine {
  sku_id: string
  sku: string
  item: string
  option: string
  quantity: number
  weight_g: number | null
}

export interface ReadyOrder {
  number: number
  /** the backer's; the address has the recipient's */
  name: string
  email: string
  address: Address | null
  /** one for each SKU */
  lines: ReadyLine[]
}

type Cell = string | number | null

const PERSON = [
  'order_number',
  'name',
  'address_line_1',
  'address_line_2',
  'sublocality',
  'city',
  'region',
  'postcode',
  'country',
  'country_code',
  'phone',
  'email',
  'delivery_notes',
] as const

const OF_FORM = {
  orders: ['pieces', 'weight_g'],
  lines: ['sku', 'item', 'option', 'quantity', 'weight_g', 'total_weight_g'],
} as const

/** The head of the file. A SKU whose code is the name of another column is told apart by "SKU " before it. */
export function headOf(form: keyof typeof OF_FORM, skus: readonly SkuColumn[]): string[] {
  const fixed: string[] = [...PERSON, ...OF_FORM[form]]
  const taken = new Set(fixed)
  return [...fixed, ...skus.map(({ code }) => (taken.has(code.toLowerCase()) ? `SKU ${code}` : code))]
}

/** The rows of one order: one with a cell for each SKU, or one for each SKU. */
export function rowsOf(form: keyof typeof OF_FORM, order: ReadyOrder, skus: readonly SkuColumn[]): Cell[][] {
  const person = personOf(order)
  if (form === 'lines') {
    return order.lines.map((line) => [
      ...person,
      line.sku,
      line.item,
      line.option,
      line.quantity,
      line.weight_g,
      line.weight_g === null ? null : line.weight_g * line.quantity,
    ])
  }
  const quantities = new Map(order.lines.map(({ sku_id, quantity }) => [sku_id, quantity]))
  const pieces = order.lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return [[...person, pieces, weightOf(order.lines), ...skus.map(({ id }) => quantities.get(id) ?? 0)]]
}

/** What the parcel's contents weigh; null where the weight of any piece is not known. */
function weightOf(lines: readonly ReadyLine[]): number | null {
  let sum = 0
  for (const { weight_g, quantity } of lines) {
    if (weight_g === null) return null
    sum += weight_g * quantity
  }
  return sum
}

/** Carriers take phones in the international form; one that nobody can read stays as it was typed. */
function personOf({ number, name, email, address }: ReadyOrder): Cell[] {
  if (!address) return [number, name, ...Array<Cell>(PERSON.length - 4).fill(''), email, '']
  return [
    number,
    address.name || name,
    address.line1,
    address.line2,
    address.sublocality,
    address.city,
    address.region,
    address.postcode,
    countryName(address.country),
    address.country,
    phoneE164(address) ?? address.phone,
    email,
    address.delivery_notes,
  ]
}
