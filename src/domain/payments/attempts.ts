import type { Row } from '../../db/types.ts'
import type { Db } from '../shared/tx.ts'

/** The attempt of an order that is not over: created, sent or unknown. The database allows one at most. */
export async function findAttemptUnderWay(
  db: Db,
  key: { campaign_id: string; order_id: string },
): Promise<Row<'payment_attempts'> | null> {
  const attempt = await db
    .selectFrom('payment_attempts')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .where('state', 'in', ['created', 'sent', 'unknown'])
    .executeTakeFirst()
  return attempt ?? null
}
