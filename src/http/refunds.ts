import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findBackerOfOrder } from '../domain/orders/find-order.ts'
import { findOrder } from '../domain/orders/queries.ts'
import { changePaid, type PaidChangePreview, previewPaidChange } from '../domain/refunds/change-paid.ts'
import { listRefunds } from '../domain/refunds/refund-queries.ts'
import { REFUND_STATES } from '../domain/refunds/states.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, pageOf, pageQuery, problems, time } from './openapi.ts'
import { wholeOrder } from './order-schemas.ts'
import { orderParams } from './orders.ts'

const tags = ['Refunds']
const states = z
  .preprocess((value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value), z.array(z.enum(REFUND_STATES)))
  .optional()
  .describe('One or several, as in `created,sent,unknown`')
const card = z.object({ brand: z.string(), last4: z.string() })

const refund = z
  .object({
    id,
    number: z.int().describe('Of the order'),
    order: z.object({ id, number: z.int() }),
    backer: z.object({ id, name: z.string() }),
    state: z
      .enum(REFUND_STATES)
      .describe('unknown: no answer yet; pending: taken, and on its way; refused: it never left; failed: the money came back'),
    amount: money,
    currency: z.string(),
    code: z.string().nullable().describe('Why it was refused or came back; dispute_lost: taken back by the bank'),
    is_elsewhere: z.boolean().describe('Made at the gateway by somebody else'),
    attempt_id: id.describe('The attempt whose payment it gives back'),
    payment_method: card,
    gateway_refund: z.string().nullable().describe("The gateway's own id"),
    reason: z.string().nullable().describe("Staff's words"),
    created_at: time,
    sent_at: time.nullable(),
    settled_at: time.nullable(),
    age_seconds: z.int(),
  })
  .openapi('Refund')

const amount = (what: string) => z.int().min(0).default(0).describe(`${what}, in minor units`)
const change = z.strictObject({
  addons: z
    .record(z.uuid(), z.int().min(0).max(999))
    .default({})
    .describe('Quantity by add-on id; what is not named stays. Locked, errored and paid orders only'),
  amount_off: amount('Taken off the price'),
  to_card: amount('Given back to the cards that paid, newest payment first'),
  outside: amount('Paid back in another way, and recorded'),
  owes_again: z
    .boolean()
    .default(false)
    .describe(
      'More than the credit may go back to the card: the order owes it again, is locked and on hold, and can be unlocked',
    ),
  dry_run: z.boolean().default(false).describe('Answer every figure, and change nothing'),
  expected_version: z.int().optional().describe('The version you saw; another one now is refused with changed_meanwhile'),
  agreed_balance: z.int().optional().describe('balance_after of the dry run; another one now is refused with price_changed'),
  reason: z
    .string()
    .trim()
    .max(1_000)
    .optional()
    .describe("Staff's words, kept with what is done; asked for unless it is a dry run"),
})
const seen = z
  .object({
    dry_run: z.literal(true),
    version: z.int(),
    balance_before: money,
    items: money.describe('What the items change of the balance'),
    amount_off: money,
    to_card: money,
    outside: money,
    balance_after: money.describe('Negative is credit; send it back as agreed_balance'),
    rest: money.describe('Most of what can be given back to cards now'),
    payments: z.array(
      z.object({
        attempt_id: id,
        amount: money,
        rest: money.describe('What of it is neither given back nor on its way'),
        card,
        charged_at: time,
      }),
    ),
    becomes: z.enum(['paid', 'locked']).nullable().describe('The status after it, where it becomes another'),
    problems: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).describe('What stops it'),
  })
  .openapi('RefundPreview')
const done = wholeOrder.extend({ dry_run: z.literal(false) }).openapi('RefundedOrder')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/refunds',
  operationId: 'listRefunds',
  summary: 'Refunds, newest first, with state and age; those made elsewhere too',
  tags,
  request: { params: campaignParams, query: z.strictObject({ order: id.optional(), state: states, ...pageQuery }) },
  responses: { 200: json(pageOf(refund), 'One page'), ...problems },
})
const ofOrder = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/orders/{order_id}/refunds',
  operationId: 'listOrderRefunds',
  summary: 'The refunds of one order, newest first',
  tags,
  request: { params: orderParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(refund), 'One page'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/refunds',
  operationId: 'refundOrder',
  summary: 'Items out, an amount off, and money back, in one step; or what it would come to',
  description:
    'What goes back to a card is a refund that leaves at once; read it until its state says what became of it. What is not given back stays as credit.',
  tags,
  request: { params: orderParams, body: jsonBody(change) },
  responses: { 200: json(z.union([done, seen]), 'The order as it is now, or the preview'), ...problems },
})

/** Money on its way back. Where the gateway and the books differ: discrepancies.ts. */
export function refundRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      const { order, state, ...page } = c.req.valid('query')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listRefunds(db, campaign_id, { order_id: order, states: state, ...page, now: deps.clock.now() }), 200)
    })
    .openapi(ofOrder, async (c) => {
      const { campaign_id, order_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      await findBackerOfOrder(db, { campaign_id, order_id })
      return c.json(await listRefunds(db, campaign_id, { order_id, ...c.req.valid('query'), now: deps.clock.now() }), 200)
    })
    .openapi(create, async (c) => {
      const { dry_run, reason = '', agreed_balance, expected_version, ...body } = c.req.valid('json')
      const input = { ...c.req.valid('param'), ...body }
      if (dry_run) return c.json(previewOf(await previewPaidChange(db, actorOf(c), input)), 200)
      const answer = await commit(c, deps, async (tx) => {
        const agreed = agreed_balance ?? (await previewPaidChange(tx.db, actorOf(c), input)).balance_after
        const version = expected_version === undefined ? {} : { expected_version }
        await changePaid(tx, actorOf(c), { ...input, ...version, reason, agreed_balance: agreed })
        return { ...(await findOrder(tx.db, input, input.order_id, tx.now)), dry_run: false as const }
      })
      return c.json(answer, 200)
    })
}

function previewOf({ payments, ...figures }: PaidChangePreview) {
  return {
    ...figures,
    dry_run: true as const,
    payments: payments.map(({ attempt_id, amount, rest, card, charged_at }) => ({
      ...{ attempt_id, amount, card, rest },
      charged_at: new Date(charged_at),
    })),
  }
}
