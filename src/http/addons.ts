import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { type CatalogAddon, loadCatalog } from '../domain/catalog/load-catalog.ts'
import { deleteAddon, saveAddon } from '../domain/catalog/save-addon.ts'
import { addonInputSchema } from '../domain/catalog/schema.ts'
import { notFound } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, problems } from './openapi.ts'

const tags = ['Add-ons']
const params = campaignParams.extend({ addon_id: id })

const addon = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    platform_addon_id: z.string().nullable().describe('It was sold on the platform too'),
    platform_price: money.nullable().describe('What one cost there'),
    price: money.describe('What one costs here'),
    limit_per_backer: z.int().nullable(),
    stock: z.int().nullable().describe('How many may be added here, on top of what was pledged'),
    held: z.int().describe('Of these, held by orders'),
    offered: z.boolean(),
    position: z.int(),
    items: z.array(z.object({ item_id: id, quantity: z.int() })),
  })
  .openapi('Addon')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/addons',
  operationId: 'listAddons',
  summary: "Add-ons with price, limit and stock, in the creator's order",
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(addon), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/addons',
  operationId: 'createAddon',
  summary: 'Make an add-on',
  tags,
  request: { params: campaignParams, body: jsonBody(addonInputSchema) },
  responses: { 201: json(addon, 'As it was made'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/addons/{addon_id}',
  operationId: 'findAddon',
  summary: 'One add-on',
  tags,
  request: { params },
  responses: { 200: json(addon, 'As it is'), ...problems },
})
const change = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/addons/{addon_id}',
  operationId: 'changeAddon',
  summary: 'Change an add-on as a whole',
  tags,
  request: { params, body: jsonBody(addonInputSchema) },
  responses: { 200: json(addon, 'As it is now'), ...problems },
})
const remove = createRoute({
  method: 'delete',
  path: '/campaigns/{campaign_id}/addons/{addon_id}',
  operationId: 'deleteAddon',
  summary: 'Take an add-on away; refused while backers have it',
  tags,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems },
})

function viewOf({ contents, campaign_id: _campaign, created_at: _at, ...row }: CatalogAddon): z.infer<typeof addon> {
  return { ...row, items: contents.map(({ item, quantity }) => ({ item_id: item.id, quantity })) }
}

/** Add-ons. */
export function addonRoutes(deps: Deps) {
  const findAll = async (c: Parameters<typeof actorOf>[0], campaign_id: string) => {
    await ownCampaign(deps.db, actorOf(c), campaign_id)
    return (await loadCatalog(deps.db, campaign_id)).addons.map(viewOf)
  }
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await findAll(c, c.req.valid('param').campaign_id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveAddon(tx, actorOf(c), input)), { status: 201 }), 201)
    })
    .openapi(read, async (c) => {
      const { campaign_id, addon_id } = c.req.valid('param')
      const found = (await findAll(c, campaign_id)).find((each) => each.id === addon_id.toLowerCase())
      if (!found) throw notFound('add-on')
      return c.json(found, 200)
    })
    .openapi(change, async (c) => {
      const { campaign_id, addon_id } = c.req.valid('param')
      const input = { ...c.req.valid('json'), campaign_id, id: addon_id.toLowerCase() }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveAddon(tx, actorOf(c), input))), 200)
    })
    .openapi(remove, async (c) => {
      const { campaign_id, addon_id } = c.req.valid('param')
      await commit(c, deps, (tx) => deleteAddon(tx, actorOf(c), { campaign_id, id: addon_id.toLowerCase() }))
      return c.body(null, 204)
    })
}
