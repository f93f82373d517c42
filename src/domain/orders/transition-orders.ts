import { countWaitingRequests } from '../fulfilment/close-requests.ts'
import { tidyTracking } from '../fulfilment/shipments.ts'
import type { Tracking } from '../fulfilment/tracking-number.ts'
import { settleTrackingRows, takeTrackingRows } from '../fulfilment/tracking-rows.ts'
import type { MoveResult } from '../operations/result.ts'
import { type StepAnswer, startStep } from '../operations/start-step.ts'
import { beginOperation, finishOperation } from '../operations/write-operation.ts'
import { refuseWithoutGateway } from '../payments/charging.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { saveReason } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { followTransition } from './follow-transition.ts'
import { type LifecycleActor, type RefundDecision, type StaffTransition, TRANSITIONS } from './lifecycle.ts'
import { countPicked, countTaken, moveOrders, previewMove } from './move-orders.ts'
import type { Selection, TrackedOrders } from './selection.ts'

export interface TransitionInput {
  campaign_id: string
  name: StaffTransition
  selection: Selection
  /** staff's words; cancel asks for them */
  reason?: string | null
  /** ship, of one order: what is known of its parcel */
  tracking?: Tracking | undefined
  /** cancel: what becomes of the money that was taken here; asked for where some was */
  refund_decision?: RefundDecision | undefined
}

/** What an operation of a transition was asked, as its row keeps it. */
export interface AskedTransition {
  selection: Selection | TrackedOrders
  reason_id: string | null
  tracking?: Tracking
  refund_decision?: RefundDecision
}

export interface TransitionPreview extends MoveResult {
  /** things to know before the act: before_lockdown_date, no_lockdown_date, change_requests_open */
  warnings: string[]
  /** cancel: orders of the selection with money taken here that is not given back, and how much; minor units */
  taken: { orders: number; amount: number } | null
}

/** Counts what a transition would do now. Changes nothing. Refuses a campaign that is not the actor's. */
export async function previewTransition(
  db: Db,
  actor: Actor,
  input: Pick<TransitionInput, 'campaign_id' | 'name' | 'selection' | 'refund_decision'>,
  now: Date,
): Promise<TransitionPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  refuseActor(actor, input.name)
  const result = await previewMove(db, { now, actor: actor.kind }, input)
  const warnings = await warningsOf(db, campaign, input, now)
  return { ...result, warnings, taken: input.name === 'cancel' ? await countTaken(db, input) : null }
}

/**
 * Carries out a transition over a selection: one id, a list, or all that match. Guarantees: set-based and whole (nothing is half done);
 * one event per moved order; who was left out is counted by reason code. Over 1,000 orders it is queued as an operation.
 * Refuses: an actor the lifecycle does not name (`not_allowed`), a cancel without a reason (`reason_missing`), or with a refund where no
 * gateway is set up (`charging_not_set_up`). The refunds of a cancel are rows of the same transaction, and leave after it.
 */
export async function transitionOrders(tx: Tx, actor: Actor, input: TransitionInput): Promise<StepAnswer> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  refuseActor(actor, input.name)
  if (input.name === 'cancel') requireReason(input.reason)
  if (input.refund_decision === 'refund') await refuseWithoutGateway(tx.db, campaign)
  const tracking = trackingOf(input)
  const size = await countPicked(tx.db, input)
  const reason_id = await saveReason(tx, input.campaign_id, input.reason)
  const decision = input.name === 'cancel' && input.refund_decision ? { refund_decision: input.refund_decision } : {}
  const asked: AskedTransition = { selection: input.selection, reason_id, ...(tracking ? { tracking } : {}), ...decision }
  return await startTransition(tx, actor, { campaign_id: input.campaign_id, name: input.name, asked, size })
}

/** Starts a transition that the caller has checked. */
export async function startTransition(
  tx: Tx,
  actor: Actor,
  { campaign_id, name, asked, size }: { campaign_id: string; name: StaffTransition; asked: AskedTransition; size: number },
): Promise<StepAnswer> {
  const operation = { campaign_id, kind: name, input: asked, total: size }
  return await startStep(tx, actor, operation, (key) => carryOutTransition(tx, actor, key))
}

/**
 * Does the work of a queued transition, in the caller's transaction; what belongs to it (drafts overtaken, stock given back, parcels,
 * mails) commits with it. An operation that is over is not done twice.
 */
export async function carryOutTransition(
  tx: Tx,
  actor: Actor,
  ids: { campaign_id: string; operation_id: string },
): Promise<MoveResult> {
  const { operation, result: before } = await beginOperation(tx, ids)
  if (before) return before
  const name = operation.kind as StaffTransition
  const { selection, reason_id, tracking, refund_decision } = operation.input as AskedTransition
  const tracking_file = 'tracking_file' in selection ? selection.tracking_file : undefined
  if (tracking_file) await takeTrackingRows(tx, { campaign_id: ids.campaign_id, file_id: tracking_file })
  const moved = await moveOrders(tx, actor, { ...ids, name, selection, reason_id, refund_decision: refund_decision ?? null })
  await followTransition(tx, actor, { ...ids, name, selection, parcels: { tracking, tracking_file } })
  const result = tracking_file ? await settleTrackingRows(tx, { ...ids, file_id: tracking_file }) : moved
  await finishOperation(tx, ids, result)
  return result
}

function refuseActor(actor: Actor, name: StaffTransition): void {
  const actors: readonly LifecycleActor[] = TRANSITIONS[name].actors
  if ((actors as readonly string[]).includes(actor.kind)) return
  staffOnly(actor)
  throw new DomainError('not_allowed', 'This cannot be done by hand.', { status: 403 })
}

/** What is known of a parcel goes with the shipping of one order; of many, a tracking file says it. */
function trackingOf({ name, selection, tracking }: TransitionInput): Tracking | null {
  if (!tracking || Object.values(tracking).every((text) => text.trim() === '')) return null
  if (name === 'ship' && 'ids' in selection && selection.ids.length === 1) return tidyTracking(tracking)
  const message = 'A tracking number belongs to the shipping of one order. For many, upload a tracking file.'
  throw invalid(message, [{ field: 'tracking', code: 'invalid', message }])
}

async function warningsOf(
  db: Db,
  campaign: Parameters<typeof lockWarnings>[1],
  { name, selection }: Pick<TransitionInput, 'name' | 'selection'>,
  now: Date,
): Promise<string[]> {
  if (name === 'lock') return await lockWarnings(db, campaign, now)
  if (name !== 'ship') return []
  return (await countWaitingRequests(db, campaign.id, selection)) > 0 ? ['change_requests_open'] : []
}

/** Locking without notice before the shown date, or when none was ever shown, warns until orders were locked once. */
async function lockWarnings(
  db: Db,
  campaign: { id: string; lockdown_on: string | null; lockdown_shown: boolean; time_zone: string },
  now: Date,
) {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: campaign.time_zone }).format(now)
  const early = campaign.lockdown_on !== null && campaign.lockdown_shown && today < campaign.lockdown_on
  const warnings = early ? ['before_lockdown_date'] : campaign.lockdown_shown ? [] : ['no_lockdown_date']
  if (warnings.length === 0) return warnings
  const locked = await db
    .selectFrom('operations')
    .select('id')
    .where('campaign_id', '=', campaign.id)
    .where('kind', '=', 'lock')
    .where('moved', '>', 0)
    .limit(1)
    .executeTakeFirst()
  return locked ? [] : warnings
}
