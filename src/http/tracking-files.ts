import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { applyTracking, discardTracking } from '../domain/fulfilment/apply-tracking.ts'
import { stageTracking } from '../domain/fulfilment/tracking-files.ts'
import {
  exportTrackingProblems,
  findTrackingFile,
  listTrackingFiles,
  listTrackingRows,
  trackingTemplate,
} from '../domain/fulfilment/tracking-queries.ts'
import { ROW_PROBLEMS } from '../domain/fulfilment/tracking-rows.ts'
import { ORDER_STATUSES } from '../domain/orders/lifecycle.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { setLimits } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { csvFile } from './csv-file.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, pageOf, pageQuery, problems, time } from './openapi.ts'
import { RAW_TYPES, readUpload } from './upload.ts'

const tags = ['Tracking']
const path = '/campaigns/{campaign_id}/tracking-files'
const fileParams = campaignParams.extend({ file_id: id })
const file = { schema: { type: 'string' as const, format: 'binary' } }

const listed = z
  .object({
    id,
    file_name: z.string(),
    state: z
      .enum(['previewed', 'refused', 'applying', 'applied', 'discarded'])
      .describe('applying: the worker carries it out; read it again until it is applied'),
    fault: z
      .object({
        code: z.string(),
        line: z.int().nullable(),
        column: z.string().nullable(),
        message: z.string(),
        fix: z.string().describe('The way out'),
      })
      .nullable()
      .describe('Why the file was refused as a whole; nothing of it was taken'),
    rows_total: z.int(),
    operation_id: id.nullable().describe('The step that shipped its orders'),
    created_by: z.object({ name: z.string().nullable() }),
    created_at: time,
    applied_at: time.nullable(),
  })
  .openapi('TrackingFileRow')
const shown = listed
  .extend({
    ships: z.int().describe('Rows that would ship now, or that did'),
    reported: z.int().describe('Rows that ship nothing: with ships all rows of the file'),
    problems: z.array(z.object({ code: z.enum(ROW_PROBLEMS), count: z.int() })).describe('The reported rows by reason'),
  })
  .openapi('TrackingFile')
const row = z
  .object({
    n: z.int(),
    line: z.int().describe('Where it begins in the file'),
    order_text: z.string().describe('The order number as the file has it'),
    order: z.object({ id, number: z.int(), status: z.enum(ORDER_STATUSES) }).nullable(),
    carrier: z.string(),
    tracking_number: z.string(),
    tracking_url: z.string(),
    tracking_link: z.string().nullable(),
    problem: z.enum(ROW_PROBLEMS).nullable().describe('Why it ships nothing'),
    outcome: z.enum(['shipped', 'reported']).nullable().describe('null before the file is applied'),
  })
  .openapi('TrackingRow')

const upload = createRoute({
  method: 'post',
  path,
  operationId: 'uploadTrackingFile',
  summary: 'Upload tracking numbers by order number, as CSV; nothing ships before it is applied',
  description:
    'Columns by name: order number, tracking number, and if there are such, carrier and tracking URL, under the names that warehouses use. Comma, semicolon or tab; UTF-8, or UTF-16 with its mark.',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({ file_name: z.string().max(500).optional().describe('The name, where the body is the file itself') }),
    body: {
      required: true,
      description: 'The CSV',
      content: {
        'multipart/form-data': { schema: { type: 'object' as const, required: ['file'], properties: { file: file.schema } } },
        ...Object.fromEntries(RAW_TYPES.map((type) => [type, file])),
      },
    },
  },
  responses: { 201: json(shown, 'The preview, or the fault of the file'), ...problems },
})
const list = createRoute({
  method: 'get',
  path,
  operationId: 'listTrackingFiles',
  summary: 'Tracking files, newest first',
  tags,
  request: { params: campaignParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(listed), 'One page'), ...problems },
})
const template = createRoute({
  method: 'get',
  path: `${path}/template.csv`,
  operationId: 'downloadTrackingTemplate',
  summary: 'The head of such a file, to be filled in',
  tags,
  request: { params: campaignParams },
  responses: { 200: { description: 'The file', content: { 'text/csv': file } }, ...problems },
})
const read = createRoute({
  method: 'get',
  path: `${path}/{file_id}`,
  operationId: 'findTrackingFile',
  summary: 'One file: what it would ship as things stand now, or what it did',
  tags,
  request: { params: fileParams },
  responses: { 200: json(shown, 'The file'), ...problems },
})
const rows = createRoute({
  method: 'get',
  path: `${path}/{file_id}/rows`,
  operationId: 'listTrackingRows',
  summary: 'Its rows, in the order of the file',
  tags,
  request: {
    params: fileParams,
    query: z.strictObject({
      show: z
        .enum(['all', 'good', 'reported', ...ROW_PROBLEMS])
        .default('all')
        .describe('reported: rows that ship nothing, or those with one problem'),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(row), 'One page'), ...problems },
})
const problemCsv = createRoute({
  method: 'get',
  path: `${path}/{file_id}/problems.csv`,
  operationId: 'downloadTrackingProblems',
  summary: 'The rows that ship nothing as CSV, to be mended and uploaded again',
  tags,
  request: { params: fileParams },
  responses: { 200: { description: 'The file', content: { 'text/csv': file } }, ...problems },
})
const apply = createRoute({
  method: 'post',
  path: `${path}/{file_id}/apply`,
  operationId: 'applyTrackingFile',
  summary: 'Ship the orders of its good rows; applied again it ships nothing twice. Over 1,000 rows it is queued',
  tags,
  request: { params: fileParams },
  responses: { 200: json(shown, 'The file: ships and reported are all its rows'), ...problems },
})
const discard = createRoute({
  method: 'post',
  path: `${path}/{file_id}/discard`,
  operationId: 'discardTrackingFile',
  summary: 'Throw a preview away',
  tags,
  request: { params: fileParams },
  responses: { 200: json(shown, 'The file'), ...problems },
})

/** Tracking numbers that come back from the warehouse: uploaded, looked at, applied. */
export function trackingFileRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(upload, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await stageTracking(deps, actorOf(c), { campaign_id, ...(await readUpload(c)) }), 201)
    })
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listTrackingFiles(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(template, async (c) => {
      await ownCampaign(db, actorOf(c), c.req.valid('param').campaign_id)
      return csvFile({ file_name: 'tracking.csv', chunks: once(trackingTemplate()) })
    })
    .openapi(read, async (c) => c.json(await findTrackingFile(db, actorOf(c), c.req.valid('param')), 200))
    .openapi(rows, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      return c.json(await listTrackingRows(db, key, c.req.valid('query')), 200)
    })
    .openapi(problemCsv, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      return csvFile(await exportTrackingProblems(db, key))
    })
    .openapi(apply, async (c) => {
      const key = c.req.valid('param')
      const applied = await commit(
        c,
        deps,
        async (tx) => {
          await applyTracking(tx, actorOf(c), key)
          return await findTrackingFile(tx.db, actorOf(c), key)
        },
        setLimits,
      )
      return c.json(applied, 200)
    })
    .openapi(discard, async (c) => {
      const key = c.req.valid('param')
      const discarded = await commit(c, deps, async (tx) => {
        await discardTracking(tx, actorOf(c), key)
        return await findTrackingFile(tx.db, actorOf(c), key)
      })
      return c.json(discarded, 200)
    })
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}
