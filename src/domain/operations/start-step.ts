import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import type { MoveResult } from './result.ts'
import type { OperationKey } from './run-state.ts'
import { type NewOperation, startOperation } from './write-operation.ts'

/** Up to here an act over a selection answers at once; a larger one runs in the worker, with a page of its own. */
export const AT_ONCE = 1_000

/** What an act over a selection answers. Queued: nothing has moved yet, and the operation tells what it came to. */
export interface StepAnswer extends MoveResult {
  operation: string
  state: 'done' | 'queued'
}

/**
 * Writes the operation of an act and carries it out: in the caller's transaction, or, over 1,000, in the worker (jobs/run-operation.ts). The
 * caller has checked who asks, and what. `total` is how many the act looks at.
 */
export async function startStep(
  tx: Tx,
  actor: Actor,
  operation: NewOperation & { total: number },
  carryOut: (key: OperationKey) => Promise<MoveResult>,
): Promise<StepAnswer> {
  const { campaign_id, total } = operation
  const operation_id = await startOperation(tx, actor, { ...operation, state: 'queued' })
  if (total > AT_ONCE) {
    await tx.enqueue({ job: 'run_operation', campaign_id, operation_id })
    return { total, moved: 0, left: [], operation: operation_id, state: 'queued' }
  }
  const result = await carryOut({ campaign_id, operation_id })
  return { ...result, operation: operation_id, state: 'done' }
}
