import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { type CatalogItem, loadCatalog } from '../domain/catalog/load-catalog.ts'
import { deleteItem, saveItem } from '../domain/catalog/save-item.ts'
import { itemInputSchema } from '../domain/catalog/schema.ts'
import { notFound } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, problems } from './openapi.ts'

const tags = ['Items']
const params = campaignParams.extend({ item_id: id })

const item = z
  .object({
    id,
    name: z.string(),
    kind: z.enum(['physical', 'digital']),
    position: z.int(),
    skus: z.array(
      z.object({
        id,
        code: z.string(),
        option_name: z.string().describe("'' where the item has one SKU"),
        weight_g: z.int().nullable(),
        stock_on_hand: z.int().nullable().describe('Counted in the warehouse; null: not counted'),
        position: z.int(),
      }),
    ),
  })
  .openapi('Item')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/items',
  operationId: 'listItems',
  summary: "Items with their SKUs, in the creator's order",
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(item), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/items',
  operationId: 'createItem',
  summary: 'Make an item with its SKUs',
  tags,
  request: { params: campaignParams, body: jsonBody(itemInputSchema) },
  responses: { 201: json(item, 'As it was made'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/items/{item_id}',
  operationId: 'findItem',
  summary: 'One item with its SKUs',
  tags,
  request: { params },
  responses: { 200: json(item, 'As it is'), ...problems },
})
const change = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/items/{item_id}',
  operationId: 'changeItem',
  summary: 'Change an item as a whole: SKUs that are not listed are taken away',
  tags,
  request: { params, body: jsonBody(itemInputSchema) },
  responses: { 200: json(item, 'As it is now'), ...problems },
})
const remove = createRoute({
  method: 'delete',
  path: '/campaigns/{campaign_id}/items/{item_id}',
  operationId: 'deleteItem',
  summary: 'Take an item away; refused while anything holds it',
  tags,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems },
})

function viewOf({ id, name, kind, position, skus }: CatalogItem): z.infer<typeof item> {
  const shown = skus.map(({ id, code, option_name, weight_g, stock_on_hand, position }) => ({
    id,
    code,
    option_name,
    weight_g,
    stock_on_hand,
    position,
  }))
  return { id, name, kind, position, skus: shown }
}

/** Items and their SKUs. */
export function itemRoutes(deps: Deps) {
  const findAll = async (c: Parameters<typeof actorOf>[0], campaign_id: string) => {
    await ownCampaign(deps.db, actorOf(c), campaign_id)
    return (await loadCatalog(deps.db, campaign_id)).items.map(viewOf)
  }
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await findAll(c, c.req.valid('param').campaign_id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveItem(tx, actorOf(c), input)), { status: 201 }), 201)
    })
    .openapi(read, async (c) => {
      const { campaign_id, item_id } = c.req.valid('param')
      const found = (await findAll(c, campaign_id)).find((each) => each.id === item_id.toLowerCase())
      if (!found) throw notFound('item')
      return c.json(found, 200)
    })
    .openapi(change, async (c) => {
      const { campaign_id, item_id } = c.req.valid('param')
      const input = { ...c.req.valid('json'), campaign_id, id: item_id.toLowerCase() }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveItem(tx, actorOf(c), input))), 200)
    })
    .openapi(remove, async (c) => {
      const { campaign_id, item_id } = c.req.valid('param')
      await commit(c, deps, (tx) => deleteItem(tx, actorOf(c), { campaign_id, id: item_id.toLowerCase() }))
      return c.body(null, 204)
    })
}
