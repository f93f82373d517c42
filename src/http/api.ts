import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { Deps } from '../deps.server.ts'
import { apiKeyRoutes } from './api-keys.ts'
import type { ApiEnv } from './context.ts'
import { addDescription } from './description.ts'
import { guard } from './guard.ts'
import { idempotency } from './idempotency.ts'
import { noticeRoutes } from './notices.ts'
import { operationRoutes } from './operations.ts'
import { orderChangeRoutes } from './order-changes.ts'
import { orderRoutes } from './orders.ts'
import { answerError, answerProblem, problem, problemOfSchema } from './problem.ts'
import { transitionRoutes } from './transitions.ts'

/** Bodies of JSON; uploads have their own limit, named by imports.ts. */
const BODY_LIMIT = 1024 * 1024

/** The JSON API, mounted at /api/v1: one file for each noun. Described at /api/v1/openapi.json. */
export function createApi(deps: Deps): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : answerProblem(c, problemOfSchema(result.target, result.error))),
  })
  api.onError((error, c) => answerError(error, c, deps.log))
  addDescription(api)
  api.use(limitBody(BODY_LIMIT))
  api.use(guard(deps))
  api.use(idempotency(deps))
  api.route('/', apiKeyRoutes(deps))
  api.route('/', orderRoutes(deps))
  api.route('/', orderChangeRoutes(deps))
  api.route('/', transitionRoutes(deps))
  api.route('/', noticeRoutes(deps))
  api.route('/', operationRoutes(deps))
  // A sub-app's own notFound never fires behind app.route; without this an unknown path would answer a page.
  api.all('*', (c) => answerProblem(c, problem(404, 'not_found', 'There is nothing at this address.')))
  return api
}

function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: (c) => {
      const detail = `The body may have at most ${maxSize} bytes.`
      return answerProblem(c, problem(413, 'body_too_large', detail, { limit_bytes: maxSize }))
    },
  })
}
