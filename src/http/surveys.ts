import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { confirmSurvey } from '../domain/orders/change-order.ts'
import { findOrder } from '../domain/orders/queries.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { saveDraft } from '../domain/surveys/drafts.ts'
import { previewSurvey } from '../domain/surveys/preview.ts'
import { surveyDataSchema } from '../domain/surveys/schema.ts'
import { viewSurvey } from '../domain/surveys/view-survey.ts'
import { backerParams, reason } from './backer-schemas.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, json, jsonBody, problems } from './openapi.ts'
import { wholeOrder } from './order-schemas.ts'
import { filledSurvey, survey, surveyPreview } from './survey-schemas.ts'

const tags = ['Surveys']
const one = '/campaigns/{campaign_id}/backers/{backer_id}/survey'

const preview = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/surveys/preview',
  operationId: 'previewSurvey',
  summary: 'The survey as a backer of any level in any country will see it',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({
      level_id: z.uuid().optional().describe('Left out: a pledge without reward'),
      country: z
        .string()
        .regex(/^[A-Za-z]{2}$/)
        .toUpperCase()
        .optional(),
    }),
  },
  responses: { 200: json(surveyPreview, 'The survey'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: one,
  operationId: 'viewSurvey',
  summary: "A backer's survey: what is filled in, what it costs, what is missing; an event says that you looked",
  tags,
  request: { params: backerParams },
  responses: { 200: json(survey, 'The survey'), ...problems },
})
const save = createRoute({
  method: 'put',
  path: one,
  operationId: 'saveSurvey',
  summary: 'Fill in part of the survey for a backer; nothing is confirmed',
  tags,
  request: {
    params: backerParams,
    body: jsonBody(z.strictObject({ data: surveyDataSchema.describe('What is left out stays') })),
  },
  responses: { 200: json(filledSurvey, 'What is filled in now'), ...problems },
})
const confirm = createRoute({
  method: 'post',
  path: `${one}/confirm`,
  operationId: 'confirmSurvey',
  summary: 'Answer the survey for a backer, or confirm what is filled in: the order comes into being, or changes',
  tags,
  request: {
    params: backerParams,
    body: jsonBody(
      z.strictObject({
        data: surveyDataSchema.optional().describe('Merged over what is filled in'),
        expected_version: z
          .int()
          .optional()
          .describe("The order's version you saw; another one now is refused with changed_meanwhile"),
        agreed_total: z.int().optional().describe('The total you saw; another one now is refused with price_changed'),
        reason,
      }),
    ),
  },
  responses: { 200: json(wholeOrder, 'The order'), ...problems },
})

/** Surveys of single backers. To many at once: mailings.ts. */
export function surveyRoutes(deps: Deps) {
  return newRoutes()
    .openapi(preview, async (c) => {
      const { level_id = null, country = null } = c.req.valid('query')
      return c.json(await previewSurvey(deps.db, actorOf(c), { ...c.req.valid('param'), level_id, country }), 200)
    })
    .openapi(read, async (c) => {
      const seen = await inTransaction(deps, (tx) => viewSurvey(tx, actorOf(c), c.req.valid('param')))
      const { backer, order, draft, data, composition } = seen
      return c.json(
        {
          survey: backer.survey,
          data,
          draft: draft && { state: draft.state, updated_at: draft.updated_at },
          order: order && { id: order.id, number: order.number, status: order.status, version: order.version },
          lines: composition.quote.lines,
          total: composition.quote.total,
          problems: composition.problems,
        },
        200,
      )
    })
    .openapi(save, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await commit(c, deps, (tx) => saveDraft(tx, actorOf(c), input)), 200)
    })
    .openapi(confirm, async (c) => {
      const { campaign_id, backer_id } = c.req.valid('param')
      const answer = await commit(c, deps, async (tx) => {
        const { order_id } = await confirmSurvey(tx, actorOf(c), { campaign_id, backer_id, ...c.req.valid('json') })
        return await findOrder(tx.db, { campaign_id }, order_id, tx.now)
      })
      return c.json(answer, 200)
    })
}
