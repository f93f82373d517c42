import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { changeCampaign } from '../domain/campaigns/change-campaign.ts'
import { createCampaign } from '../domain/campaigns/create-campaign.ts'
import { listCampaigns } from '../domain/campaigns/queries.ts'
import { campaignChangeSchema, campaignInputSchema } from '../domain/campaigns/schema.ts'
import { type Campaign, ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, problems, time } from './openapi.ts'

const tags = ['Campaigns']

const campaign = z
  .object({
    id,
    name: z.string(),
    creator_name: z.string(),
    currency: z.string().describe('ISO 4217; every amount of the campaign is in its minor units'),
    ship_from_country: z.string(),
    time_zone: z.string(),
    support_email: z.string(),
    lockdown_on: z.string().nullable().describe('YYYY-MM-DD; shown to backers, locks nothing'),
    charge_on: z.string().nullable().describe('YYYY-MM-DD; the planned day of the charge, which charges nothing by itself'),
    mode: z.enum(['test', 'live']),
    is_demo: z.boolean(),
    payment_method_required: z.boolean(),
    retry_failed_cards: z.boolean().describe('Failed cards are tried again by themselves'),
    undo_ship_hours: z.int().describe('How long after shipping it can be taken back'),
    bonus_spendable: z.boolean(),
    prices_saved_at: time.nullable().describe('When "What the pledge paid for" was saved; surveys cannot be sent before'),
    version: z.int().describe('Send it as expected_version'),
    created_at: time,
    updated_at: time,
  })
  .openapi('Campaign')
const counted = campaign.extend({ backers: z.int(), orders: z.int().describe('Those that are not canceled') })

const list = createRoute({
  method: 'get',
  path: '/campaigns',
  operationId: 'listCampaigns',
  summary: 'Your campaigns, newest first',
  tags,
  responses: { 200: json(z.object({ data: z.array(counted), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns',
  operationId: 'createCampaign',
  summary: 'Make a campaign; currency and mode stay as they are then',
  tags,
  request: { body: jsonBody(campaignInputSchema) },
  responses: { 201: json(campaign, 'The campaign'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}',
  operationId: 'findCampaign',
  summary: 'One campaign',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(campaign, 'The campaign'), ...problems },
})
const change = createRoute({
  method: 'patch',
  path: '/campaigns/{campaign_id}',
  operationId: 'changeCampaign',
  summary: 'Change settings; what is left out stays',
  tags,
  request: { params: campaignParams, body: jsonBody(campaignChangeSchema) },
  responses: { 200: json(campaign, 'The campaign now'), ...problems },
})

function viewOf<T extends Campaign>({ account_id: _account, lockdown_shown: _shown, expiry_looked_on: _looked, ...row }: T) {
  const { prices_saved_at, created_at, updated_at } = row
  return {
    ...row,
    prices_saved_at: prices_saved_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }
}

/** Campaigns of the account that asks. */
export function campaignRoutes(deps: Deps) {
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: (await listCampaigns(deps.db, actorOf(c))).map(viewOf), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = c.req.valid('json')
      return c.json(
        await commit(c, deps, async (tx) => viewOf(await createCampaign(tx, actorOf(c), input)), { status: 201 }),
        201,
      )
    })
    .openapi(read, async (c) => c.json(viewOf(await ownCampaign(deps.db, actorOf(c), c.req.valid('param').campaign_id)), 200))
    .openapi(change, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await changeCampaign(tx, actorOf(c), input))), 200)
    })
}
