import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findOperation, listOperations, type Operation } from '../domain/operations/queries.ts'
import { listEvents } from '../domain/orders/timeline.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { anyJson, campaignParams, id, json, pageOf, pageQuery, problems, time } from './openapi.ts'
import { event, leftOut } from './order-schemas.ts'
import { inWords } from './orders.ts'

const tags = ['Operations']
const operationParams = campaignParams.extend({ operation_id: id })
const operation = z
  .object({
    id,
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    input: z.record(z.string(), anyJson).describe('What was asked: selection and options'),
    total: z.int(),
    done: z.int(),
    moved: z.int(),
    left: z.array(leftOut),
    failure: z.string().nullable(),
    reason: z.string().nullable().describe("Staff's words"),
    actor: z.object({ kind: z.string(), name: z.string().nullable() }),
    created_at: time,
    finished_at: time.nullable(),
  })
  .openapi('Operation')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/operations',
  operationId: 'listOperations',
  summary: 'Steps over many orders or backers, newest first',
  tags,
  request: { params: campaignParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(operation), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/operations/{operation_id}',
  operationId: 'findOperation',
  summary: 'One operation: how far it is, and its result. Its orders: the list of orders with operation=…',
  tags,
  request: { params: operationParams },
  responses: { 200: json(operation, 'The operation'), ...problems },
})
const events = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/operations/{operation_id}/events',
  operationId: 'listOperationEvents',
  summary: 'What an operation did, one event for each order or backer',
  tags,
  request: { params: operationParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(event), 'One page'), ...problems },
})

/** What was done over many orders or backers at once. */
export function operationRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const page = await listOperations(db, campaign_id, c.req.valid('query'))
      return c.json({ ...page, data: page.data.map(asJson) }, 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, operation_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(asJson(await findOperation(db, campaign_id, operation_id)), 200)
    })
    .openapi(events, async (c) => {
      const { campaign_id, operation_id } = c.req.valid('param')
      const { currency } = await ownCampaign(db, actorOf(c), campaign_id)
      await findOperation(db, campaign_id, operation_id)
      return c.json(inWords(await listEvents(db, { campaign_id, operation_id }, c.req.valid('query')), currency), 200)
    })
}

/** What was asked is JSON as it was stored. */
function asJson(row: Operation) {
  return { ...row, input: row.input as z.infer<typeof operation>['input'] }
}
