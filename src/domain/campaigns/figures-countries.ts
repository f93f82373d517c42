import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** Orders that are not canceled by the country they go to, the most first; null where neither order nor pledge names one. */
export type CountryFigures = { country: string | null; orders: number }[]

/**
 * Counts orders by country, as the filter `country` finds them: that of the address, and of the pledge where nothing ships. Guarantees: the
 * numbers sum to all orders that are not canceled. All orders are counted along an index and the canceled ones, which are few, taken off.
 * The caller has checked whose campaign it is.
 */
export async function findCountries(db: Db, campaign_id: string): Promise<CountryFigures> {
  const { rows } = await sql<CountryFigures[number]>`with counted as (
      select country, count(*) as orders from orders where campaign_id = ${campaign_id} and country is not null group by 1
      union all
      select country, -count(*) from orders
        where campaign_id = ${campaign_id} and country is not null and status = 'canceled' group by 1
      union all
      select b.pledge_country, count(*) from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
        where o.campaign_id = ${campaign_id} and o.country is null and o.status <> 'canceled' group by 1)
    select nullif(country, '') as country, sum(orders)::int as orders from counted
    group by 1 having sum(orders) > 0 order by 2 desc, 1 nulls last`.execute(db)
  return rows
}
