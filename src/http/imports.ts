import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { applyImport, applyLimits, discardImport } from '../domain/imports/apply-import.ts'
import { exportImportProblems } from '../domain/imports/export-problems.ts'
import { findImport, type ImportRowPage, listImportRows, listImports } from '../domain/imports/find-imports.ts'
import { stageImport } from '../domain/imports/stage-import.ts'
import { readCursor, writeCursor } from '../domain/shared/page.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import type { Tx } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { csvFile } from './csv-file.ts'
import { commit } from './idempotency.ts'
import { importRow, importView } from './import-schemas.ts'
import { campaignParams, id, json, pageOf, pageQuery, problems } from './openapi.ts'
import { RAW_TYPES, readUpload } from './upload.ts'

const tags = ['Imports']
const path = '/campaigns/{campaign_id}/imports'
const importParams = campaignParams.extend({ import_id: id })

const file = { schema: { type: 'string' as const, format: 'binary' } }
const uploadBody = {
  required: true,
  description: 'The report: a CSV, or the zip by reward',
  content: {
    'multipart/form-data': { schema: { type: 'object' as const, required: ['file'], properties: { file: file.schema } } },
    ...Object.fromEntries(RAW_TYPES.map((type) => [type, file])),
  },
}

const upload = createRoute({
  method: 'post',
  path,
  operationId: 'uploadImport',
  summary: 'Upload a report; nothing changes before it is applied. A large one is read on: read it again until it is previewed',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({ file_name: z.string().max(500).optional().describe('The name, where the body is the file itself') }),
    body: uploadBody,
  },
  responses: { 201: json(importView, 'The preview, or the fault of the file'), ...problems },
})
const list = createRoute({
  method: 'get',
  path,
  operationId: 'listImports',
  summary: 'Imports, newest first',
  tags,
  request: { params: campaignParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(importView), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: `${path}/{import_id}`,
  operationId: 'findImport',
  summary: 'One import: its preview, or its result',
  tags,
  request: { params: importParams },
  responses: { 200: json(importView, 'The import'), ...problems },
})
const rows = createRoute({
  method: 'get',
  path: `${path}/{import_id}/rows`,
  operationId: 'listImportRows',
  summary: 'Rows of one kind, in the order of the file',
  tags,
  request: {
    params: importParams,
    query: z.strictObject({
      show: z
        .enum(['reported', 'problem', 'twice', 'new', 'changed', 'unchanged'])
        .default('reported')
        .describe('reported: all that are kept out or only listed'),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(importRow), 'One page'), ...problems },
})
const problemList = createRoute({
  method: 'get',
  path: `${path}/{import_id}/problems`,
  operationId: 'listImportProblems',
  summary: 'Rows that are kept out or only listed, each with file, line, column and the fix',
  tags,
  request: { params: importParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(importRow), 'One page'), ...problems },
})
const problemCsv = createRoute({
  method: 'get',
  path: `${path}/{import_id}/problems.csv`,
  operationId: 'downloadImportProblems',
  summary: 'The same rows as a CSV, to be corrected and uploaded again',
  tags,
  request: { params: importParams },
  responses: { 200: { description: 'The file', content: { 'text/csv': file } }, ...problems },
})
const apply = createRoute({
  method: 'post',
  path: `${path}/{import_id}/apply`,
  operationId: 'applyImport',
  summary: 'Apply a preview, as a whole or not at all; applied again it changes nothing',
  tags,
  request: { params: importParams },
  responses: { 200: json(importView, 'The result: imported and reported'), ...problems },
})
const discard = createRoute({
  method: 'post',
  path: `${path}/{import_id}/discard`,
  operationId: 'discardImport',
  summary: 'Throw a preview away',
  tags,
  request: { params: importParams },
  responses: { 200: json(importView, 'The import'), ...problems },
})

/** Reports of the crowdfunding platform: uploaded, looked at, applied. */
export function importRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(upload, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await stageImport(deps, actorOf(c), { campaign_id, ...(await readUpload(c)) }), 201)
    })
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listImports(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      return c.json(await findImport(db, key), 200)
    })
    .openapi(rows, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      const { show, cursor, limit } = c.req.valid('query')
      return c.json(rowPage(await listImportRows(db, key, { show, limit, cursor: lineOf(cursor) })), 200)
    })
    .openapi(problemList, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      const { cursor, limit } = c.req.valid('query')
      return c.json(rowPage(await listImportRows(db, key, { show: 'reported', limit, cursor: lineOf(cursor) })), 200)
    })
    .openapi(problemCsv, async (c) => {
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      return csvFile(await exportImportProblems(db, key))
    })
    .openapi(apply, async (c) => {
      const key = c.req.valid('param')
      const run = async (tx: Tx) => {
        await applyImport(tx, actorOf(c), key)
        return await findImport(tx.db, key)
      }
      const applied = await commit(c, deps, run, applyLimits)
      return c.json(applied, 200)
    })
    .openapi(discard, async (c) => {
      const key = c.req.valid('param')
      const discarded = await commit(c, deps, async (tx) => {
        await discardImport(tx, actorOf(c), key)
        return await findImport(tx.db, key)
      })
      return c.json(discarded, 200)
    })
}

function rowPage({ rows: data, next }: ImportRowPage) {
  return { data, next_cursor: next === null ? null : writeCursor('n', [next]) }
}

function lineOf(cursor: string | undefined): number | undefined {
  const place = readCursor(cursor, 'n', 1)
  return place ? Number(place[0]) || 0 : undefined
}
