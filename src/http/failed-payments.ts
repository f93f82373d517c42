import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findFailedPayments } from '../domain/follow-ups/find-failed-payments.ts'
import { previewRemindNow, remindNow } from '../domain/follow-ups/remind-now.ts'
import { remindOn } from '../domain/follow-ups/remind-on.ts'
import { findOrder } from '../domain/orders/queries.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { setLimits } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, json, jsonBody, money, problems, time } from './openapi.ts'
import { leftOut, wholeOrder } from './order-schemas.ts'
import { orderParams } from './orders.ts'

const tags = ['Charges']
const failed = '/campaigns/{campaign_id}/failed-payments'

const following = z.object({ orders: z.int(), next_at: time.nullable() })
const overview = z
  .object({
    orders: z.int().describe('Errored orders; which: the list of orders with failure=…'),
    amount: money.describe('What they owe'),
    retry_failed_cards: z.boolean().describe('Cards are tried again by themselves'),
    reasons: z
      .array(
        z.object({
          code: z.string().describe("The bank's code of the last decline"),
          decline_class: z.enum(['soft', 'needs_backer', 'hard']),
          orders: z.int(),
          amount: money,
          retries: following.describe('Tried again by themselves, the first at next_at'),
          reminders: following.describe('Whose backers are reminded, the first at next_at'),
          days_named: z
            .object({ orders: z.int(), next_on: z.string().nullable() })
            .describe('Whose backers named a day, the first next_on'),
          under_way: z.int().describe('Being charged now'),
          on_hold: z.int(),
          nothing_follows: z.int().describe('Nothing happens by itself any more'),
        }),
      )
      .describe('The most frequent first; a card may be tried again whose backer is reminded too'),
  })
  .openapi('FailedPayments')

const read = createRoute({
  method: 'get',
  path: failed,
  operationId: 'findFailedPayments',
  summary: 'Failed payments by reason: how many, how much is at stake, and what happens next',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(overview, 'Every errored order once'), ...problems },
})
const remind = createRoute({
  method: 'post',
  path: `${failed}/remind`,
  operationId: 'remindFailedPayments',
  summary: 'Remind backers of failed payments now: one mail a day at most, none before a day that they named',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(
      z.strictObject({
        selection: selectionSchema.default({ filter: {} }).describe('Order ids, or a filter; left out: every errored order'),
        dry_run: z.boolean().default(false).describe('Count who would be reminded, and mail nobody'),
      }),
    ),
  },
  responses: {
    200: json(z.object({ total: z.int(), moved: z.int().describe('Reminded'), left: z.array(leftOut) }), 'Who is reminded'),
    ...problems,
  },
})
const name = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/orders/{order_id}/remind-on',
  operationId: 'remindOn',
  summary: 'Name the day on which the backer wants to pay, or take it back with null',
  description: 'Until then no reminder leaves and the card is not tried by itself. On that day one reminder leaves.',
  tags,
  request: {
    params: orderParams,
    body: jsonBody(
      z.strictObject({
        date: z.iso.date().nullable().describe('Between tomorrow and 30 days ahead, by the campaign’s calendar'),
      }),
    ),
  },
  responses: { 200: json(wholeOrder, 'The order'), ...problems },
})

/** What follows charges that failed. */
export function failedPaymentRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(read, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findFailedPayments(db, campaign_id), 200)
    })
    .openapi(remind, async (c) => {
      const { dry_run, selection } = c.req.valid('json')
      const input = { ...c.req.valid('param'), selection }
      if (dry_run) return c.json(await previewRemindNow(db, actorOf(c), input, deps.clock.now()), 200)
      const asked = { ...input, smtp: deps.mailer !== null }
      return c.json(await commit(c, deps, (tx) => remindNow(tx, actorOf(c), asked), setLimits), 200)
    })
    .openapi(name, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      const { date } = c.req.valid('json')
      const order = await commit(c, deps, async (tx) => {
        await remindOn(tx, actorOf(c), { campaign_id, order_id, date })
        return await findOrder(tx.db, { campaign_id }, order_id, tx.now)
      })
      return c.json(order, 200)
    })
}
