import { countryName } from '../../lib/country-name.ts'
import type { CsvCell } from '../../lib/csv-write.ts'
import { type Address, phoneE164 } from '../shipping/address.ts'

/*
 * How a ready order reads as rows of a CSV. Pure. Column names are fixed for good: programs read them.
 */

export interface SkuColumn {
  id: string
  code: string
}

/** A SKU as every line of it reads. */
export interface ReadySku {
  sku: string
  item: string
  option: string
  weight_g: number | null
}

export interface ReadyLine {
  sku_id: string
  quantity: number
}

export interface ReadyOrder {
  number: number
  /** the backer's; the address has the recipient's */
  name: string
  email: string
  address: Address | null
  /** as carriers take it; null where it was not read when the address was saved */
  phone: string | null
  /** one for each SKU, in the order of the catalogue */
  lines: ReadyLine[]
}

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

/** How the rows of a file are written: the same for all of its orders. */
export interface RowStyle {
  form: keyof typeof OF_FORM
  /** cells beside each other, as the readers of the file want them */
  cells(cells: readonly CsvCell[]): string
  skus: ReadonlyMap<string, ReadySku>
  /** form orders: the columns */
  columns: readonly SkuColumn[]
}

/** Writes the rows of one order: one with a cell for each SKU, or one for each SKU. What rows have in common is written once. */
export function createRowWriter({ form, cells, skus, columns }: RowStyle): (order: ReadyOrder) => string {
  const known = new Map(
    [...skus].map(([id, { sku, item, option, weight_g }]) => [id, { cells: cells([sku, item, option]), weight_g }]),
  )
  const skuOf = ({ sku_id }: ReadyLine) => {
    const sku = known.get(sku_id)
    if (!sku) throw new Error('A line names a SKU that is none')
    return sku
  }
  const weightOf = (line: ReadyLine) => {
    const { weight_g } = skuOf(line)
    return weight_g === null ? null : weight_g * line.quantity
  }
  if (form === 'lines') {
    return (order) => {
      const person = cells(personOf(order))
      return order.lines
        .map((line) => {
          const sku = skuOf(line)
          return `${person},${sku.cells},${line.quantity},${sku.weight_g ?? ''},${weightOf(line) ?? ''}\r\n`
        })
        .join('')
    }
  }
  return (order) => {
    const quantities = new Map(order.lines.map(({ sku_id, quantity }) => [sku_id, quantity]))
    const pieces = order.lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const weight = sumOf(order.lines.map(weightOf))
    return `${[cells([...personOf(order), pieces, weight]), ...columns.map(({ id }) => quantities.get(id) ?? 0)].join(',')}\r\n`
  }
}

/** Null where the weight of any piece is not known. */
function sumOf(weights: readonly (number | null)[]): number | null {
  return weights.reduce((sum, weight) => (sum === null || weight === null ? null : sum + weight), 0 as number | null)
}

/** Carriers take phones in the international form; one that nobody can read stays as it was typed. */
function personOf({ number, name, email, address, phone }: ReadyOrder): CsvCell[] {
  if (!address) return [number, name, ...Array<CsvCell>(PERSON.length - 4).fill(''), email, '']
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
    phone ?? phoneE164(address) ?? address.phone,
    email,
    address.delivery_notes,
  ]
}
