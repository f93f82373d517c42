import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findPledgePrices, type PledgePrices, pledgePricesSchema, previewPledgePrices } from '../domain/catalog/pledge-prices.ts'
import { savePledgePrices } from '../domain/catalog/save-pledge-prices.ts'
import { SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, problems, time } from './openapi.ts'

const tags = ['What the pledge paid for']

const prices = z
  .object({
    saved_at: time.nullable(),
    bonus_spendable: z.boolean(),
    orders_kept: z.int().describe('Orders that keep the quote they were confirmed with'),
    levels: z.array(
      z.object({ id, name: z.string(), price: money.nullable(), proposed_price: money.nullable(), backers: z.int() }),
    ),
    addons: z
      .array(
        z.object({
          id,
          name: z.string(),
          platform_price: money.nullable(),
          price: money,
          backers: z.int(),
          quantity: z.int(),
        }),
      )
      .describe('Those that were sold on the platform'),
  })
  .openapi('PledgePrices')

const mismatch = z.object({
  backer_id: id,
  name: z.string(),
  platform_number: z.int().nullable(),
  survey: z.enum(SURVEY_STATES),
  level_id: id,
  pledge_amount: money,
  expected: money.describe('What level, add-ons, shipping and bonus come to; without a bonus column: minimum and shipping'),
  difference: money.describe('pledge_amount - expected'),
  level_price: money,
  addons_price: money,
  shipping: money,
  bonus: money.nullable(),
})

const preview = z
  .object({
    exact: z.int().describe('Backers who start at exactly 0'),
    credit: z.int(),
    owing: z.int(),
    groups: z.array(
      z.object({
        outcome: z.enum(['exact', 'credit', 'owing']),
        reason: z
          .string()
          .describe(
            'as_pledged, shipping_cheaper, bonus_not_spendable, balanced_out; bonus_support, pledge_above, no_reward; pledge_below, shipping_not_paid, other_country, dropped',
          ),
        count: z.int(),
        amount: money.describe('Sum of their balances; negative is credit'),
        sample_backer_ids: z.array(id),
      }),
    ),
    waiting: z.int().describe("Backers who wait for the platform's money: not counted"),
    not_served: z.int().describe('Backers whose country is not served'),
    orders_kept: z.int(),
    missing: z.array(z.object({ kind: z.enum(['level', 'addon']), id, name: z.string(), backers: z.int() })),
    mismatched: z.object({ total: z.int(), data: z.array(mismatch), next_cursor: z.string().nullable() }),
  })
  .openapi('PledgePricesPreview')

const path = '/campaigns/{campaign_id}/pledge-prices'
const read = createRoute({
  method: 'get',
  path,
  operationId: 'findPledgePrices',
  summary: 'What is saved and what is proposed',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(prices, 'The prices'), ...problems },
})
const tryOut = createRoute({
  method: 'post',
  path: `${path}/preview`,
  operationId: 'previewPledgePrices',
  summary: 'Where every backer would start with these prices; changes nothing',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(
      pledgePricesSchema.extend({
        limit: z.int().min(1).max(200).default(50).describe('Of the rows whose parts are not the pledge'),
        cursor: z.string().max(100).optional(),
      }),
    ),
  },
  responses: { 200: json(preview, 'The preview'), ...problems },
})
const save = createRoute({
  method: 'put',
  path,
  operationId: 'savePledgePrices',
  summary: 'Save what the pledge paid for; orders keep their quote',
  tags,
  request: { params: campaignParams, body: jsonBody(pledgePricesSchema) },
  responses: { 200: json(prices, 'The prices now'), ...problems },
})

function viewOf(found: PledgePrices): z.infer<typeof prices> {
  return { ...found, saved_at: found.saved_at?.toISOString() ?? null }
}

/** "What the pledge paid for": settled before surveys can be sent. */
export function pledgePriceRoutes(deps: Deps) {
  return newRoutes()
    .openapi(read, async (c) => {
      return c.json(viewOf(await findPledgePrices(deps.db, actorOf(c), c.req.valid('param').campaign_id)), 200)
    })
    .openapi(tryOut, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await previewPledgePrices(deps.db, actorOf(c), input), 200)
    })
    .openapi(save, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await savePledgePrices(tx, actorOf(c), input))), 200)
    })
}
