import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { filterCondition, filterSchema } from '../backers/filter.ts'

/** A selection of one, of many, or of all that match: there is no second path. `ids` are order ids. */
export const selectionSchema = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(5_000) }),
  z.strictObject({ filter: filterSchema }),
])
export type Selection = z.infer<typeof selectionSchema>

/** The selection as one SQL condition over `backers b` and `orders o`. */
export function selectionCondition(selection: Selection): RawBuilder<boolean> {
  return 'ids' in selection ? sql`o.id = any(${selection.ids}::uuid[])` : filterCondition(selection.filter)
}
