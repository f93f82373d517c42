import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { invalid } from '../shared/errors.ts'
import { ORDER_STATUSES } from './lifecycle.ts'

export const ORDER_SORTS = ['number', 'name', 'balance_due', 'updated_at', 'status', 'country'] as const
export type OrderSortKey = (typeof ORDER_SORTS)[number]

/** `name` ascending, `-name` descending. */
export const orderSortSchema = z.enum(ORDER_SORTS.flatMap((key) => [key, `-${key}`] as const))
export type OrderSort = z.infer<typeof orderSortSchema>

interface SortColumn {
  expression: RawBuilder<unknown>
  type: RawBuilder<unknown>
  fits: RegExp
}

const WHOLE = /^-?\d{1,18}$/

/** What a list of orders is sorted by; aliases as in filter.ts. Statuses follow the lifecycle, not the alphabet. */
const COLUMNS: Record<OrderSortKey, SortColumn> = {
  number: { expression: sql`o.number`, type: sql`bigint`, fits: WHOLE },
  name: { expression: sql`lower(b.name)`, type: sql`text`, fits: /^[^\0]*$/ },
  balance_due: { expression: sql`o.balance_due`, type: sql`bigint`, fits: WHOLE },
  updated_at: {
    expression: sql`o.updated_at`,
    type: sql`timestamptz`,
    fits: /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/,
  },
  status: {
    expression: sql`array_position(${sql.lit(`{${ORDER_STATUSES.join(',')}}`)}::text[], o.status)`,
    type: sql`integer`,
    fits: WHOLE,
  },
  country: { expression: sql`coalesce(o.country, '')`, type: sql`text`, fits: /^[^\0]*$/ },
}

export interface SortParts {
  /** the row's value as text, for the cursor */
  value: RawBuilder<string>
  order: RawBuilder<unknown>
  /** rows after the one with this value and number; refuses a value that does not fit */
  after(value: string, number: string): RawBuilder<boolean>
}

/** The SQL of a sort. The order's number makes every place unique, so a page never skips or repeats a row. */
export function sortParts(sort: OrderSort): SortParts {
  const isDown = sort.startsWith('-')
  const { expression, type, fits } = COLUMNS[(isDown ? sort.slice(1) : sort) as OrderSortKey]
  const direction = isDown ? sql`desc` : sql`asc`
  return {
    value: sql<string>`(${expression})::text`,
    order: sql`${expression} ${direction}, o.number ${direction}`,
    after: (value, number) => {
      if (!fits.test(value) || !WHOLE.test(number))
        throw invalid('This cursor is none. Start again without one.', [], 'cursor_invalid')
      const place = sql`(${value}::${type}, ${number}::bigint)`
      return isDown ? sql`(${expression}, o.number) < ${place}` : sql`(${expression}, o.number) > ${place}`
    },
  }
}
