import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'
import { findHits, type Hit, type Searched } from './hits.ts'

/**
 * Where the words of a search stand in each of the backers that it found: the list says it beside the row, since a note or a payment id is not
 * in sight there. Reads only the rows of one page. The caller has checked whose campaign it is.
 */
export async function explainSearch(
  db: Db,
  campaign_id: string,
  search: { q: string | undefined; backer_ids: readonly string[] },
): Promise<Record<string, Hit[]>> {
  const words = (search.q ?? '').split(/\s+/).filter(Boolean).slice(0, 8)
  if (words.length === 0 || search.backer_ids.length === 0) return {}
  const { rows } = await sql<Searched & { id: string }>`select b.id, b.name, b.email, b.staff_note, b.report_note,
      coalesce(b.platform_uid, '') as pledge_id, b.platform_number as backer_number, o.number as order_number,
      array(select a.payment from payment_attempts a
          where a.campaign_id = o.campaign_id and a.order_id = o.id and a.payment is not null
        union select unnest(array[p.gateway_id, p.gateway_customer]) from payment_methods p
          where p.campaign_id = b.campaign_id and p.backer_id = b.id) as payments
    from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
    where b.campaign_id = ${campaign_id} and b.id = any(${[...search.backer_ids]}::uuid[])`.execute(db)
  return Object.fromEntries(rows.map(({ id, ...texts }) => [id, findHits(words, texts)]))
}
