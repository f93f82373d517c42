import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { resendLink, revokeLink } from '../domain/backers/links.ts'
import { backerParams, reason } from './backer-schemas.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { jsonBody, problems } from './openapi.ts'

const tags = ['Backers']
const body = { ...jsonBody(z.strictObject({ reason })), required: false }

const resend = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/backers/{backer_id}/link/resend',
  operationId: 'resendLink',
  summary: "Mail the backer's link again",
  tags,
  request: { params: backerParams, body },
  responses: { 204: { description: 'The mail is in the outbox' }, ...problems },
})
const revoke = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/backers/{backer_id}/link/revoke',
  operationId: 'revokeLink',
  summary: 'Void every link the backer was given; the next mail carries a new one',
  tags,
  request: { params: backerParams, body },
  responses: { 204: { description: 'The old link opens nothing any more' }, ...problems },
})

/** The secret link of a backer: sent again, or voided. It is shown by backers.ts. */
export function linkRoutes(deps: Deps) {
  return newRoutes()
    .openapi(resend, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), smtp: deps.mailer !== null }
      await commit(c, deps, (tx) => resendLink(tx, actorOf(c), input), { status: 204 })
      return c.body(null, 204)
    })
    .openapi(revoke, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      await commit(c, deps, async (tx) => void (await revokeLink(tx, actorOf(c), input)), { status: 204 })
      return c.body(null, 204)
    })
}
