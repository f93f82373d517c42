import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findBackerOfOrder } from '../domain/orders/find-order.ts'
import { ATTEMPT_STATES, listAttempts } from '../domain/payments/attempts.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { attempt } from './charge-schemas.ts'
import { actorOf, newRoutes } from './context.ts'
import { campaignParams, id, json, pageOf, pageQuery, problems } from './openapi.ts'
import { orderParams } from './orders.ts'

const tags = ['Charges']

const states = z
  .preprocess((value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value), z.array(z.enum(ATTEMPT_STATES)))
  .optional()
  .describe('One or several, as in `created,sent,unknown`')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/attempts',
  operationId: 'listAttempts',
  summary: 'Charge attempts, newest first, with state and age',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({ order: id.optional(), run: id.optional(), state: states, ...pageQuery }),
  },
  responses: { 200: json(pageOf(attempt), 'One page'), ...problems },
})
const ofOrder = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders/{order_id}/attempts',
  operationId: 'listOrderAttempts',
  summary: 'The charge attempts of one order, newest first',
  tags,
  request: { params: orderParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(attempt), 'One page'), ...problems },
})

/** What was asked of the gateway, and what it answered. */
export function attemptRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      const { order, run, state, ...page } = c.req.valid('query')
      await ownCampaign(db, actorOf(c), campaign_id)
      const filter = { order_id: order, run_id: run, states: state }
      return c.json(await listAttempts(db, campaign_id, { ...filter, ...page, now: deps.clock.now() }), 200)
    })
    .openapi(ofOrder, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      await findBackerOfOrder(db, { campaign_id, order_id })
      return c.json(await listAttempts(db, campaign_id, { order_id, ...c.req.valid('query'), now: deps.clock.now() }), 200)
    })
}
