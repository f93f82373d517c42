import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import type { MoveResult } from './result.ts'
import type { OperationKey } from './run-state.ts'

/** An act over a selection, as its row keeps it: what was asked, by ids, codes and filters. */
export interface NewOperation {
  campaign_id: string
  /** where events or other rows of the act name it before it is written */
  id?: string
  kind: string
  input: unknown
}

/** Writes the operation of an act that is to be carried out, and answers its id. */
export async function startOperation(
  tx: Tx,
  actor: Actor,
  { id = newId(), input, ...operation }: NewOperation & { state: 'queued' | 'running'; total?: number },
): Promise<string> {
  await tx.db
    .insertInto('operations')
    .values({ ...operation, ...askedBy(tx, actor), id, input: JSON.stringify(input) })
    .execute()
  return id
}

/** Writes the operation of an act that is done already, and answers its id. */
export async function recordOperation(
  tx: Tx,
  actor: Actor,
  { id = newId(), input, ...operation }: NewOperation,
  result: MoveResult,
): Promise<string> {
  await tx.db
    .insertInto('operations')
    .values({ ...operation, ...askedBy(tx, actor), ...ended(tx, result), id, input: JSON.stringify(input) })
    .execute()
  return id
}

/**
 * Takes the operation that the caller carries out until the transaction ends. `result`: what it came to when it was carried out before; it is
 * then not to be done twice.
 */
export async function beginOperation(
  tx: Tx,
  key: OperationKey,
): Promise<{ operation: Row<'operations'>; result: MoveResult | null }> {
  const operation = await tx.db
    .selectFrom('operations')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.operation_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { state, total, moved, left_out: left } = operation
  return { operation, result: state === 'done' ? { total, moved, left } : null }
}

/** Writes down what an operation came to. */
export async function finishOperation(tx: Tx, key: OperationKey, result: MoveResult): Promise<void> {
  await tx.db
    .updateTable('operations')
    .set(ended(tx, result))
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.operation_id)
    .execute()
}

function askedBy(tx: Tx, actor: Actor) {
  return { actor_kind: actor.kind, actor_id: actor.id, created_at: tx.now }
}

function ended(tx: Tx, { total, moved, left }: MoveResult) {
  return { state: 'done' as const, total, done: total, moved, left_out: JSON.stringify(left), finished_at: tx.now }
}
