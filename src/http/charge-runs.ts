import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { chargeOne } from '../domain/payments/charge-one.ts'
import {
  type ChargeRunInput,
  type ChargeRunPreview,
  previewChargeRun,
  writeChargePreview,
} from '../domain/payments/charge-run-preview.ts'
import { findChargeRun, listChargeRuns, listRunOrders } from '../domain/payments/charge-run-queries.ts'
import {
  pauseChargeRun,
  resumeChargeRun,
  startChargeRun,
  startPreviewedRun,
  stopChargeRun,
} from '../domain/payments/charge-runs.ts'
import { DomainError, invalid } from '../domain/shared/errors.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { setLimits, type Tx } from '../domain/shared/tx.ts'
import { listedRun, runOrder, runOrderState, runParams, startAnswer, wholeRun } from './charge-schemas.ts'
import { type ApiContext, actorOf, newRoutes, type StaffActor } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, pageOf, pageQuery, problems } from './openapi.ts'
import { orderParams } from './orders.ts'

const tags = ['Charges']
const runs = '/campaigns/{campaign_id}/charge-runs'

const request = z.strictObject({
  selection: selectionSchema
    .optional()
    .describe('Order ids, or a filter: those of them that can be charged. Left out: every locked order'),
  retry_errored: z.boolean().optional().describe('Try failed cards again: errored orders too'),
  dry_run: z
    .boolean()
    .default(false)
    .describe('Count what would be charged, write it down to be signed off (`preview`), and charge nothing'),
  preview: id
    .optional()
    .describe(
      'What a dry run has written down: started as it is, each order with the amount that was counted. Send nothing else',
    ),
  expected: z
    .strictObject({ orders: z.int().min(0), amount: z.int().min(0) })
    .optional()
    .describe('What was looked at (`charge` of a dry run): refused with preview_changed when it is not so any more'),
})

type StartRequest = z.infer<typeof request> & { campaign_id: string }

const start = createRoute({
  method: 'post',
  path: runs,
  operationId: 'startChargeRun',
  summary: 'Charge the cards of orders: count what a run would charge, start what was counted, or both in one step',
  description:
    'The run goes on by itself, also after a restart. One run at a time: a second start is refused with charge_run_under_way and its id. An order that owes another amount by its turn is left out with changed_since_preview. A preview can be started for a day, until another run has (preview_too_old, preview_overtaken).',
  tags,
  request: { params: campaignParams, body: jsonBody(request) },
  responses: {
    200: json(startAnswer, 'What is charged, and who is not'),
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
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      if (input.preview !== undefined && Object.keys(c.req.valid('json')).length > 2) throw onlyPreview()
      if (input.dry_run) return c.json(await countRun(c, deps, input), 200)
      return c.json(await commit(c, deps, (tx) => startRun(tx, actorOf(c), withDefaults(deps, input)), setLimits), 200)
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

function withDefaults(deps: Deps, input: StartRequest) {
  const { selection = { filter: {} }, retry_errored = false } = input
  return { ...input, selection, retry_errored, pace: deps.config.chargesPerSecond }
}

function onlyPreview(): DomainError {
  const message = 'A preview is started as it is. Send nothing beside it.'
  return invalid(message, [{ field: 'preview', code: 'invalid', message }])
}

/** Codes with which nothing is written down, since nothing could be started: the count alone is the answer. */
const ONLY_COUNTED = new Set(['charging_not_set_up', 'charge_run_under_way', 'nothing_to_do'])

async function countRun(c: ApiContext, deps: Deps, request: StartRequest): Promise<z.infer<typeof startAnswer>> {
  const input: ChargeRunInput = withDefaults(deps, request)
  try {
    const write = async (tx: Tx) => {
      const { run_id: preview, campaign_id: _, ...counted } = await writeChargePreview(tx, actorOf(c), input)
      return { ...counted, preview, run: null }
    }
    return await commit(c, deps, write, setLimits)
  } catch (error) {
    if (!(error instanceof DomainError) || !ONLY_COUNTED.has(error.code)) throw error
    return { ...(await previewChargeRun(deps.db, actorOf(c), input, deps.clock.now())), preview: null, run: null }
  }
}

async function startRun(tx: Tx, actor: StaffActor, input: ReturnType<typeof withDefaults>) {
  const { campaign_id, preview = null } = input
  if (preview === null) {
    const { id, preview: counted } = await startChargeRun(tx, actor, input)
    return { ...counted, preview, run: await findChargeRun(tx.db, campaign_id, id, tx.now) }
  }
  const { counted } = await startPreviewedRun(tx, actor, { campaign_id, run_id: preview })
  return { ...(counted as ChargeRunPreview), preview, run: await findChargeRun(tx.db, campaign_id, preview, tx.now) }
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
