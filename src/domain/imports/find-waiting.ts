import type { Db } from '../shared/tx.ts'

/** The uploads that wait to be read, over all campaigns, the oldest first: what the worker scans for. */
export async function findImportsToRead(db: Db): Promise<{ campaign_id: string; import_id: string }[]> {
  return await db
    .selectFrom('imports')
    .select(['campaign_id', 'id as import_id'])
    .where('state', '=', 'reading')
    .orderBy('created_at')
    .execute()
}
