import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { recordOperation } from '../operations/write-operation.ts'
import { isBelowMinimum, leftOutCode, unchargeableAmount } from '../orders/conditions.ts'
import { moveOrders } from '../orders/move-orders.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { saveReason } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'

export interface WaiveInput {
  campaign_id: string
  selection: Selection
  reason: string
}

export interface WaivePreview {
  orders: number
  /** what would be waived, in minor units */
  amount: number
}

/** Counts the balances the gateway cannot take, and their sum: what a waiver would forgive. Changes nothing. */
export async function previewWaive(db: Db, actor: Actor, input: Omit<WaiveInput, 'reason'>): Promise<WaivePreview> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const { rows } =
    await sql<WaivePreview>`select count(*)::int as orders, coalesce(sum(${unchargeableAmount()}), 0)::bigint as amount
    from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id join campaigns c on c.id = o.campaign_id
    where ${small(input)}`.execute(db)
  return rows[0] ?? { orders: 0, amount: 0 }
}

/** Locked and errored orders with a balance that cannot be charged, and no charge under way. */
function small(input: Omit<WaiveInput, 'reason'>): RawBuilder<boolean> {
  return sql<boolean>`(o.campaign_id = ${input.campaign_id} and o.status in ('locked', 'errored') and ${isBelowMinimum()}
    and ${leftOutCode(['charge_in_progress'], { now: new Date(0), actor: 'staff' })} is null and ${selectionCondition(input.selection)})`
}

/**
 * Waives what the gateway cannot take, for all in one step: all of a balance below its minimum, else what is over its smallest step.
 * Guarantees: one event and one ledger transaction for each order; those that owe nothing then are paid. Refuses: no reason given.
 */
export async function waiveSmallBalances(
  tx: Tx,
  actor: Actor,
  input: WaiveInput,
): Promise<{ moved: number; amount: number; operation: string }> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  requireReason(input.reason)
  const operation_id = newId()
  const reason_id = await saveReason(tx, input.campaign_id, input.reason)
  await planForSets(tx.db)
  const { rows } = await sql<{ id: string; amount: number; balance_due: number }>`with picked as (
      select o.id, o.version, ${unchargeableAmount()} as amount
      from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id join campaigns c on c.id = o.campaign_id
      where ${small(input)}
    ), waived as (
      update orders o set version = o.version + 1, updated_at = ${tx.now}, balance_due = o.balance_due - p.amount
      from picked p where o.campaign_id = ${input.campaign_id} and o.id = p.id and o.version = p.version
      returning o.id, o.backer_id, o.version, o.status, o.balance_due, p.amount
    ), booked as (
      insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
      select ${input.campaign_id}::uuid, w.id, w.version, e.account, case e.account when 'owed' then -w.amount else w.amount end,
        ${campaign.currency}::text, 'waived', ${tx.now}::timestamptz
      from waived w cross join (values ('owed'), ('settled_outside')) e (account)
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id, code,
        reason_id, operation_id, data, at)
      select ${input.campaign_id}::uuid, 'settled_outside', w.backer_id, w.id, w.version, w.status, w.status, ${actor.kind}::text,
        ${actor.id}::text, 'waived', ${reason_id}::uuid, ${operation_id}::uuid,
        jsonb_build_object('amount', w.amount, 'balance_due', w.balance_due), ${tx.now}::timestamptz
      from waived w
    ) select id, amount, balance_due from waived`.execute(tx.db)
  const ids = rows.filter(({ balance_due }) => balance_due <= 0).map(({ id }) => id)
  if (ids.length > 0) {
    const move = {
      campaign_id: input.campaign_id,
      name: 'nothing_owed' as const,
      selection: { ids },
      operation_id,
      reason_id: null,
    }
    await moveOrders(tx, actor, { ...move, code: 'settled_outside' })
  }
  const { selection } = input
  await recordOperation(
    tx,
    actor,
    { campaign_id: input.campaign_id, id: operation_id, kind: 'waive', input: { selection, reason_id } },
    { total: rows.length, moved: rows.length, left: [] },
  )
  return { moved: rows.length, amount: rows.reduce((sum, { amount }) => sum + amount, 0), operation: operation_id }
}
