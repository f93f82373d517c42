import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { filterSchema } from '../domain/backers/filter.ts'
import { findBackerOfOrder } from '../domain/orders/find-order.ts'
import { orderSortSchema } from '../domain/orders/list-sorts.ts'
import { countOrders, findOrder, listOrders } from '../domain/orders/queries.ts'
import { listEvents, type TimelineEvent } from '../domain/orders/timeline.ts'
import type { Page } from '../domain/shared/page.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { eventSentence } from '../lib/event-text.ts'
import { actorOf, newRoutes } from './context.ts'
import { campaignParams, id, json, money, pageOf, pageQuery, problems } from './openapi.ts'
import { event, order, wholeOrder } from './order-schemas.ts'

const tags = ['Orders']
export const orderParams = campaignParams.extend({ order_id: id })

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders',
  operationId: 'listOrders',
  summary: 'Orders by cursor, filtered and sorted',
  tags,
  request: {
    params: campaignParams,
    query: filterSchema.extend({ sort: orderSortSchema.default('number').describe('A minus sorts down'), ...pageQuery }),
  },
  responses: { 200: json(pageOf(order), 'One page'), ...problems },
})
const count = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders/count',
  operationId: 'countOrders',
  summary: 'How many orders a filter matches, and their sums',
  tags,
  request: { params: campaignParams, query: filterSchema },
  responses: {
    200: json(z.object({ orders: z.int(), owed: money, credit: money, captured: money, refunded: money }), 'The sums'),
    ...problems,
  },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders/{order_id}',
  operationId: 'findOrder',
  summary: 'One order whole: lines, money, answers, and what may be done with it now',
  tags,
  request: { params: orderParams },
  responses: { 200: json(wholeOrder, 'The order'), ...problems },
})
const timeline = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders/{order_id}/timeline',
  operationId: 'listOrderEvents',
  summary: 'What happened to an order and its backer, newest first',
  tags,
  request: { params: orderParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(event), 'One page'), ...problems },
})

/** Orders to read. What changes them: order-changes.ts, transitions.ts. */
export function orderRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const { sort, cursor, limit, ...filter } = c.req.valid('query')
      return c.json(await listOrders(db, campaign_id, { now: deps.clock.now(), filter, sort, cursor, limit }), 200)
    })
    .openapi(count, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await countOrders(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findOrder(db, { campaign_id }, order_id, deps.clock.now()), 200)
    })
    .openapi(timeline, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      const { currency } = await ownCampaign(db, actorOf(c), campaign_id)
      await findBackerOfOrder(db, { campaign_id, order_id })
      return c.json(inWords(await listEvents(db, { campaign_id, order_id }, c.req.valid('query')), currency), 200)
    })
}

/** Events with their sentence; shared by every timeline of the API. */
export function inWords(page: Page<TimelineEvent>, currency: string) {
  const data = page.data.map((each) => ({
    ...each,
    at: each.at.toISOString(),
    text: eventSentence(each, { currency }),
    data: each.data as z.infer<typeof event>['data'],
  }))
  return { ...page, data }
}
