import { sql } from 'kysely'
import type { Db } from './shared/tx.ts'
import { gatewayTruths } from './truths/gateway-truths.ts'
import { moneyTruths } from './truths/money-truths.ts'
import { ORDER_TRUTHS } from './truths/order-truths.ts'

export interface Violation {
  rule: string
  campaign_id: string
  /** order, add-on or backer it was found on */
  id: string
  found: string
}

/**
 * The truths over all rows that no command may break (lifecycle.md): event chains end in the row's status and version, copies equal sums,
 * ledger transactions sum to zero, paid orders owe nothing, stock is what orders hold, and what went to and came from the gateway is booked.
 */
const truthsAt = (now: Date) => [...ORDER_TRUTHS, ...moneyTruths(now), ...gatewayTruths(now)]

/** Checks every truth over all campaigns; answers what breaks them, at most 100 for each rule. An empty list: the books balance. */
export async function verifyBooks(db: Db, now: Date): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const { rule, broken } of truthsAt(now)) {
    const { rows } = await sql<Omit<Violation, 'rule'>>`select campaign_id, id, found from (${broken}) t limit 100`.execute(db)
    violations.push(...rows.map((row) => ({ rule, ...row })))
  }
  return violations
}
