import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findNotice, listNotices } from '../domain/orders/notice-queries.ts'
import { moveNotice, withdrawNotice } from '../domain/orders/notices.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { notice } from './notice-schema.ts'
import { campaignParams, id, json, jsonBody, pageOf, pageQuery, problems } from './openapi.ts'

const tags = ['Notices']
const noticeParams = campaignParams.extend({ notice_id: id })

const list = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/notices',
  operationId: 'listNotices',
  summary: 'Notices of a lock or of final addresses, newest first',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({ state: z.enum(['scheduled', 'done', 'withdrawn']).optional(), ...pageQuery }),
  },
  responses: { 200: json(pageOf(notice), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/notices/{notice_id}',
  operationId: 'findNotice',
  summary: 'One notice',
  tags,
  request: { params: noticeParams },
  responses: { 200: json(notice, 'The notice'), ...problems },
})
const move = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/notices/{notice_id}/move',
  operationId: 'moveNotice',
  summary: 'Move a notice to another time; its backers are told',
  tags,
  request: { params: noticeParams, body: jsonBody(z.strictObject({ due_at: z.iso.datetime({ offset: true }) })) },
  responses: { 200: json(notice, 'The notice'), ...problems },
})
const withdraw = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/notices/{notice_id}/withdraw',
  operationId: 'withdrawNotice',
  summary: 'Withdraw a notice: its orders stay as they are, and their backers are told',
  tags,
  request: { params: noticeParams },
  responses: { 200: json(notice, 'The notice'), ...problems },
})

/** Locks and final addresses that the clock will carry out. They are scheduled by a transition with notice_hours. */
export function noticeRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listNotices(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, notice_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findNotice(db, campaign_id, notice_id), 200)
    })
    .openapi(move, async (c) => {
      const key = c.req.valid('param')
      const due_at = new Date(c.req.valid('json').due_at)
      const moved = await commit(c, deps, async (tx) => {
        await moveNotice(tx, actorOf(c), { ...key, due_at })
        return await findNotice(tx.db, key.campaign_id, key.notice_id)
      })
      return c.json(moved, 200)
    })
    .openapi(withdraw, async (c) => {
      const key = c.req.valid('param')
      const withdrawn = await commit(c, deps, async (tx) => {
        await withdrawNotice(tx, actorOf(c), key)
        return await findNotice(tx.db, key.campaign_id, key.notice_id)
      })
      return c.json(withdrawn, 200)
    })
}
