import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { Db } from '../shared/tx.ts'

/** The mail that told its backer of a charge: the receipt, or why it failed. */
export interface ChargeMail {
  id: string
  kind: 'receipt' | 'charge_failed'
  attempt_id: string
  state: Row<'messages'>['state']
}

/** The mails about these attempts of one backer, newest first. The caller has checked whose they are. */
export async function findChargeMails(
  db: Db,
  backer: { campaign_id: string; backer_id: string },
  attempt_ids: readonly string[],
): Promise<ChargeMail[]> {
  if (attempt_ids.length === 0) return []
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'kind', 'state', sql<string>`data->>'attempt_id'`.as('attempt_id')])
    .where('campaign_id', '=', backer.campaign_id)
    .where('backer_id', '=', backer.backer_id)
    .where('kind', 'in', ['receipt', 'charge_failed'])
    .where(sql<boolean>`data->>'attempt_id' = any(${[...attempt_ids]}::text[])`)
    .orderBy('created_at', 'desc')
    .execute()
  return rows as ChargeMail[]
}
