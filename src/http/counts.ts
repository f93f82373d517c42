import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { countLifecycle, countSkus } from '../domain/orders/counts.ts'
import { beginLineExport } from '../domain/orders/export-lines.ts'
import { COUNTED_STATUSES, ORDER_STATUSES, SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { csvFile } from './csv-file.ts'
import { campaignParams, id, json, money, problems } from './openapi.ts'

const tags = ['Counts']

const byStatus = <T extends z.ZodType>(statuses: readonly string[], value: T) =>
  z.object(Object.fromEntries(statuses.map((status) => [status, value])) as Record<string, T>)

const lifecycle = z
  .object({
    surveys: byStatus(SURVEY_STATES, z.int()).describe('Backers by survey state'),
    orders: byStatus(
      ORDER_STATUSES,
      z.object({ count: z.int(), owed: money, credit: money.describe('Negative'), on_hold: z.int() }),
    ),
    lock: z
      .object({
        can: z.int(),
        left: z.array(z.object({ code: z.string(), count: z.int(), sample_ids: z.array(id) })),
        payment_method_missing: z.int(),
        on_hold: z.int(),
      })
      .describe('What "lock all open orders" would do now'),
  })
  .openapi('LifecycleCounts')

const skuCount = z
  .object({
    item_id: id,
    item_name: z.string(),
    kind: z.enum(['physical', 'digital']),
    sku_id: id.nullable().describe('null: pieces whose option is not chosen yet'),
    code: z.string().nullable(),
    option_name: z.string(),
    weight_g: z.int().nullable(),
    by_status: byStatus(COUNTED_STATUSES, z.int()),
    ordered: z.int().describe('Sum of by_status: equal to the export of order lines'),
    not_answered: z.int().describe('In pledges whose survey is not answered'),
    waiting: z.int().describe("In pledges that wait for the platform's money"),
  })
  .openapi('SkuCount')

const ofLifecycle = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/counts',
  operationId: 'countLifecycle',
  summary: 'Backers and orders in every stage, what is owed, and what can be locked',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(lifecycle, 'The numbers'), ...problems },
})
const ofSkus = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/counts/skus',
  operationId: 'countSkus',
  summary: 'Needed quantity of every SKU by status',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(skuCount), next_cursor: z.null() }), 'All SKUs'), ...problems },
})
const lines = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/order-lines.csv',
  operationId: 'exportOrderLines',
  summary: 'Every line of every order that is not canceled, as CSV',
  tags,
  request: { params: campaignParams },
  responses: {
    200: { description: 'UTF-8 with byte order mark, comma, CRLF', content: { 'text/csv': { schema: z.string() } } },
    ...problems,
  },
})

/** Counts, and the file whose sums they are. */
export function countRoutes(deps: Deps) {
  return newRoutes()
    .openapi(ofLifecycle, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(deps.db, actorOf(c), campaign_id)
      return c.json(await countLifecycle(deps.db, campaign_id, deps.clock.now()), 200)
    })
    .openapi(ofSkus, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(deps.db, actorOf(c), campaign_id)
      return c.json({ data: await countSkus(deps.db, campaign_id), next_cursor: null }, 200)
    })
    .openapi(lines, async (c) => {
      const { campaign_id } = c.req.valid('param')
      const campaign = await inTransaction(deps, (tx) => beginLineExport(tx, actorOf(c), campaign_id))
      const day = deps.clock.now().toISOString().slice(0, 10)
      return csvFile({
        file_name: `order-lines-${day}.csv`,
        chunks: deps.exportApart({ file: 'order_lines', campaign: { id: campaign_id, currency: campaign.currency } }),
      })
    })
}
