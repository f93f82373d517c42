import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { contactSchema, correctContact } from '../domain/backers/correct-contact.ts'
import { decidePledge, PLEDGE_DECISIONS } from '../domain/backers/decide-pledge.ts'
import { filterSchema } from '../domain/backers/filter.ts'
import { showLink, showLinks } from '../domain/backers/links.ts'
import { BACKER_SORTS, countBackers, countSurveys, findBacker, listBackers } from '../domain/backers/queries.ts'
import { noteSchema, saveNote } from '../domain/backers/save-note.ts'
import { withdrawPledge } from '../domain/backers/withdraw-pledge.ts'
import { SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { inTransaction, type Tx } from '../domain/shared/tx.ts'
import { backer, backerParams, givenReason, wholeBacker } from './backer-schemas.ts'
import { type ApiContext, actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, json, jsonBody, pageOf, pageQuery, problems } from './openapi.ts'

const tags = ['Backers']
const one = '/campaigns/{campaign_id}/backers/{backer_id}'
const answers = { 200: json(wholeBacker, 'The backer as it is now'), ...problems }

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/backers',
  operationId: 'listBackers',
  summary: 'Backers by cursor, filtered and sorted',
  tags,
  request: {
    params: campaignParams,
    query: filterSchema.extend({
      sort: z.enum(BACKER_SORTS).default('number').describe('A minus sorts down'),
      include: z.literal('link').optional().describe('Adds each secret link; an event of each backer says that you saw it'),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(backer), 'One page'), ...problems },
})
const count = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/backers/count',
  operationId: 'countBackers',
  summary: 'How many backers a filter matches, and how many of the campaign are in each survey state',
  tags,
  request: { params: campaignParams, query: filterSchema },
  responses: {
    200: json(z.object({ backers: z.int(), surveys: z.record(z.enum(SURVEY_STATES), z.int()) }), 'The counts'),
    ...problems,
  },
})
const read = createRoute({
  method: 'get',
  path: one,
  operationId: 'findBacker',
  summary: 'One backer with the secret link; an event says that you saw it',
  tags,
  request: { params: backerParams },
  responses: { 200: json(wholeBacker, 'The backer'), ...problems },
})
const correct = createRoute({
  method: 'patch',
  path: one,
  operationId: 'correctBacker',
  summary: 'Correct name or mail; a later report never overwrites them',
  tags,
  request: { params: backerParams, body: jsonBody(contactSchema) },
  responses: answers,
})
const note = createRoute({
  method: 'put',
  path: `${one}/note`,
  operationId: 'saveBackerNote',
  summary: 'Save the note about a backer, whole',
  tags,
  request: { params: backerParams, body: jsonBody(noteSchema) },
  responses: answers,
})
const withdraw = createRoute({
  method: 'post',
  path: `${one}/withdraw`,
  operationId: 'withdrawPledge',
  summary: 'Withdraw a pledge that has no order yet',
  tags,
  request: { params: backerParams, body: jsonBody(z.strictObject({ reason: givenReason })) },
  responses: answers,
})
const decide = createRoute({
  method: 'post',
  path: `${one}/decide`,
  operationId: 'decidePledge',
  summary: 'Decide about a pledge that waits for the platform: collected, or dropped',
  tags,
  request: {
    params: backerParams,
    body: jsonBody(z.strictObject({ decision: z.enum(PLEDGE_DECISIONS), reason: givenReason })),
  },
  responses: answers,
})

/** Backers to read and to help. Their link: links.ts; their survey: surveys.ts. */
export function backerRoutes(deps: Deps) {
  const { db } = deps
  const maker = { key: deps.linkSecret, public_url: deps.config.publicUrl }
  /** Carries out a command on one backer and answers how it is now. */
  const change = (c: ApiContext, key: { campaign_id: string; backer_id: string }, run: (tx: Tx) => Promise<unknown>) =>
    commit(c, deps, async (tx) => {
      await run(tx)
      return await findBacker(tx.db, { actor: actorOf(c), campaign_id: key.campaign_id }, key.backer_id)
    })
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const { sort, cursor, limit, include, ...filter } = c.req.valid('query')
      const page = await listBackers(db, campaign_id, { filter, sort, cursor, limit })
      if (!include) return c.json(page, 200)
      const backer_ids = page.data.map(({ id }) => id)
      const links = await inTransaction(deps, (tx) => showLinks(tx, actorOf(c), { campaign_id, backer_ids, maker }))
      return c.json({ ...page, data: page.data.map((row) => ({ ...row, link: links.get(row.id) })) }, 200)
    })
    .openapi(count, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const backers = await countBackers(db, campaign_id, c.req.valid('query'))
      return c.json({ backers, surveys: await countSurveys(db, campaign_id) }, 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, backer_id } = c.req.valid('param')
      const whole = await findBacker(db, { actor: actorOf(c), campaign_id }, backer_id)
      const link = await inTransaction(deps, (tx) => showLink(tx, actorOf(c), { campaign_id, backer_id, maker }))
      return c.json({ ...whole, link }, 200)
    })
    .openapi(correct, async (c) => {
      const key = c.req.valid('param')
      return c.json(await change(c, key, (tx) => correctContact(tx, actorOf(c), { ...key, ...c.req.valid('json') })), 200)
    })
    .openapi(note, async (c) => {
      const key = c.req.valid('param')
      return c.json(await change(c, key, (tx) => saveNote(tx, actorOf(c), { ...key, ...c.req.valid('json') })), 200)
    })
    .openapi(withdraw, async (c) => {
      const key = c.req.valid('param')
      return c.json(await change(c, key, (tx) => withdrawPledge(tx, actorOf(c), { ...key, ...c.req.valid('json') })), 200)
    })
    .openapi(decide, async (c) => {
      const key = c.req.valid('param')
      return c.json(await change(c, key, (tx) => decidePledge(tx, actorOf(c), { ...key, ...c.req.valid('json') })), 200)
    })
}
