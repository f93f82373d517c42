import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './context.ts'

const DESCRIPTION = `Everything the pages do, for scripts.

**Keys.** Send \`Authorization: Bearer af_…\`. A key acts as the person who made it.
**Lists** answer \`{data, next_cursor}\`; send \`next_cursor\` back as \`cursor\` until it is null.
**Money** is integer minor units of the campaign's currency.
**Refusals** are application/problem+json with a stable \`code\`.
**Repeats.** A POST with an \`Idempotency-Key\` is carried out once; the same request with the same key gets the first answer again.`

/** The OpenAPI document at /openapi.json, made from the schemas that the routes parse with. Public: it holds no data. */
export function addDescription(api: OpenAPIHono<ApiEnv>): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'api_key', { type: 'http', scheme: 'bearer', bearerFormat: 'af_…' })
  api.get('/openapi.json', (c) => {
    const document = api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Afterfund', version: '1', description: DESCRIPTION },
      servers: [{ url: '/api/v1' }],
      security: [{ api_key: [] }],
    })
    return c.json(document)
  })
}
