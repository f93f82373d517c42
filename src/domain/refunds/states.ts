import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'

export const REFUND_STATES = ['created', 'sent', 'unknown', 'pending', 'succeeded', 'failed', 'refused'] as const
export type RefundState = (typeof REFUND_STATES)[number]
export type Refund = Row<'refunds'>

/** The gateway has not taken it yet, as far as we know: one of those for each payment at most. */
export const UNDER_WAY = ['created', 'sent', 'unknown'] as const satisfies readonly RefundState[]

/** Whether the gateway has not taken it yet, as far as we know: its money still counts as ours. A rule. */
export function isUnderWay({ state }: Pick<Refund, 'state'>): boolean {
  return (UNDER_WAY as readonly string[]).includes(state)
}

/** Its money left the books: the gateway took it, and it has not come back. */
export function hasLeft({ state }: Pick<Refund, 'state'>): boolean {
  return state === 'pending' || state === 'succeeded'
}

/** The states above, for SQL. */
export const underWay = sql`('created', 'sent', 'unknown')`
/** Gave nothing back, and never will. */
export const gaveNothing = sql`('refused', 'failed')`
