import { sql } from 'kysely'
import { type BackerFilter, orderConditions } from '../backers/filter.ts'
import type { Db } from '../shared/tx.ts'
import { type OrderSort, sortParts } from './list-sorts.ts'

export interface Neighbours {
  previous: string | null
  next: string | null
}

/**
 * The orders before and after one in a list. Guarantees: the order's own place counts, also when it no longer matches the filter (it was
 * locked a moment ago), so that one walks on where one was. Both are null for an order that is not there.
 */
export async function findNeighbours(
  db: Db,
  key: { campaign_id: string; order_id: string },
  { filter = {}, sort = 'number' }: { filter?: BackerFilter; sort?: OrderSort },
): Promise<Neighbours> {
  const { rows } = await sql<{ number: number; value: string }>`select o.number, ${sortParts(sort).value} as value
    from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${key.campaign_id} and o.id = ${key.order_id}`.execute(db)
  const [place] = rows
  if (!place) return { previous: null, next: null }
  const firstAfter = (towards: OrderSort) => findFirst(db, key.campaign_id, { filter, sort: towards, place })
  return { previous: await firstAfter(turned(sort)), next: await firstAfter(sort) }
}

interface Search {
  filter: BackerFilter
  sort: OrderSort
  place: { number: number; value: string }
}

async function findFirst(db: Db, campaign_id: string, { filter, sort, place }: Search): Promise<string | null> {
  const { after, order } = sortParts(sort)
  const parts = orderConditions(filter).map(
    (where) => sql`(select o.id from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      where o.campaign_id = ${campaign_id} and ${where} and ${after(place.value, String(place.number))} order by ${order} limit 1)`,
  )
  const { rows } = await sql<{ id: string }>`with nearest as (${sql.join(parts, sql` union all `)})
    select o.id from nearest join orders o on o.campaign_id = ${campaign_id} and o.id = nearest.id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id order by ${order} limit 1`.execute(db)
  return rows[0]?.id ?? null
}

function turned(sort: OrderSort): OrderSort {
  return (sort.startsWith('-') ? sort.slice(1) : `-${sort}`) as OrderSort
}
