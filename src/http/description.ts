import type { OpenAPIHono } from '@hono/zod-openapi'
import { CODES } from './codes.ts'
import type { ApiEnv } from './context.ts'
import { documentPage } from './document-page.ts'

const DESCRIPTION = `Everything the pages do, for scripts.

**Keys.** Send \`Authorization: Bearer af_…\`. A key acts as the person who made it.

**Lists** answer \`{data, next_cursor}\`; send \`next_cursor\` back as \`cursor\` until it is null.

**Money** is integer minor units of the campaign's currency. Times are ISO 8601 in UTC.

**Refusals** are application/problem+json with a stable \`code\`.

**Repeats.** A POST with an \`Idempotency-Key\` is carried out once; the same request with the same key gets the first answer again.`

/** What the address /openapi.json answers, as far as this program looks into it. */
export interface ApiDocument {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, Record<string, unknown>>; parameters?: Record<string, unknown> }
}
export interface ApiOperation {
  operationId: string
  summary: string
  tags: string[]
  parameters?: unknown[]
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}

/** The OpenAPI document at /openapi.json, made from the schemas that the routes parse with, and a plain page of it at /docs. Both are public. */
export function addDescription(api: OpenAPIHono<ApiEnv>): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'api_key', { type: 'http', scheme: 'bearer', bearerFormat: 'af_…' })
  api.get('/openapi.json', (c) => c.json(describeApi(api)))
  api.get('/docs', (c) => c.html(documentPage(describeApi(api), CODES)))
}

/** Made once all routes are there, so on request. */
function describeApi(api: OpenAPIHono<ApiEnv>): ApiDocument {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Afterfund API', version: '1', description: DESCRIPTION },
    servers: [{ url: '/api/v1' }],
    security: [{ api_key: [] }],
  }) as unknown as ApiDocument
  document.components.parameters = { ...document.components.parameters, IdempotencyKey }
  for (const operations of Object.values(document.paths)) {
    const { post } = operations
    if (post) post.parameters = [...(post.parameters ?? []), { $ref: '#/components/parameters/IdempotencyKey' }]
  }
  // The list stays open: a client must bear a code that it does not know yet.
  const { Problem } = document.components.schemas
  if (Problem) Problem['x-codes'] = CODES
  return document
}

const IdempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Made up by you, one for each request. The same request with the same key is carried out once.',
  schema: { type: 'string', maxLength: 200 },
}
