import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** Errored orders by what their last charge failed with, the most first. Amounts are what they owe now, in minor units. */
export interface FailedPayments {
  orders: number
  amount: number
  by_code: { code: string; count: number; amount: number }[]
}

/** What failed and is not mended: every errored order once. The caller has checked whose campaign it is. */
export async function countFailedPayments(db: Db, campaign_id: string): Promise<FailedPayments> {
  const { rows } = await sql<
    FailedPayments['by_code'][number]
  >`select coalesce(a.code, 'card_declined') as code, count(*)::int as count,
      sum(greatest(o.balance_due, 0))::bigint as amount
    from orders o left join lateral (
      select code from payment_attempts
      where campaign_id = o.campaign_id and order_id = o.id and state = 'declined' order by number desc limit 1) a on true
    where o.campaign_id = ${campaign_id} and o.status = 'errored' group by 1 order by 2 desc, 1`.execute(db)
  const sum = (pick: 'count' | 'amount') => rows.reduce((total, row) => total + row[pick], 0)
  return { orders: sum('count'), amount: sum('amount'), by_code: rows }
}
