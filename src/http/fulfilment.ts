import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { EXPORT_AUDIENCES, EXPORT_FORMS, previewExport, recordExport } from '../domain/fulfilment/export-ready.ts'
import { finalizeChoices } from '../domain/fulfilment/finalize.ts'
import { listExports } from '../domain/fulfilment/list-exports.ts'
import { MOST_STOCK, saveStockOnHand } from '../domain/fulfilment/stock.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { inTransaction, setLimits } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { csvFile } from './csv-file.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, pageOf, pageQuery, problems, time } from './openapi.ts'
import { selectionOf, selectionQuery } from './selection-query.ts'

const tags = ['Fulfilment']

const choice = z
  .object({
    sku_id: id,
    code: z.string(),
    name: z.string(),
    option: z.string().describe("'' where the item has one SKU"),
    stock_on_hand: z.int().nullable().describe('As the creator counted it; null: not counted'),
    paid_orders: z.int().describe('Paid orders that contain it and can be finalized now'),
    paid_quantity: z.int().describe('Pieces of it in those orders'),
    ready_quantity: z.int().describe('Pieces in orders that are ready to ship already: they take from the same stock'),
  })
  .openapi('FinalizeChoice')

const choices = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/finalize/choices',
  operationId: 'listFinalizeChoices',
  summary: 'SKUs that ship: stock on hand, and how many paid orders wait for them',
  description:
    'Which orders contain only some of them: a dry run of the transition `finalize_address` over `{"filter": {"status": ["paid"], "only_sku": [...]}}`.',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(choice), next_cursor: z.null() }), 'All SKUs that ship'), ...problems },
})
const stock = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/stock',
  operationId: 'saveStockOnHand',
  summary: 'Write down what lies in the warehouse; it is shown beside each SKU and holds nothing back',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(
      z.strictObject({
        skus: z
          .record(z.uuid(), z.int().min(0).max(MOST_STOCK).nullable())
          .describe('Pieces by SKU id; null: not counted; those left out stay'),
      }),
    ),
  },
  responses: { 200: json(z.object({ changed: z.int() }), 'How many SKUs have another count now'), ...problems },
})

const exportQuery = selectionQuery.extend({
  form: z
    .enum(EXPORT_FORMS)
    .default('orders')
    .describe('orders: a row for each, a column for each SKU; lines: a row for each order and SKU'),
  audience: z
    .enum(EXPORT_AUDIENCES)
    .default('people')
    .describe('people: UTF-8 with byte order mark, formulas neutralised; machines: every text as it is, no mark'),
})
const ready = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/exports/ready-orders',
  operationId: 'exportReadyOrders',
  summary: 'The orders that are ready to ship, as CSV for a warehouse',
  description:
    'Only orders that are ready to ship, whatever the filter says; those on hold and those of which nothing is a parcel are left out. Who exported what is an event.',
  tags,
  request: { params: campaignParams, query: exportQuery },
  responses: { 200: { description: 'Comma, CRLF', content: { 'text/csv': { schema: z.string() } } }, ...problems },
})
const readyCount = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/exports/ready-orders/count',
  operationId: 'countReadyOrders',
  summary: 'What that export would hold now, and what it leaves out',
  tags,
  request: { params: campaignParams, query: selectionQuery },
  responses: {
    200: json(
      z.object({
        orders: z.int(),
        pieces: z.int(),
        on_hold: z.int().describe('Ready and left out: a hold stops shipping'),
        nothing_ships: z.int().describe('Ready and left out: nothing of them is a parcel'),
      }),
      'The counts',
    ),
    ...problems,
  },
})

const taken = z
  .object({
    id: z.string(),
    form: z.enum(EXPORT_FORMS),
    audience: z.enum(EXPORT_AUDIENCES),
    orders: z.int().describe('How many orders it held'),
    actor: z.object({ kind: z.string(), name: z.string().nullable() }),
    at: time,
  })
  .openapi('Export')
const exportsTaken = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/exports',
  operationId: 'listExports',
  summary: 'Who exported the ready orders, and when, newest first',
  tags,
  request: { params: campaignParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(taken), 'One page'), ...problems },
})

/** From paid to the warehouse: what can be finalized, what is in stock, what is handed over. */
export function fulfilmentRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(choices, async (c) => {
      const data = await finalizeChoices(db, actorOf(c), c.req.valid('param'), deps.clock.now())
      return c.json({ data, next_cursor: null }, 200)
    })
    .openapi(stock, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await commit(c, deps, (tx) => saveStockOnHand(tx, actorOf(c), input)), 200)
    })
    .openapi(ready, async (c) => {
      const { form, audience, ...query } = c.req.valid('query')
      const input = { ...c.req.valid('param'), selection: selectionOf(query), form, audience }
      await inTransaction(deps, (tx) => recordExport(tx, actorOf(c), input), setLimits)
      const day = deps.clock.now().toISOString().slice(0, 10)
      return csvFile({ file_name: `ready-to-ship-${form}-${day}.csv`, chunks: deps.exportApart({ file: 'ready_orders', input }) })
    })
    .openapi(exportsTaken, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const page = await listExports(db, campaign_id, c.req.valid('query'))
      return c.json({ ...page, data: page.data.map((each) => ({ ...each, at: each.at.toISOString() })) }, 200)
    })
    .openapi(readyCount, async (c) => {
      const input = { ...c.req.valid('param'), selection: selectionOf(c.req.valid('query')) }
      return c.json(await previewExport(db, actorOf(c), input), 200)
    })
}
