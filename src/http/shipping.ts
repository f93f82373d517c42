import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { type CatalogRegion, loadCatalog } from '../domain/catalog/load-catalog.ts'
import { deleteRegion, saveRegion } from '../domain/catalog/save-region.ts'
import { regionInputSchema } from '../domain/catalog/schema.ts'
import { notFound } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, problems } from './openapi.ts'

const tags = ['Shipping']
const params = campaignParams.extend({ region_id: id })

const region = z
  .object({
    id,
    name: z.string(),
    kind: z.enum(['countries', 'everywhere_else']),
    served: z.boolean().describe('false: we do not ship there'),
    countries: z.array(z.string()),
    level_fees: z.record(id, money).describe('By level id'),
    addon_fees: z.record(id, money).describe('For each piece, by add-on id'),
    position: z.int(),
  })
  .openapi('ShippingRegion')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/shipping/regions',
  operationId: 'listRegions',
  summary: 'Shipping regions with their fees',
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(region), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/shipping/regions',
  operationId: 'createRegion',
  summary: 'Make a shipping region',
  tags,
  request: { params: campaignParams, body: jsonBody(regionInputSchema) },
  responses: { 201: json(region, 'As it was made'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/shipping/regions/{region_id}',
  operationId: 'findRegion',
  summary: 'One shipping region',
  tags,
  request: { params },
  responses: { 200: json(region, 'As it is'), ...problems },
})
const change = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/shipping/regions/{region_id}',
  operationId: 'changeRegion',
  summary: 'Change a shipping region as a whole',
  tags,
  request: { params, body: jsonBody(regionInputSchema) },
  responses: { 200: json(region, 'As it is now'), ...problems },
})
const remove = createRoute({
  method: 'delete',
  path: '/campaigns/{campaign_id}/shipping/regions/{region_id}',
  operationId: 'deleteRegion',
  summary: 'Take a shipping region away; confirmed orders keep their quote',
  tags,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems },
})

function viewOf({ campaign_id: _campaign, ...row }: CatalogRegion): z.infer<typeof region> {
  return row
}

/** Shipping as a fee for each region. Without any region everything ships everywhere at no charge. */
export function shippingRoutes(deps: Deps) {
  const findAll = async (c: Parameters<typeof actorOf>[0], campaign_id: string) => {
    await ownCampaign(deps.db, actorOf(c), campaign_id)
    return (await loadCatalog(deps.db, campaign_id)).regions.map(viewOf)
  }
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await findAll(c, c.req.valid('param').campaign_id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveRegion(tx, actorOf(c), input)), { status: 201 }), 201)
    })
    .openapi(read, async (c) => {
      const { campaign_id, region_id } = c.req.valid('param')
      const found = (await findAll(c, campaign_id)).find((each) => each.id === region_id.toLowerCase())
      if (!found) throw notFound('shipping region')
      return c.json(found, 200)
    })
    .openapi(change, async (c) => {
      const { campaign_id, region_id } = c.req.valid('param')
      const input = { ...c.req.valid('json'), campaign_id, id: region_id.toLowerCase() }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveRegion(tx, actorOf(c), input))), 200)
    })
    .openapi(remove, async (c) => {
      const { campaign_id, region_id } = c.req.valid('param')
      await commit(c, deps, (tx) => deleteRegion(tx, actorOf(c), { campaign_id, id: region_id.toLowerCase() }))
      return c.body(null, 204)
    })
}
