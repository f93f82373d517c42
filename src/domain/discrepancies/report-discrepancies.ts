import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { Tx } from '../shared/tx.ts'
import type { DiscrepancyKind } from './kinds.ts'

export interface Found {
  campaign_id: string
  /** null: of an order that the books do not know */
  order_id: string | null
  kind: DiscrepancyKind
  /** the gateway's id of the payment, refund or dispute */
  subject: string
  /** minor units */
  amount: number
  currency: string
  /** ids, amounts and states; never a name, mail or address */
  data?: Record<string, unknown>
}

/**
 * Writes down where the gateway and the books differ, for staff to decide. What is reported again is found once, also when it was
 * settled. Books nothing and holds nothing: that is its caller's, in the same transaction. Answers how many are new.
 */
export async function reportDiscrepancies(tx: Tx, found: readonly Found[]): Promise<number> {
  if (found.length === 0) return 0
  const { rows } =
    await sql`insert into discrepancies (campaign_id, id, order_id, kind, subject, amount, currency, data, state, found_at)
    select x.campaign_id, x.id, x.order_id, x.kind, x.subject, x.amount, x.currency, coalesce(x.data, '{}'::jsonb), 'open', ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(found.map((each) => ({ ...each, id: newId() })))}::jsonb)
      x (campaign_id uuid, id uuid, order_id uuid, kind text, subject text, amount bigint, currency text, data jsonb)
    on conflict (campaign_id, kind, subject) do nothing returning 1`.execute(tx.db)
  return rows.length
}
