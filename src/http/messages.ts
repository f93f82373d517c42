import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { MESSAGE_KINDS } from '../domain/messages/kinds.ts'
import { findMessage, listMessages, MESSAGE_STATES } from '../domain/messages/list-messages.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { campaignParams, id, json, pageOf, pageQuery, problems, time } from './openapi.ts'

const tags = ['Messages']

const message = z
  .object({
    id,
    kind: z.enum(MESSAGE_KINDS),
    backer_id: id,
    backer_name: z.string(),
    to: z.string(),
    state: z.enum(MESSAGE_STATES),
    at: time.describe('When it was sent, else when it was queued'),
    due_at: time,
    tries: z.int(),
    error: z.string().nullable().describe("The server's answer, or the code why it was not sent"),
    subject: z.string().nullable().describe('Only of demo and test campaigns, whose mails are kept'),
  })
  .openapi('Message')
const wholeMessage = message.extend({ text: z.string().nullable(), html: z.string().nullable() }).openapi('WholeMessage')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/messages',
  operationId: 'listMessages',
  summary: 'The mails of a campaign, newest first',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({
      kind: z.enum(MESSAGE_KINDS).optional(),
      state: z.enum(MESSAGE_STATES).optional(),
      backer_id: id.optional(),
      q: z.string().trim().max(200).optional().describe('Words in name, address or subject'),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(message), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/messages/{message_id}',
  operationId: 'findMessage',
  summary: 'One mail; demo and test campaigns keep its text',
  tags,
  request: { params: campaignParams.extend({ message_id: id }) },
  responses: { 200: json(wholeMessage, 'The mail'), ...problems },
})

/** The outbox to read. Mails are written by what causes them, never by hand. */
export function messageRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listMessages(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, message_id } = c.req.valid('param')
      return c.json(await findMessage(db, { actor: actorOf(c), campaign_id }, message_id), 200)
    })
}
