import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { recordOperation } from '../operations/write-operation.ts'
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

/**
 * Puts orders on hold, or releases them: one statement, one event each. A hold stops lock, charge, finalize and ship; nothing else.
 * Canceled and shipped orders, and those that are held (or free) already, are left as they are. Answers how many changed.
 */
export async function holdOrders(tx: Tx, actor: Actor, input: HoldInput): Promise<{ moved: number; operation: string }> {
  requireReason(input.reason)
  return await setHold(tx, actor, input, true)
}

export async function releaseOrders(tx: Tx, actor: Actor, input: HoldInput): Promise<{ moved: number; operation: string }> {
  return await setHold(tx, actor, input, false)
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
      count(*) filter (where ${canBeSet(input.hold)})::int as moved
    from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${input.campaign_id} and ${selectionCondition(input.selection)}`.execute(db)
  return rows[0] ?? { total: 0, moved: 0 }
}

/** The orders that a hold (or a release) changes. */
function canBeSet(hold: boolean): RawBuilder<boolean> {
  return sql`(o.status not in ('canceled', 'shipped') and (o.held_at is null) = ${hold})`
}

async function setHold(tx: Tx, actor: Actor, input: HoldInput, hold: boolean): Promise<{ moved: number; operation: string }> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const operation_id = newId()
  const reason_id = await saveReason(tx, input.campaign_id, input.reason)
  const now = tx.now
  const set = hold ? sql`hold_reason = 'staff', held_at = ${now}::timestamptz` : sql`hold_reason = null, held_at = null`
  if (isSet(input.selection)) await planForSets(tx.db)
  const { rows } = await sql<{ moved: number }>`with picked as (
      select o.id, o.version from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      where o.campaign_id = ${input.campaign_id} and ${selectionCondition(input.selection)} and ${canBeSet(hold)}
    ), moved as (
      update orders o set version = o.version + 1, updated_at = ${now}, ${set}
      from picked p where o.campaign_id = ${input.campaign_id} and o.id = p.id and o.version = p.version
      returning o.id, o.backer_id, o.version, o.status
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id,
        reason_id, operation_id, at)
      select ${input.campaign_id}::uuid, ${hold ? 'held' : 'released'}::text, m.backer_id, m.id, m.version, m.status, m.status,
        ${actor.kind}::text, ${actor.id}::text, ${reason_id}::uuid, ${operation_id}::uuid, ${now}::timestamptz from moved m
    ) select count(*)::int as moved from moved`.execute(tx.db)
  const moved = rows[0]?.moved ?? 0
  const { selection } = input
  await recordOperation(
    tx,
    actor,
    { campaign_id: input.campaign_id, id: operation_id, kind: hold ? 'hold' : 'release', input: { selection, reason_id } },
    { total: moved, moved, left: [] },
  )
  return { moved, operation: operation_id }
}
