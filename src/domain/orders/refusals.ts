import type { Row } from '../../db/types.ts'
import { DomainError } from '../shared/errors.ts'
import { type ChangeKind, refusalOfChange } from './lifecycle.ts'

/** The refusal of a change that the order's status does not allow: what happened, and what to do. One place for all doors. */
export function refuseChange(order: Pick<Row<'orders'>, 'id' | 'status' | 'version' | 'locked_at'>, kind: ChangeKind): void {
  const code = refusalOfChange(order.status, kind)
  if (code === null) return
  throw new DomainError(code, SENTENCES[code] ?? 'This can no longer be changed.', {
    details: { status: order.status, version: order.version, locked_at: order.locked_at },
  })
}

const SENTENCES: Record<string, string> = {
  order_locked: 'These choices are locked down and can no longer be changed. Ask the creator if something is wrong.',
  order_canceled: 'This order was canceled. Ask the creator if that is not right.',
  reopen_first: 'This order is ready to ship, so its address is final. Ask the creator to change it.',
  already_shipped: 'This order has shipped. Ask the creator if something is wrong.',
}

/** What a stale save is answered with: never merged silently. */
export function changedMeanwhile(order: Pick<Row<'orders'>, 'status' | 'version'>): DomainError {
  return new DomainError('changed_meanwhile', 'This order was changed meanwhile. Look at it again, then make your change.', {
    details: { status: order.status, version: order.version },
  })
}

/** What was looked at is not what would be confirmed now. */
export function draftChanged(): DomainError {
  return new DomainError('draft_changed', 'This was changed in another window. Look at it again, then confirm it.')
}
