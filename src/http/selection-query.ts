import { z } from '@hono/zod-openapi'
import { type BackerFilter, filterSchema } from '../domain/backers/filter.ts'
import type { Selection } from '../domain/orders/selection.ts'

/** A selection in an address: order ids, or the words of a filter. Spread it into a query together with others. */
export const selectionQuery = filterSchema.extend({
  ids: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(z.uuid()).min(1).max(500),
    )
    .optional()
    .describe('Order ids, instead of a filter'),
})

/** The selection that an address asks for. */
export function selectionOf({ ids, ...filter }: BackerFilter & { ids?: string[] | undefined }): Selection {
  return ids ? { ids } : { filter }
}
