import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { filterCondition, filterSchema } from '../backers/filter.ts'

const FEW = 50

/** A selection of one, of many, or of all that match: there is no second path. `ids` are order ids. */
export const selectionSchema = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(5_000) }),
  z.strictObject({ filter: filterSchema }),
])
export type Selection = z.infer<typeof selectionSchema>

/** Whether a statement over it joins whole sets (`planForSets`); a few ids are found one by one. */
export function isSet(selection: Selection): boolean {
  return !('ids' in selection) || selection.ids.length > FEW
}

/** The selection as one SQL condition over `backers b` and `orders o`. */
export function selectionCondition(selection: Selection): RawBuilder<boolean> {
  return 'ids' in selection ? sql`o.id = any(${selection.ids}::uuid[])` : filterCondition(selection.filter)
}
