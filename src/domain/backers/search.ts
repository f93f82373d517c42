import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/*
 * What a backer is found by: any fragment of name, mail, order number, platform's number and id, and notes, in one row of `backer_search`;
 * and of the gateway's ids of payments, cards and customers.
 */

/** Without case, accents and typographic variants: what was typed and what is searched are folded alike. */
function folded(text: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`lower(regexp_replace(normalize(${text}, nfkd), '[\\u0300-\\u036f]', '', 'g'))`
}

/** Its parts cannot run together, since no word has a space. A space ends each number. Aliases: `b` backers, `o` its order. */
const searched = folded(sql`concat_ws(' ', b.name, b.email, b.staff_note, b.report_note, b.platform_uid, '#' || b.platform_number,
  '#' || o.number, '')`)

/**
 * Writes anew what backers are found by: called by every command that writes one of its parts, in the same transaction. `of` is a condition
 * over `backers b`.
 */
export async function refreshSearch(db: Db, campaign_id: string, of: RawBuilder<unknown>): Promise<void> {
  await sql`insert into backer_search (campaign_id, backer_id, text)
    select b.campaign_id, b.id, ${searched} from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
    where b.campaign_id = ${campaign_id} and ${of}
    on conflict (campaign_id, backer_id) do update set text = excluded.text`.execute(db)
}

/** Backers whose row of `backer_search` does not say what it should: for the check of all truths. */
export const searchedWrongly = sql<{ campaign_id: string; id: string; found: string }>`select b.campaign_id, b.id,
    case when s.text is null then 'not searched' else 'searched as something else' end as found
  from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
  left join backer_search s on s.campaign_id = b.campaign_id and s.backer_id = b.id
  where s.text is distinct from ${searched}`

/** Each word must occur somewhere. The condition is over `backers b`. */
export function searchCondition(q: string): RawBuilder<boolean> {
  const words = q.split(/\s+/).filter(Boolean).slice(0, 8)
  const ids = words.filter(mayBePaymentId)
  const others = words.filter((word) => !mayBePaymentId(word))
  const parts = ids.map((word) => sql`(b.campaign_id, b.id) in (${foundByPayment(word)})`)
  if (others.length > 0) parts.push(inSearch(sql`s.backer_id = b.id and ${sql.join(others.map(isIn), sql` and `)}`))
  return parts.length > 0 ? sql`(${sql.join(parts, sql` and `)})` : sql`true`
}

/** A join, so that the planner goes by the words or along the list, whatever is less. */
function inSearch(condition: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`exists (select 1 from backer_search s where s.campaign_id = b.campaign_id and ${condition})`
}

/** `#123` is the whole number 123. */
function isIn(word: string): RawBuilder<boolean> {
  const escaped = sql`regexp_replace(${folded(sql`${word}::text`)}, '([\\\\%_])', '\\\\\\1', 'g')`
  return sql`s.text like '%' || ${escaped} || ${/^#\d+$/.test(word) ? ' %' : '%'}`
}

/** Six signs at least, among them a letter, and a digit or underscore: names are not looked for among the gateway's random ids. */
function mayBePaymentId(word: string): boolean {
  return /^\w{6,}$/.test(word) && /[a-z]/i.test(word) && /[\d_]/.test(word)
}

/** Each arm goes along an index of its own. */
function foundByPayment(word: string): RawBuilder<unknown> {
  const like = `%${word.replaceAll('_', '\\_')}%`
  return sql`select s.campaign_id, s.backer_id from backer_search s where ${isIn(word)}
    union all select p.campaign_id, p.backer_id from payment_methods p where (p.gateway_id || ' ' || p.gateway_customer) like ${like}
    union all select a.campaign_id, x.backer_id from payment_attempts a
      join orders x on x.campaign_id = a.campaign_id and x.id = a.order_id where a.payment like ${like}`
}
