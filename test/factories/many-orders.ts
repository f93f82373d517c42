import { sql } from 'kysely'
import { refreshSearch } from '../../src/domain/backers/search.ts'
import type { Db } from '../../src/domain/shared/tx.ts'

/** Open orders by one statement, each with the event of its first version: as many as only a bulk step meets. They owe nothing. */
export async function makeManyOrders(db: Db, campaign_id: string, count: number): Promise<void> {
  await sql`with made as (
      insert into backers (campaign_id, id, name, email, pledge_status, pledge_amount, survey, created_at, updated_at)
      select ${campaign_id}::uuid, gen_random_uuid(), 'Backer ' || n, 'b@example.com', 'collected', 0, 'completed', now(), now()
      from generate_series(1, ${count}::int) n returning id
    ), ordered as (
      insert into orders (campaign_id, id, backer_id, number, version, status, ships, answers, options, quote, balance_due,
        confirmed_version, confirmed_at, created_at, updated_at)
      select ${campaign_id}::uuid, gen_random_uuid(), id, 100000 + row_number() over (), 1, 'open', false, '{}', '{}', '{}', 0, 1, now(), now(), now()
      from made returning id, backer_id
    )
    insert into events (campaign_id, kind, backer_id, order_id, order_version, to_status, actor_kind, actor_id, at)
    select ${campaign_id}::uuid, 'survey_completed', backer_id, id, 1, 'open', 'backer', backer_id, now() from ordered`.execute(
    db,
  )
  await refreshSearch(db, campaign_id, sql`true`)
}
