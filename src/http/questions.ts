import { createRoute, z } from '@hono/zod-openapi'
import type { Row } from '../db/types.ts'
import type { Deps } from '../deps.server.ts'
import { loadCatalog } from '../domain/catalog/load-catalog.ts'
import { deleteQuestion, saveQuestion } from '../domain/catalog/save-question.ts'
import { questionInputSchema } from '../domain/catalog/schema.ts'
import { notFound } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, problems } from './openapi.ts'

const tags = ['Questions']
const params = campaignParams.extend({ question_id: id })

const question = z
  .object({
    id,
    level_id: id.nullable().describe('null: asked of every backer'),
    prompt: z.string(),
    help: z.string(),
    kind: z.enum(['text', 'choice']),
    choices: z.array(z.string()),
    required: z.boolean(),
    position: z.int(),
  })
  .openapi('Question')

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/questions',
  operationId: 'listQuestions',
  summary: "Questions of the survey, in the creator's order",
  tags,
  request: { params: campaignParams },
  responses: { 200: json(z.object({ data: z.array(question), next_cursor: z.null() }), 'All of them'), ...problems },
})
const create = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/questions',
  operationId: 'createQuestion',
  summary: 'Make a question',
  tags,
  request: { params: campaignParams, body: jsonBody(questionInputSchema) },
  responses: { 201: json(question, 'As it was made'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/questions/{question_id}',
  operationId: 'findQuestion',
  summary: 'One question',
  tags,
  request: { params },
  responses: { 200: json(question, 'As it is'), ...problems },
})
const change = createRoute({
  method: 'put',
  path: '/campaigns/{campaign_id}/questions/{question_id}',
  operationId: 'changeQuestion',
  summary: 'Change a question as a whole',
  tags,
  request: { params, body: jsonBody(questionInputSchema) },
  responses: { 200: json(question, 'As it is now'), ...problems },
})
const remove = createRoute({
  method: 'delete',
  path: '/campaigns/{campaign_id}/questions/{question_id}',
  operationId: 'deleteQuestion',
  summary: 'Take a question away; refused once an order answers it',
  tags,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems },
})

function viewOf({ campaign_id: _campaign, created_at: _at, ...row }: Row<'questions'>): z.infer<typeof question> {
  return row
}

/** Questions of the survey. */
export function questionRoutes(deps: Deps) {
  const findAll = async (c: Parameters<typeof actorOf>[0], campaign_id: string) => {
    await ownCampaign(deps.db, actorOf(c), campaign_id)
    return (await loadCatalog(deps.db, campaign_id)).questions.map(viewOf)
  }
  return newRoutes()
    .openapi(list, async (c) => c.json({ data: await findAll(c, c.req.valid('param').campaign_id), next_cursor: null }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveQuestion(tx, actorOf(c), input)), { status: 201 }), 201)
    })
    .openapi(read, async (c) => {
      const { campaign_id, question_id } = c.req.valid('param')
      const found = (await findAll(c, campaign_id)).find((each) => each.id === question_id.toLowerCase())
      if (!found) throw notFound('question')
      return c.json(found, 200)
    })
    .openapi(change, async (c) => {
      const { campaign_id, question_id } = c.req.valid('param')
      const input = { ...c.req.valid('json'), campaign_id, id: question_id.toLowerCase() }
      return c.json(await commit(c, deps, async (tx) => viewOf(await saveQuestion(tx, actorOf(c), input))), 200)
    })
    .openapi(remove, async (c) => {
      const { campaign_id, question_id } = c.req.valid('param')
      await commit(c, deps, (tx) => deleteQuestion(tx, actorOf(c), { campaign_id, id: question_id.toLowerCase() }))
      return c.body(null, 204)
    })
}
