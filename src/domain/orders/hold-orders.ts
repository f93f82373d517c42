import { type RawBuilder, sql } from 'kysely'
import { type LeftOut, type MoveResult, toResult } from '../operations/result.ts'
import type { OperationKey } from '../operations/run-state.ts'
import { type StepAnswer, startStep } from '../operations/start-step.ts'
import { beginOperation, finishOperation } from '../operations/write-operation.ts'
import type { Actor } from '../shared/actor.ts'
import { saveReason } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { isSet, type Selection, selectionCondition } from './selection.ts'

export interface HoldInput {
  campaign_id: string
  selection: Selection
  reason: string
}

/** The two, as operations are named. */
const HOLD_KINDS = ['hold', 'release'] as const
type HoldKind = (typeof HOLD_KINDS)[number]

/**
 * Puts orders on hold: one statement, one event each. A hold stops lock, charge, finalize and ship; nothing else. Canceled and shipped
 * orders, and those that are on hold already, are left as they are. Over 1,000 orders it is queued as an operation. Refuses an empty
 * reason (`reason_missing`).
 */
export async function holdOrders(tx: Tx, actor: Actor, input: HoldInput): Promise<StepAnswer> {
  requireReason(input.reason)
  return await startHold(tx, actor, 'hold', input)
}

/** Releases orders from hold, as `holdOrders` puts them there. */
export async function releaseOrders(tx: Tx, actor: Actor, input: HoldInput): Promise<StepAnswer> {
  return await startHold(tx, actor, 'release', input)
}

/** Whether an operation of this kind is a hold or a release. */
export function isHold(kind: string): kind is HoldKind {
  return (HOLD_KINDS as readonly string[]).includes(kind)
}

/** Counts what a hold (or a release) over a selection would change now: the move's own condition. Changes nothing. */
export async function previewHold(
  db: Db,
  actor: Actor,
  input: Pick<HoldInput, 'campaign_id' | 'selection'> & { hold: boolean },
): Promise<{ total: number; moved: number }> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const { rows } = await sql<{ total: number; moved: number }>`select count(*)::int as total,
      count(*) filter (where ${canBeSet(input.hold)} and not ${isUndecided(input.hold)})::int as moved
    from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${input.campaign_id} and ${selectionCondition(input.selection)}`.execute(db)
  return rows[0] ?? { total: 0, moved: 0 }
}

/** The orders that a hold (or a release) changes. */
function canBeSet(hold: boolean): RawBuilder<boolean> {
  return sql`(o.status not in ('canceled', 'shipped') and (o.held_at is null) = ${hold})`
}

/** Where the gateway and the books differ, staff decide before the hold ends: releasing it would charge and ship meanwhile. */
function isUndecided(hold: boolean): RawBuilder<boolean> {
  return sql`(not ${hold} and exists (select 1 from discrepancies d
    where d.campaign_id = o.campaign_id and d.order_id = o.id and d.state = 'open'))`
}

async function startHold(tx: Tx, actor: Actor, kind: HoldKind, input: HoldInput): Promise<StepAnswer> {
  const { campaign_id, selection } = input
  const { moved: total } = await previewHold(tx.db, actor, { campaign_id, selection, hold: kind === 'hold' })
  const reason_id = await saveReason(tx, campaign_id, input.reason)
  const operation = { campaign_id, kind, input: { selection, reason_id }, total }
  return await startStep(tx, actor, operation, (key) => carryOutHold(tx, actor, key))
}

/** Does the work of a hold or a release, in the caller's transaction. One that is over is not done twice. */
export async function carryOutHold(tx: Tx, actor: Actor, key: OperationKey): Promise<MoveResult> {
  const { operation, result: before } = await beginOperation(tx, key)
  if (before) return before
  const hold = operation.kind === 'hold'
  const { selection, reason_id } = operation.input as { selection: Selection; reason_id: string | null }
  const now = tx.now
  const set = hold ? sql`hold_reason = 'staff', held_at = ${now}::timestamptz` : sql`hold_reason = null, held_at = null`
  if (isSet(selection)) await planForSets(tx.db)
  const { rows } = await sql<LeftOut>`with picked as (
      select o.id, o.version, case when ${isUndecided(hold)} then 'discrepancy' end as code from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      where o.campaign_id = ${key.campaign_id} and ${selectionCondition(selection)} and ${canBeSet(hold)}
    ), moved as (
      update orders o set version = o.version + 1, updated_at = ${now}, ${set}
      from picked p where o.campaign_id = ${key.campaign_id} and o.id = p.id and o.version = p.version and p.code is null
      returning o.id, o.backer_id, o.version, o.status
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id,
        reason_id, operation_id, at)
      select ${key.campaign_id}::uuid, ${hold ? 'held' : 'released'}::text, m.backer_id, m.id, m.version, m.status, m.status,
        ${actor.kind}::text, ${actor.id}::text, ${reason_id}::uuid, ${key.operation_id}::uuid, ${now}::timestamptz from moved m
    ), outcome as (
      select p.id, coalesce(p.code, case when m.id is null then 'changed_meanwhile' else 'moved' end) as code from picked p left join moved m on m.id = p.id
    ) select u.code, count(*)::int as count, (array_agg(u.id) filter (where u.code <> 'moved'))[1:5] as sample_ids
      from outcome u group by 1`.execute(tx.db)
  const result = toResult(rows)
  await finishOperation(tx, key, result)
  return result
}
