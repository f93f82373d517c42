import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { type CatalogLevel, loadCatalog } from '../domain/catalog/load-catalog.ts'
import { deleteLevel, saveLevel } from '../domain/catalog/save-level.ts'
import { levelInputSchema } from '../domain/catalog/schema.ts'
import { notFound } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, problems } from './openapi.ts'

const tags = ['Pledge levels']
const params = campaignParams.extend({ level_id: id })

const level = z
  .object({
    id,
    name: z.string(),
    platform_reward_id: z.string().nullable(),
    price: money.nullable().describe('null until "What the pledge paid for" is saved'),
    proposed_price: money.nullable().describe('The smallest minimum among rows without add-ons'),
    position: z.int(),
    items: z.array(z.object({ item_id: id, quantity: z.int() })),
  })
  .openapi('Level')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/levels',
  operationId: 'listLevels',
  summary: "Pledge levels and what they hold, in the creator's order",
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(level), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/levels',
  operationId: 'createLevel',
  summary: 'Make a pledge level',
  tags,
  request: { params: campaignParams, body: jsonBody(levelInputSchema) },
  responses: { 201: json(level, 'As it was made'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/levels/{level_id}',
  operationId: 'findLevel',
  summary: 'One pledge level',
  tags,
  request: { params },
  responses: { 200: json(level, 'As it is'), ...problems },
})
const change = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/levels/{level_id}',
  operationId: 'changeLevel',
  summary: 'Change a pledge level as a whole: its name and what it holds',
  tags,
  request: { params, body: jsonBody(levelInputSchema) },
  responses: { 200: json(level, 'As it is now'), ...problems },
})
const remove = createRoute({
  method: 'delete',
  path: '/campaigns/{campaign_id}/levels/{level_id}',
  operationId: 'deleteLevel',
  summary: 'Take a pledge level away; refused while backers pledged for it',
  tags,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems },
})

function viewOf(row: CatalogLevel): z.infer<typeof level> {
  const { id, name, platform_reward_id, price, proposed_price, position, contents } = row
  const items = contents.map(({ item, quantity }) => ({ item_id: item.id, quantity }))
  return { id, name, platform_reward_id, price, proposed_price, position, items }
}

/** Pledge levels. Their prices: pledge-prices.ts. */
export function levelRoutes(deps: Deps) {
  const findAll = async (c: Parameters<typeof actorOf>[0], campaign_id: string) => {
    await ownCampaign(deps.db, actorOf(c), campaign_id)
    return (await loadCatalog(deps.db, campaign_id)).levels.map(viewOf)
  }
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await findAll(c, c.req.valid('param').campaign_id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveLevel(tx, actorOf(c), input)), { status: 201 }), 201)
    })
    .openapi(read, async (c) => {
      const { campaign_id, level_id } = c.req.valid('param')
      const found = (await findAll(c, campaign_id)).find((each) => each.id === level_id.toLowerCase())
      if (!found) throw notFound('pledge level')
      return c.json(found, 200)
    })
    .openapi(change, async (c) => {
      const { campaign_id, level_id } = c.req.valid('param')
      const input = { ...c.req.valid('json'), campaign_id, id: level_id.toLowerCase() }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveLevel(tx, actorOf(c), input))), 200)
    })
    .openapi(remove, async (c) => {
      const { campaign_id, level_id } = c.req.valid('param')
      await commit(c, deps, (tx) => deleteLevel(tx, actorOf(c), { campaign_id, id: level_id.toLowerCase() }))
      return c.body(null, 204)
    })
}
