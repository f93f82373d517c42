import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { decideDiscrepancies } from '../domain/discrepancies/decide.ts'
import { RESOLUTIONS } from '../domain/discrepancies/decisions.ts'
import { DISCREPANCY_KINDS } from '../domain/discrepancies/kinds.ts'
import { countDiscrepancies, findDiscrepancy, listDiscrepancies, type ShownDiscrepancy } from '../domain/discrepancies/list.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { discrepancyText } from '../lib/discrepancy-text.ts'
import { formatMoney } from '../lib/money.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, pageOf, pageQuery, problems, time } from './openapi.ts'
import { leftOut, orderStatus } from './order-schemas.ts'

const tags = ['Discrepancies']
const path = '/campaigns/{campaign_id}/discrepancies'
/** Each is decided under its order's row, one after the other. */
const AT_ONCE = 200

const kind = z.enum(DISCREPANCY_KINDS).openapi('DiscrepancyKind')
const resolution = z
  .enum(RESOLUTIONS)
  .openapi('DiscrepancyResolution')
  .describe(
    'ask_again: the order owes the amount again; keep_as_credit: its backer has it as credit; settle: it is dealt with outside, the balance stays; noted: nothing is booked',
  )

const discrepancy = z
  .object({
    id,
    kind,
    state: z.enum(['open', 'settled']),
    subject: z.string().describe("The gateway's id of the payment, refund or dispute"),
    amount: money,
    currency: z.string(),
    title: z.string().describe('What it is, in words'),
    gateway: z.string().describe('What the gateway says'),
    books: z.string().describe('What the books say'),
    advice: z.string().describe('What to do'),
    data: z.record(z.string(), z.unknown()).describe('Ids, amounts and states of its kind'),
    order: z
      .object({ id, number: z.int(), status: orderStatus, balance_due: money, is_held: z.boolean() })
      .nullable()
      .describe('Null: the books do not know the order'),
    backer: z.object({ id, name: z.string() }).nullable(),
    decisions: z.array(resolution).describe('What can be decided, the usual first; none once it is settled'),
    resolution: resolution.nullable(),
    reason: z.string().nullable().describe("Staff's words"),
    settled_by: z.object({ name: z.string().nullable() }).nullable().describe('Null: open, or it ended by itself'),
    found_at: time,
    settled_at: time.nullable(),
  })
  .openapi('Discrepancy')

const list = createRoute({
  method: 'get',
  path,
  operationId: 'listDiscrepancies',
  summary: 'Where the payment gateway and the books differ, newest first',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({
      state: z.enum(['open', 'settled']).optional(),
      kind: kind.optional(),
      order_id: id.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(discrepancy), 'One page'), ...problems },
})
const count = createRoute({
  method: 'get',
  path: `${path}/counts`,
  operationId: 'countDiscrepancies',
  summary: 'How many wait for a decision, by kind',
  tags,
  request: { params: campaignParams },
  responses: {
    200: json(
      z.object({ open: z.int(), kinds: z.array(z.object({ kind, count: z.int() })) }).openapi('DiscrepancyCounts'),
      'The counts',
    ),
    ...problems,
  },
})
const read = createRoute({
  method: 'get',
  path: `${path}/{discrepancy_id}`,
  operationId: 'findDiscrepancy',
  summary: 'One discrepancy',
  tags,
  request: { params: campaignParams.extend({ discrepancy_id: id }) },
  responses: { 200: json(discrepancy, 'The discrepancy'), ...problems },
})
const decide = createRoute({
  method: 'post',
  path: `${path}/decide`,
  operationId: 'decideDiscrepancies',
  summary: 'Decide about discrepancies: each once; the hold that it brought ends with the last open one of its order',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(
      z.strictObject({
        ids: z.array(id).min(1).max(AT_ONCE),
        resolution,
        reason: z.string().trim().max(1_000).default('').describe("Staff's words, which are asked for"),
      }),
    ),
  },
  responses: {
    200: json(
      z
        .object({ settled: z.int(), left: z.array(leftOut).describe('Those that stay open, by reason') })
        .openapi('DecidedDiscrepancies'),
      'What came of it',
    ),
    ...problems,
  },
})

/** Where the gateway and the books differ, and what staff decide about it. */
export function discrepancyRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const { data, next_cursor } = await listDiscrepancies(db, campaign_id, c.req.valid('query'))
      return c.json({ data: data.map(told), next_cursor }, 200)
    })
    .openapi(count, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await countDiscrepancies(db, campaign_id), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, discrepancy_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(told(await findDiscrepancy(db, campaign_id, discrepancy_id)), 200)
    })
    .openapi(decide, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await commit(c, deps, (tx) => decideDiscrepancies(tx, actorOf(c), input)), 200)
    })
}

/** With its words. */
function told(one: ShownDiscrepancy) {
  const { asked } = one.data
  const words = discrepancyText({
    kind: one.kind,
    amount: formatMoney(one.amount, one.currency),
    asked: typeof asked === 'number' ? formatMoney(asked, one.currency) : null,
  })
  return { ...one, decisions: [...one.decisions], ...words }
}
