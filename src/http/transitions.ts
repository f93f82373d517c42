import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import type { StepAnswer } from '../domain/operations/start-step.ts'
import { holdOrders, releaseOrders } from '../domain/orders/hold-orders.ts'
import { REFUND_DECISIONS, STAFF_TRANSITIONS } from '../domain/orders/lifecycle.ts'
import { findNotice } from '../domain/orders/notice-queries.ts'
import type { NoticeKind } from '../domain/orders/notice-steps.ts'
import { scheduleNotice } from '../domain/orders/notices.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { previewTransition, transitionOrders } from '../domain/orders/transition-orders.ts'
import { invalid } from '../domain/shared/errors.ts'
import { setLimits, type Tx } from '../domain/shared/tx.ts'
import { actorOf, newRoutes, type StaffActor } from './context.ts'
import { commit } from './idempotency.ts'
import { notice } from './notice-schema.ts'
import { campaignParams, id, json, jsonBody, money, problems } from './openapi.ts'
import { leftOut } from './order-schemas.ts'
import { trackingInput } from './shipments.ts'

const tags = ['Transitions']
const selection = selectionSchema.describe('Order ids, or a filter: those of them that this transition is about')
const reason = z.string().trim().max(1_000).optional().describe("Staff's words; cancel and hold ask for them")

const request = z.strictObject({
  name: z.enum(STAFF_TRANSITIONS),
  selection,
  dry_run: z.boolean().default(false).describe('Count what would move, and move nothing'),
  reason,
  notice_hours: z
    .number()
    .positive()
    .optional()
    .describe('Lock and finalize_address only: tell the backers, and do it when the hours are over'),
  refund_decision: z
    .enum(REFUND_DECISIONS)
    .optional()
    .describe(
      'Cancel only, for all of the selection: money taken here goes back to the cards, or is kept under the reason. Asked for where some was taken (refund_decision_missing)',
    ),
  tracking: trackingInput.optional().describe('Ship only, of one order: what is known of its parcel'),
})
type TransitionRequest = z.infer<typeof request> & { campaign_id: string }

const answer = z
  .object({
    state: z
      .enum(['preview', 'done', 'queued', 'scheduled'])
      .describe('queued, over 1,000 orders: read the operation until it is done'),
    total: z.int().describe('How many orders the selection holds'),
    moved: z.int(),
    left: z.array(leftOut).describe('Who was left out, by reason'),
    operation: id.nullable(),
    warnings: z
      .array(z.string())
      .describe('With a dry run: before_lockdown_date, no_lockdown_date of lock; change_requests_open of ship'),
    notice: notice.nullable(),
    taken: z
      .object({ orders: z.int(), amount: money })
      .nullable()
      .describe('With a dry run of cancel: orders with money taken here that is not given back, and how much'),
  })
  .openapi('TransitionAnswer')
const held = z
  .object({
    state: z.enum(['done', 'queued']).describe('queued, over 1,000 orders: read the operation until it is done'),
    total: z.int().describe('How many it is about'),
    moved: z.int(),
    operation: id,
  })
  .openapi('HoldAnswer')

const transition = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/transitions',
  operationId: 'transitionOrders',
  summary: 'Move orders: lock, finalize, ship and their ways back; with notice; or count what would move',
  tags,
  request: { params: campaignParams, body: jsonBody(request) },
  responses: { 200: json(answer, 'What moved, and who was left out'), ...problems },
})
const hold = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/holds',
  operationId: 'holdOrders',
  summary: 'Put orders on hold',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(z.strictObject({ selection: selectionSchema, reason: z.string().trim().min(1).max(1_000) })),
  },
  responses: { 200: json(held, 'How many are on hold now that were not'), ...problems },
})
const release = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/releases',
  operationId: 'releaseOrders',
  summary: 'Release orders from hold',
  tags,
  request: { params: campaignParams, body: jsonBody(z.strictObject({ selection: selectionSchema, reason })) },
  responses: { 200: json(held, 'How many were released'), ...problems },
})

/** What moves orders: always over a selection, and one order is a selection of one. */
export function transitionRoutes(deps: Deps) {
  return newRoutes()
    .openapi(transition, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      refuseNoticeOf(input)
      refuseDecisionOf(input)
      if (input.dry_run) return c.json(await preview(deps, actorOf(c), input), 200)
      return c.json(await commit(c, deps, (tx) => carryOut(tx, actorOf(c), input), setLimits), 200)
    })
    .openapi(hold, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await commit(c, deps, async (tx) => heldOf(await holdOrders(tx, actorOf(c), input))), 200)
    })
    .openapi(release, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      const reason = input.reason ?? ''
      return c.json(await commit(c, deps, async (tx) => heldOf(await releaseOrders(tx, actorOf(c), { ...input, reason }))), 200)
    })
}

/** Whoever is left out of a hold is on hold already. */
function heldOf({ state, total, moved, operation }: StepAnswer) {
  return { state, total, moved, operation }
}

/** What the clock can carry out: the kinds of notices. */
function isNoticed(name: TransitionRequest['name']): name is NoticeKind {
  return name === 'lock' || name === 'finalize_address'
}

function refuseNoticeOf({ name, notice_hours }: TransitionRequest): void {
  if (notice_hours === undefined || isNoticed(name)) return
  const message = 'Only a lock and final addresses can be given notice of.'
  throw invalid(message, [{ field: 'notice_hours', code: 'invalid', message }])
}

function refuseDecisionOf({ name, refund_decision }: TransitionRequest): void {
  if (refund_decision === undefined || name === 'cancel') return
  const message = 'Only a cancel decides about the money that was taken.'
  throw invalid(message, [{ field: 'refund_decision', code: 'invalid', message }])
}

async function preview(deps: Deps, actor: StaffActor, input: TransitionRequest) {
  const seen = await previewTransition(deps.db, actor, input, deps.clock.now())
  const warnings = input.notice_hours === undefined ? seen.warnings : []
  return { ...seen, state: 'preview' as const, operation: null, warnings, notice: null }
}

async function carryOut(tx: Tx, actor: StaffActor, input: TransitionRequest) {
  const { campaign_id, selection, notice_hours, name } = input
  if (notice_hours === undefined || !isNoticed(name))
    return { ...(await transitionOrders(tx, actor, input)), warnings: [], notice: null, taken: null }
  const given = await scheduleNotice(tx, actor, { campaign_id, kind: name, selection, hours: notice_hours })
  const { total, operation } = given
  const nothing = { moved: 0, left: [], warnings: [], taken: null }
  if (given.state === 'queued') return { ...nothing, state: given.state, total, operation, notice: null }
  const notice = await findNotice(tx.db, campaign_id, given.id)
  return { ...nothing, state: 'scheduled' as const, total, operation, notice }
}
