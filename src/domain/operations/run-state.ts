import type { Row } from '../../db/types.ts'
import { STAFF_TRANSITIONS, type StaffTransition } from '../orders/lifecycle.ts'
import type { Actor } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'

/** A charge run is listed with the operations, and has a worker of its own: it calls outside (jobs/charge-orders.ts). */
export const CHARGE_RUN = 'charge'

export interface OperationKey {
  campaign_id: string
  operation_id: string
}

/** The operations that wait for the worker, or that a worker had begun when it died: what the worker scans for. */
export async function findWaitingOperations(db: Db): Promise<OperationKey[]> {
  return await db
    .selectFrom('operations')
    .select(['campaign_id', 'id as operation_id'])
    .where('state', 'in', ['queued', 'running'])
    .where('kind', '<>', CHARGE_RUN)
    .orderBy('created_at')
    .execute()
}

/**
 * Takes a waiting operation until the transaction ends; null when it is over or in another worker's hands. The row's lock is the lease: a
 * worker that dies lets go of it, and what it had done rolls back with it.
 */
export async function takeOperation(tx: Tx, key: OperationKey): Promise<Row<'operations'> | null> {
  const operation = await tx.db
    .selectFrom('operations')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.operation_id)
    .where('state', 'in', ['queued', 'running'])
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return operation ?? null
}

/** Says that an operation is being worked at, so that pages show it. Answers false when it is not to be had. */
export async function markRunning(tx: Tx, key: OperationKey): Promise<boolean> {
  const operation = await takeOperation(tx, key)
  if (!operation) return false
  await saveState(tx, key, { state: 'running' })
  return true
}

/** Ends an operation that could not be carried out. Nothing of it was done. */
export async function recordFailure(tx: Tx, key: OperationKey, failure: string): Promise<void> {
  if (await takeOperation(tx, key)) await saveState(tx, key, { state: 'failed', failure, finished_at: tx.now })
}

async function saveState(
  tx: Tx,
  key: OperationKey,
  columns: { state: 'running' | 'failed'; failure?: string; finished_at?: Date },
): Promise<void> {
  await tx.db
    .updateTable('operations')
    .set(columns)
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.operation_id)
    .execute()
}

/** Who asked for an operation. */
export function actorOfOperation(operation: Row<'operations'>): Actor {
  const { actor_kind, actor_id } = operation
  if (actor_kind === 'staff' && actor_id) return { kind: 'staff', id: actor_id }
  if (actor_kind === 'clock' || actor_kind === 'run' || actor_kind === 'system') return { kind: actor_kind, id: null }
  throw new Error(`An operation cannot be of a ${actor_kind}`)
}

/** Whether an operation of this kind moves orders. */
export function isStaffTransition(kind: string): kind is StaffTransition {
  return (STAFF_TRANSITIONS as readonly string[]).includes(kind)
}
