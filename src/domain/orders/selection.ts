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

/** The orders that the good rows of a tracking file name: picked by that file's own step only. */
export interface TrackedOrders {
  tracking_file: string
}

/** Whether a statement over it joins whole sets (`planForSets`); a few ids are found one by one. */
export function isSet(selection: Selection | TrackedOrders): boolean {
  return !('ids' in selection) || selection.ids.length > FEW
}

/** The selection as one SQL condition over `backers b` and `orders o`. */
export function selectionCondition(selection: Selection | TrackedOrders): RawBuilder<boolean> {
  if ('tracking_file' in selection) {
    return sql`exists (select 1 from tracking_rows r where r.campaign_id = o.campaign_id and r.file_id = ${selection.tracking_file}
      and r.order_number = o.number and r.problem is null)`
  }
  return 'ids' in selection ? sql`o.id = any(${selection.ids}::uuid[])` : filterCondition(selection.filter)
}
