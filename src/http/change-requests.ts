import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { answerChangeRequest, previewAnswer } from '../domain/fulfilment/answer-request.ts'
import { NOTE_LENGTH, previewChangeRequest, requestChange, withdrawChangeRequest } from '../domain/fulfilment/change-requests.ts'
import { findChangeRequest, listChangeRequests } from '../domain/fulfilment/request-queries.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { addressInputSchema } from '../domain/shipping/address.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, pageOf, pageQuery, problems, time } from './openapi.ts'
import { address, moneyLine, orderStatus } from './order-schemas.ts'
import { orderParams } from './orders.ts'

const tags = ['Change requests']
const path = '/campaigns/{campaign_id}/change-requests'
const requestParams = campaignParams.extend({ request_id: id })
const REQUEST_STATES = ['open', 'approved', 'declined', 'withdrawn'] as const
const fieldProblems = z.array(z.object({ field: z.string(), code: z.string(), message: z.string() }))

const changeRequest = z
  .object({
    id,
    state: z.enum(REQUEST_STATES),
    order: z.object({ id, number: z.int(), status: orderStatus, balance_due: money, currency: z.string() }),
    backer: z.object({ id, name: z.string(), email: z.string() }),
    address: address.describe('The address asked for'),
    address_now: address.nullable().describe('The one that the order has now'),
    address_accepted: z.boolean().describe('An unusual postcode or phone was said to be right'),
    agreed_balance: money.describe('The balance due that was agreed to, should it be approved'),
    note: z.string(),
    answer: z.string().describe("Staff's words"),
    code: z.string().nullable().describe('Why it was closed by itself: already_shipped, order_canceled'),
    answered_by: z.object({ name: z.string().nullable() }).nullable(),
    created_at: time,
    answered_at: time.nullable(),
  })
  .openapi('ChangeRequest')
const price = {
  balance_before: money,
  balance_after: money,
  shipping_before: money,
  shipping_after: money,
  lines: z.array(moneyLine),
  problems: fieldProblems.describe('What stops it'),
  warnings: fieldProblems.describe('What looks unusual'),
}
const asked = z.object({ dry_run: z.literal(true), ...price }).openapi('ChangeRequestPreview')
const made = changeRequest.extend({ dry_run: z.literal(false) }).openapi('MadeChangeRequest')
const answerPreview = z
  .object({
    ...price,
    agreed_balance: money.describe('What the backer agreed to'),
    price_changed: z.boolean().describe('Another price than that: it cannot be approved'),
    leads_to: orderStatus.describe('Where the order stands once it is approved'),
  })
  .openapi('AnswerPreview')
const words = z.string().trim().max(NOTE_LENGTH).default('').describe('Said to the backer in the mail')

const list = createRoute({
  method: 'get',
  path,
  operationId: 'listChangeRequests',
  summary: 'Change requests, newest first',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({ state: z.enum(REQUEST_STATES).optional(), order_id: id.optional(), ...pageQuery }),
  },
  responses: { 200: json(pageOf(changeRequest), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: `${path}/{request_id}`,
  operationId: 'findChangeRequest',
  summary: 'One change request',
  tags,
  request: { params: requestParams },
  responses: { 200: json(changeRequest, 'The request'), ...problems },
})
const preview = createRoute({
  method: 'get',
  path: `${path}/{request_id}/preview`,
  operationId: 'previewChangeRequestAnswer',
  summary: 'What approving it would do now',
  tags,
  request: { params: requestParams },
  responses: { 200: json(answerPreview, 'The price, and where the order leads'), ...problems },
})
const make = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/change-requests',
  operationId: 'requestOrderChange',
  summary: 'Ask for another address of an order that is ready to ship, for its backer',
  tags,
  request: {
    params: orderParams,
    body: jsonBody(
      z.strictObject({
        address: addressInputSchema,
        address_accepted: z.boolean().optional().describe('It is right as it is, although it looks unusual'),
        agreed_balance: z.int().optional().describe('Asked for when the address changes the price (price_changed)'),
        note: z.string().trim().max(NOTE_LENGTH).optional(),
        dry_run: z.boolean().default(false).describe('Answer what it would change, and ask for nothing'),
      }),
    ),
  },
  responses: { 200: json(z.union([made, asked]), 'The request, or the preview'), ...problems },
})
const approve = createRoute({
  method: 'post',
  path: `${path}/{request_id}/approve`,
  operationId: 'approveChangeRequest',
  summary: 'Change the address as asked, and finalize it again where it still qualifies; its backer is mailed',
  tags,
  request: {
    params: requestParams,
    body: jsonBody(
      z.strictObject({
        answer: words,
        address_accepted: z.boolean().optional().describe('Staff say that the unusual address is right as it is'),
      }),
    ),
  },
  responses: { 200: json(changeRequest, 'The request'), ...problems },
})
const decline = createRoute({
  method: 'post',
  path: `${path}/{request_id}/decline`,
  operationId: 'declineChangeRequest',
  summary: 'Leave the address as it is; its backer is mailed',
  tags,
  request: { params: requestParams, body: jsonBody(z.strictObject({ answer: words })) },
  responses: { 200: json(changeRequest, 'The request'), ...problems },
})
const withdraw = createRoute({
  method: 'post',
  path: `${path}/{request_id}/withdraw`,
  operationId: 'withdrawChangeRequest',
  summary: 'Take a request back, for its backer',
  tags,
  request: { params: requestParams },
  responses: { 200: json(changeRequest, 'The request'), ...problems },
})

/** What backers ask for once their address is final, and staff's answers. */
export function changeRequestRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listChangeRequests(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, request_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findChangeRequest(db, campaign_id, request_id), 200)
    })
    .openapi(preview, async (c) => {
      const { quote, ...seen } = await previewAnswer(db, actorOf(c), c.req.valid('param'))
      return c.json({ ...seen, lines: quote.lines }, 200)
    })
    .openapi(make, async (c) => {
      const { dry_run, ...rest } = c.req.valid('json')
      const input = { ...c.req.valid('param'), ...rest }
      if (dry_run) {
        const { quote, ...seen } = await previewChangeRequest(db, actorOf(c), input)
        return c.json({ dry_run: true as const, ...seen, lines: quote.lines }, 200)
      }
      const answer = await commit(c, deps, async (tx) => {
        const { id } = await requestChange(tx, actorOf(c), input)
        return { ...(await findChangeRequest(tx.db, input.campaign_id, id)), dry_run: false as const }
      })
      return c.json(answer, 200)
    })
    .openapi(approve, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), decision: 'approve' as const }
      const answered = await commit(c, deps, async (tx) => {
        await answerChangeRequest(tx, actorOf(c), input)
        return await findChangeRequest(tx.db, input.campaign_id, input.request_id)
      })
      return c.json(answered, 200)
    })
    .openapi(decline, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), decision: 'decline' as const }
      const answered = await commit(c, deps, async (tx) => {
        await answerChangeRequest(tx, actorOf(c), input)
        return await findChangeRequest(tx.db, input.campaign_id, input.request_id)
      })
      return c.json(answered, 200)
    })
    .openapi(withdraw, async (c) => {
      const key = c.req.valid('param')
      const withdrawn = await commit(c, deps, async (tx) => {
        await withdrawChangeRequest(tx, actorOf(c), key)
        return await findChangeRequest(tx.db, key.campaign_id, key.request_id)
      })
      return c.json(withdrawn, 200)
    })
}
