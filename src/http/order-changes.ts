import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { changeAddress, previewAddress } from '../domain/orders/change-address.ts'
import { confirmSurvey } from '../domain/orders/change-order.ts'
import { findBackerOfOrder } from '../domain/orders/find-order.ts'
import { previewChoices } from '../domain/orders/preview-choices.ts'
import { findOrder } from '../domain/orders/queries.ts'
import { settleOutside } from '../domain/orders/settle-outside.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { addressInputSchema } from '../domain/shipping/address.ts'
import { surveyDataSchema } from '../domain/surveys/schema.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { json, jsonBody, money, problems } from './openapi.ts'
import { moneyLine, wholeOrder } from './order-schemas.ts'
import { orderParams } from './orders.ts'

const tags = ['Orders']
const reason = z.string().trim().max(1_000).optional().describe("Staff's words, kept with the event")
const expected_version = z.int().optional().describe('The version you saw; another one now is refused with changed_meanwhile')
const dry_run = z.boolean().default(false).describe('Answer what it would change, and change nothing')
const fieldProblems = z.array(z.object({ field: z.string(), code: z.string(), message: z.string() }))

const preview = z
  .object({
    dry_run: z.literal(true),
    lines: z.array(moneyLine),
    total: money.describe('Of the new quote; send it back as agreed_total'),
    balance_before: money,
    balance_after: money.describe('Send it back as agreed_balance'),
    shipping_before: money,
    shipping_after: money,
    problems: fieldProblems.describe('What stops it from being saved'),
    warnings: fieldProblems.describe('What looks unusual'),
  })
  .openapi('ChangePreview')
const changed = wholeOrder.extend({ dry_run: z.literal(false) }).openapi('ChangedOrder')

const choices = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/changes',
  operationId: 'changeOrder',
  summary: 'Change the choices of an open order, as its backer may',
  tags,
  request: {
    params: orderParams,
    body: jsonBody(
      z.strictObject({
        data: surveyDataSchema.describe('What is left out stays'),
        expected_version,
        agreed_total: z.int().optional().describe('The total you saw; another one now is refused with price_changed'),
        reason,
        dry_run,
      }),
    ),
  },
  responses: { 200: json(z.union([changed, preview]), 'The order as it is now, or the preview'), ...problems },
})
const address = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/address',
  operationId: 'changeOrderAddress',
  summary: 'Change the shipping address, in every status that allows it',
  tags,
  request: {
    params: orderParams,
    body: jsonBody(
      z.strictObject({
        address: addressInputSchema,
        address_accepted: z.boolean().optional().describe('It is right as it is, although it looks unusual'),
        expected_version,
        agreed_balance: z.int().optional().describe('Asked for when the address changes the price (price_changed)'),
        reason,
        dry_run,
      }),
    ),
  },
  responses: { 200: json(z.union([changed, preview]), 'The order as it is now, or the preview'), ...problems },
})
const settle = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/settlements',
  operationId: 'settleOrderOutside',
  summary: 'Settle an amount outside the gateway: paid in another way, or waived',
  tags,
  request: {
    params: orderParams,
    body: jsonBody(
      z.strictObject({
        amount: z.int().positive().describe('Minor units; at most what is owed'),
        how: z.enum(['paid_elsewhere', 'waived']),
        reason: z.string().trim().min(1).max(1_000),
        expected_version,
      }),
    ),
  },
  responses: { 200: json(wholeOrder, 'The order as it is now'), ...problems },
})

/** One order's contents, address and balance. Its status: transitions.ts. */
export function orderChangeRoutes(deps: Deps) {
  return newRoutes()
    .openapi(choices, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      const { dry_run, data, ...input } = c.req.valid('json')
      const scope = { campaign_id, order_id }
      if (dry_run) {
        const { quote, ...seen } = await previewChoices(deps.db, actorOf(c), { ...scope, data })
        return c.json({ dry_run: true as const, lines: quote.lines, total: quote.total, warnings: [], ...seen }, 200)
      }
      const answer = await commit(c, deps, async (tx) => {
        await ownCampaign(tx.db, actorOf(c), campaign_id)
        const backer_id = await findBackerOfOrder(tx.db, scope)
        await confirmSurvey(tx, actorOf(c), { campaign_id, backer_id, data, ...input, ignore_draft: true })
        return { ...(await findOrder(tx.db, scope, order_id, tx.now)), dry_run: false as const }
      })
      return c.json(answer, 200)
    })
    .openapi(address, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      const { dry_run, ...input } = c.req.valid('json')
      const scope = { campaign_id, order_id }
      if (dry_run) {
        const { quote, ...seen } = await previewAddress(deps.db, actorOf(c), { ...scope, address: input.address })
        return c.json({ dry_run: true as const, lines: quote.lines, total: quote.total, ...seen }, 200)
      }
      const answer = await commit(c, deps, async (tx) => {
        await changeAddress(tx, actorOf(c), { ...scope, ...input })
        return { ...(await findOrder(tx.db, scope, order_id, tx.now)), dry_run: false as const }
      })
      return c.json(answer, 200)
    })
    .openapi(settle, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      const answer = await commit(c, deps, async (tx) => {
        await settleOutside(tx, actorOf(c), { campaign_id, order_id, ...c.req.valid('json') })
        return await findOrder(tx.db, { campaign_id }, order_id, tx.now)
      })
      return c.json(answer, 200)
    })
}
