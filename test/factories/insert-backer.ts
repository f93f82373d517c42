import { sql } from 'kysely'
import type { Row } from '../../src/db/types.ts'
import { refreshSearch } from '../../src/domain/backers/search.ts'
import type { Db } from '../../src/domain/shared/tx.ts'

type Columns = Partial<Row<'backers'>> & Pick<Row<'backers'>, 'campaign_id' | 'id'>

/** Writes a backer as an import does: found by search, and going where the pledge goes. */
export async function insertBacker(db: Db, row: Columns): Promise<Row<'backers'>> {
  const saved = await db
    .insertInto('backers')
    .values({ country: row.pledge_country || null, ...row } as never)
    .returningAll()
    .executeTakeFirstOrThrow()
  await refreshSearch(db, row.campaign_id, sql`b.id = ${row.id}`)
  return saved
}

/** The same whose survey was sent, and whose pledge from Germany the platform has collected. */
export async function insertSentBacker(db: Db, at: Date, row: Columns): Promise<Row<'backers'>> {
  return await insertBacker(db, {
    platform_uid: row.id,
    platform_number: null,
    email: `${row.id}@example.com`,
    pledge_status: 'collected',
    pledge_bonus: 0,
    pledge_country: 'DE',
    pledged_at: null,
    survey: 'sent',
    survey_sent_at: at,
    row_hash: null,
    import_id: null,
    created_at: at,
    updated_at: at,
    ...row,
  })
}
