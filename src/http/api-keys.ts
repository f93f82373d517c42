import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../domain/accounts/api-keys.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { id, json, jsonBody, problems, time } from './openapi.ts'

const apiKey = z
  .object({
    id,
    name: z.string(),
    key_start: z.string().describe('Its first characters, to tell keys apart'),
    created_at: time,
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .openapi('ApiKey')
const newKey = z.object({ id, key: z.string().describe('Shown once: only its hash is kept') })
const keyInput = z.strictObject({ name: z.string().trim().min(1).max(100) })

const list = createRoute({
  method: 'get',
  path: '/api-keys',
  operationId: 'listApiKeys',
  summary: 'The API keys of your account, newest first',
  tags: ['API keys'],
  responses: { 200: json(z.object({ data: z.array(apiKey), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/api-keys',
  operationId: 'createApiKey',
  summary: 'Make an API key; it is shown once',
  tags: ['API keys'],
  request: { body: jsonBody(keyInput) },
  responses: { 201: json(newKey, 'The key'), ...problems },
})
const revoke = createRoute({
  method: 'delete',
  path: '/api-keys/{id}',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key at once',
  tags: ['API keys'],
  request: { params: z.object({ id }) },
  responses: { 204: { description: 'It opens nothing any more' }, ...problems },
})

/** API keys of the signed-in account. A key can make and revoke keys, as its account can. */
export function apiKeyRoutes(deps: Deps) {
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await listApiKeys(deps.db, actorOf(c).id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const { name } = c.req.valid('json')
      const made = await commit(c, deps, (tx) => createApiKey(tx, { account_id: actorOf(c).id, name }), { is_secret: true })
      return c.json(made, 201)
    })
    .openapi(revoke, async (c) => {
      await commit(c, deps, (tx) => revokeApiKey(tx, { account_id: actorOf(c).id, id: c.req.valid('param').id }))
      return c.body(null, 204)
    })
}
