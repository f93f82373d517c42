import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { chargeOne } from '../domain/payments/charge-one.ts'
import { findChargeRun, listChargeRuns, listRunOrders } from '../domain/payments/charge-run-queries.ts'
import {
  pauseChargeRun,
  previewChargeRun,
  resumeChargeRun,
  startChargeRun,
  stopChargeRun,
} from '../domain/payments/charge-runs.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { setLimits, type Tx } from '../domain/shared/tx.ts'
import { listedRun, runOrder, runOrderState, runParams, runPreview, wholeRun } from './charge-schemas.ts'
import { type ApiContext, actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, json, jsonBody, pageOf, pageQuery, problems } from './openapi.ts'
import { orderParams } from './orders.ts'

const tags = ['Charges']
const runs = '/campaigns/{campaign_id}/charge-runs'

const request = z.strictObject({
  selection: selectionSchema
    .default({ filter: {} })
    .describe('Order ids, or a filter: those of them that can be charged. Left out: every locked order'),
  retry_errored: z.boolean().default(false).describe('Try failed cards again: errored orders too'),
  dry_run: z.boolean().default(false).describe('Count what would be charged, and charge nothing'),
  expected: z
    .strictObject({ orders: z.int().min(0), amount: z.int().min(0) })
    .optional()
    .describe('What was looked at (`charge` of a dry run): refused with preview_changed when it is not so any more'),
})

const start = createRoute({
  method: 'post',
  path: runs,
  operationId: 'startChargeRun',
  summary: 'Charge the cards of orders: start a run, or count what it would charge',
  description:
    'The run goes on by itself, also after a restart. One run at a time: a second start is refused with charge_run_under_way and its id.',
  tags,
  request: { params: campaignParams, body: jsonBody(request) },
  responses: {
    200: json(runPreview.extend({ run: wholeRun.nullable().describe('Null with a dry run') }), 'What is charged, and who is not'),
    ...problems,
  },
})
const list = createRoute({
  method: 'get',
  path: runs,
  operationId: 'listChargeRuns',
  summary: 'Charge runs, newest first',
  tags,
  request: { params: campaignParams, query: z.strictObject(pageQuery) },
  responses: { 200: json(pageOf(listedRun), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: `${runs}/{run_id}`,
  operationId: 'findChargeRun',
  summary:
    'One charge run: how far it is, why cards failed, who was left out. Its orders: also the list of orders with operation=…',
  tags,
  request: { params: runParams },
  responses: { 200: json(wholeRun, 'The run'), ...problems },
})
const act = <V extends 'pause' | 'resume' | 'stop'>(verb: V, summary: string) =>
  createRoute({
    method: 'post',
    path: `${runs}/{run_id}/${verb}` as const,
    operationId: `${verb}ChargeRun`,
    summary,
    tags,
    request: { params: runParams },
    responses: { 200: json(wholeRun, 'The run as it is now'), ...problems },
  })
const pause = act('pause', 'Pause a run: what is under way gets its answer, no further card is charged')
const resume = act('resume', 'Let a paused run go on')
const stop = act('stop', 'Stop a run for good: what was not charged stays as it is')
const orders = createRoute({
  method: 'get',
  path: `${runs}/{run_id}/orders`,
  operationId: 'listChargeRunOrders',
  summary: 'The orders of a run by number, with what became of each',
  tags,
  request: {
    params: runParams,
    query: z.strictObject({
      state: runOrderState.optional(),
      code: z.string().max(100).optional().describe('Why it failed or was left out'),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(runOrder), 'One page'), ...problems },
})
const retry = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/orders/{order_id}/retry',
  operationId: 'chargeOrder',
  summary: 'Charge one order, or try its failed card again: a run over this order alone',
  tags,
  request: { params: orderParams },
  responses: { 200: json(wholeRun, 'The run'), ...problems },
})

/** Charging cards: always over a selection, and one order is a selection of one. */
export function chargeRunRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(start, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), pace: deps.config.chargesPerSecond }
      if (input.dry_run) {
        return c.json({ ...(await previewChargeRun(db, actorOf(c), input, deps.clock.now())), run: null }, 200)
      }
      const answer = await commit(
        c,
        deps,
        async (tx) => {
          const { id, preview } = await startChargeRun(tx, actorOf(c), input)
          return { ...preview, run: await findChargeRun(tx.db, input.campaign_id, id, tx.now) }
        },
        setLimits,
      )
      return c.json(answer, 200)
    })
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await listChargeRuns(db, campaign_id, c.req.valid('query')), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, run_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findChargeRun(db, campaign_id, run_id, deps.clock.now()), 200)
    })
    .openapi(orders, async (c) => {
      const { state, ...page } = c.req.valid('query')
      const key = c.req.valid('param')
      await ownCampaign(db, actorOf(c), key.campaign_id)
      await findChargeRun(db, key.campaign_id, key.run_id, deps.clock.now())
      return c.json(await listRunOrders(db, key, { ...page, states: state && [state] }), 200)
    })
    .openapi(pause, async (c) => c.json(await change(c, deps, c.req.valid('param'), pauseChargeRun), 200))
    .openapi(resume, async (c) => c.json(await change(c, deps, c.req.valid('param'), resumeChargeRun), 200))
    .openapi(stop, async (c) => c.json(await change(c, deps, c.req.valid('param'), stopChargeRun), 200))
    .openapi(retry, async (c) => {
      const key = c.req.valid('param')
      const run = await commit(c, deps, async (tx) => {
        const { id } = await chargeOne(tx, actorOf(c), key)
        return await findChargeRun(tx.db, key.campaign_id, id, tx.now)
      })
      return c.json(run, 200)
    })
}

type RunKey = { campaign_id: string; run_id: string }

async function change(c: ApiContext, deps: Deps, key: RunKey, command: typeof pauseChargeRun) {
  return await commit(
    c,
    deps,
    async (tx: Tx) => {
      await command(tx, actorOf(c), key)
      return await findChargeRun(tx.db, key.campaign_id, key.run_id, tx.now)
    },
    setLimits,
  )
}
