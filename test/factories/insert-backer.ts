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
