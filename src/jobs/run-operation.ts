import type { Deps } from '../deps.server.ts'
import {
  actorOfOperation,
  isStaffTransition,
  markRunning,
  type OperationKey,
  recordFailure,
  takeOperation,
} from '../domain/operations/run-state.ts'
import { carryOutHold, isHold } from '../domain/orders/hold-orders.ts'
import { carryOutNotice, isNoticeStep } from '../domain/orders/notice-steps.ts'
import { carryOutTransition } from '../domain/orders/transition-orders.ts'
import { DomainError } from '../domain/shared/errors.ts'
import { inTransaction, sqlState, type Tx } from '../domain/shared/tx.ts'
import { isMailing, runMailing } from '../domain/surveys/run-mailing.ts'
import { isOutage } from './outage.ts'

export type OperationParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log'>

/** A bulk step has its own time: up to 250,000 orders in one statement, behind whoever saves one of them just now. */
const bulk = { timeout_ms: 15 * 60_000, lock_timeout_ms: 60_000 }

/**
 * Carries out a queued operation in one transaction. Answers false when there is nothing to do: it is over, or in another worker's hands.
 * Killed on the way, nothing of it is done and the next scan runs it; a lost database is thrown and tried again, any other error ends
 * the operation as *failed* with a sentence.
 */
export async function runOperation(app: OperationParts, key: OperationKey): Promise<boolean> {
  if (!(await inTransaction(app, (tx) => markRunning(tx, key)))) return false
  try {
    return await inTransaction(app, (tx) => carryOut(tx, key), bulk)
  } catch (error) {
    if (isOutage(error)) throw error
    if (!(error instanceof DomainError)) app.log.error({ error, ...key }, 'an operation failed')
    await inTransaction(app, (tx) => recordFailure(tx, key, failureText(error)))
    return true
  }
}

async function carryOut(tx: Tx, key: OperationKey): Promise<boolean> {
  const operation = await takeOperation(tx, key)
  if (!operation) return false
  const actor = actorOfOperation(operation)
  const { kind } = operation
  if (isMailing(kind)) await runMailing(tx, actor, { ...key, kind })
  else if (isStaffTransition(kind)) await carryOutTransition(tx, actor, key)
  else if (isHold(kind)) await carryOutHold(tx, actor, key)
  else if (isNoticeStep(kind)) await carryOutNotice(tx, actor, key)
  else throw new Error(`Nothing carries out operations of kind ${kind}`)
  return true
}

function failureText(error: unknown): string {
  if (error instanceof DomainError) return error.message
  if (sqlState(error) === '57014') return 'It took too long and was stopped. Nothing was changed; try a smaller selection.'
  return 'Something went wrong; it was written to the log. Nothing was changed.'
}
