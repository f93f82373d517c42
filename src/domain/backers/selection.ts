import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { type BackerFilter, filterCondition, filterSchema } from './filter.ts'

/** Backers of one campaign: a list of them, or all that match. */
export const backerSelectionSchema = z.union([
  z.strictObject({ backer_ids: z.array(z.uuid()).min(1).max(5_000) }),
  z.strictObject({ filter: filterSchema }),
])
export type BackerSelection = z.infer<typeof backerSelectionSchema>

/** The selection as one SQL condition over `backers b` left-joined with `orders o`. */
export function backerSelectionCondition(selection: BackerSelection): RawBuilder<boolean> {
  return 'backer_ids' in selection ? sql`b.id = any(${selection.backer_ids}::uuid[])` : filterCondition(selection.filter)
}

/** Everybody whose survey was not sent yet. */
export const NOT_SENT: { filter: BackerFilter } = { filter: { survey: ['not_sent'] } }
/** Everybody who got the survey and has not confirmed it. */
export const NOT_ANSWERED: { filter: BackerFilter } = { filter: { survey: ['sent', 'started'] } }
/** Everybody whose order owes something and has no usable payment method. */
export const WITHOUT_PAYMENT_METHOD: { filter: BackerFilter } = {
  filter: { status: ['open', 'locked', 'errored'], payment_method: 'missing' },
}
