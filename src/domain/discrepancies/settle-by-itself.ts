import { sql } from 'kysely'
import type { Tx } from '../shared/tx.ts'
import type { DiscrepancyKind } from './kinds.ts'

/**
 * The gateway itself has ended what differed: nobody has to decide any more, and it stays readable as settled. Answers whether it was open.
 */
export async function settleByItself(
  tx: Tx,
  { campaign_id, kind, subject }: { campaign_id: string; kind: DiscrepancyKind; subject: string },
): Promise<boolean> {
  const { rows } = await sql`update discrepancies set state = 'settled', resolution = 'noted', settled_at = ${tx.now}
    where campaign_id = ${campaign_id} and kind = ${kind} and subject = ${subject} and state = 'open' returning 1`.execute(tx.db)
  return rows.length > 0
}
