import { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'

/** The JSON API, mounted at /api/v1. */
export function createApi(_deps: Deps): OpenAPIHono {
  const api = new OpenAPIHono()
  // A sub-app's own notFound never fires behind app.route; without this an unknown path would answer a page.
  api.all('*', (c) =>
    c.json({ type: 'about:blank', title: 'Not found', status: 404, code: 'not_found' }, 404, {
      'Content-Type': 'application/problem+json',
    }),
  )
  return api
}
