import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findNextActions, NEXT_ACTIONS } from '../domain/orders/next-actions.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actionText } from '../lib/action-text.ts'
import { actorOf, newRoutes } from './context.ts'
import { campaignParams, json, money, problems } from './openapi.ts'

const action = z
  .object({
    code: z.enum(NEXT_ACTIONS),
    text: z.string(),
    count: z.int().describe('How many orders or backers it is about'),
    amount: money.nullable().describe('The money it is about, where it is about some'),
    left: z.array(z.object({ code: z.string(), count: z.int() })).describe('Who cannot be taken along, by reason'),
  })
  .openapi('NextAction')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/next-actions',
  operationId: 'listNextActions',
  summary: 'What could sensibly be done now, the most sensible first',
  tags: ['Counts'],
  request: { params: campaignParams },
  responses: {
    200: json(z.object({ data: z.array(action), next_cursor: z.null() }), 'Empty when there is nothing but to wait'),
    ...problems,
  },
})

/** What the dashboard proposes. */
export function nextActionRoutes(deps: Deps) {
  return newRoutes().openapi(list, async (c) => {
    const campaign = await ownCampaign(deps.db, actorOf(c), c.req.valid('param').campaign_id)
    const actions = await findNextActions(deps.db, campaign, deps.clock.now())
    return c.json(
      { data: actions.map((each) => ({ ...each, text: actionText(each, campaign.currency) })), next_cursor: null },
      200,
    )
  })
}
