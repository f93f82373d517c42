import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { ORDER_STATUSES, SURVEY_STATES } from '../orders/lifecycle.ts'
import { accountInUse } from '../payments/charging.ts'

/** A list in a query string or body: `a,b` and `["a","b"]` both do. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value), z.array(item))

/** What narrows a list of backers and orders; the same words in the address bar, the API and a selection. */
export const filterSchema = z
  .strictObject({
    q: z.string().trim().max(200).describe('Words searched in name, mail, order and backer number, and note'),
    status: list(z.enum(ORDER_STATUSES)),
    survey: list(z.enum(SURVEY_STATES)),
    level: list(z.union([z.uuid(), z.literal('none')])),
    country: list(
      z.union([
        z
          .string()
          .regex(/^[A-Za-z]{2}$/)
          .toUpperCase(),
        z.literal('none'),
      ]),
    ).describe('Where the order goes, or the pledge where nothing ships; none: neither names a country'),
    sku: list(z.uuid()),
    only_sku: list(z.uuid()).describe('What ships of the order is of these SKUs only'),
    addon: list(z.uuid()),
    hold: z.enum(['yes', 'no']),
    payment_method: z.enum(['missing', 'usable']).describe('missing: something is owed and no usable payment method is on file'),
    balance: z.enum(['owed', 'zero', 'credit']),
    address: z
      .enum(['invalid', 'valid'])
      .describe('invalid: something ships, and its address has a warning that nobody answered'),
    failure: list(z.string().regex(/^[a-z0-9_]{1,80}$/)).describe('Errored, and the last charge failed with this code'),
    mail: z.enum(['ok', 'relay', 'bounced']),
    pledge: list(z.string().max(60)),
    operation: z.uuid().describe('Touched by this operation'),
    notice: z.uuid().describe('Named by this notice'),
    has_order: z.enum(['yes', 'no']),
    answered: z.iso.date().describe('The survey was answered on this day of the campaign’s time zone'),
  })
  .partial()
export type BackerFilter = z.infer<typeof filterSchema>

/** Where it goes; an empty country of a report is none. */
const shippedTo = sql`coalesce(o.country, nullif(b.pledge_country, ''))`

/** The order has a usable payment method: saved at the gateway account in use, and not replaced or detached. Alias `o` is orders. */
export const hasPaymentMethod = sql<boolean>`exists (
  select 1 from payment_methods p
  where p.campaign_id = o.campaign_id and p.id = o.payment_method_id and p.state = 'usable'
    and p.gateway_account = ${accountInUse})`

/**
 * Finalizing leaves the order behind: required fields were asked for when the address was saved, so what is left is a remark nobody has
 * answered. Alias `o` is orders.
 */
export const hasInvalidAddress = sql<boolean>`(o.ships and (o.address is null or o.address_warning))`

/**
 * The filter as one SQL condition over `backers b` left-joined with `orders o`. Every part is a parameter.
 * Guarantees: an empty filter is true. The caller names the campaign.
 */
export function filterCondition(filter: BackerFilter): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = []
  if (filter.q) parts.push(searchCondition(filter.q))
  if (filter.status?.length) parts.push(sql`o.status = any(${filter.status}::text[])`)
  if (filter.survey?.length) parts.push(sql`b.survey = any(${filter.survey}::text[])`)
  if (filter.level?.length) parts.push(levelCondition(filter.level))
  if (filter.country?.length) parts.push(sql`coalesce(${shippedTo}, 'none') = any(${filter.country}::text[])`)
  if (filter.sku?.length) {
    parts.push(sql`exists (select 1 from order_lines l where l.campaign_id = o.campaign_id and l.order_id = o.id
      and l.sku_id = any(${filter.sku}::uuid[]))`)
  }
  if (filter.only_sku?.length) parts.push(containsOnly(filter.only_sku))
  if (filter.addon?.length) {
    parts.push(sql`(exists (select 1 from order_addons a where a.campaign_id = o.campaign_id and a.order_id = o.id
        and a.addon_id = any(${filter.addon}::uuid[]))
      or (o.id is null and exists (select 1 from pledged_addons a where a.campaign_id = b.campaign_id and a.backer_id = b.id
        and a.addon_id = any(${filter.addon}::uuid[]))))`)
  }
  if (filter.hold) parts.push(filter.hold === 'yes' ? sql`o.held_at is not null` : sql`o.held_at is null`)
  if (filter.payment_method === 'missing') parts.push(sql`(o.balance_due > 0 and not ${hasPaymentMethod})`)
  if (filter.payment_method === 'usable') parts.push(hasPaymentMethod)
  if (filter.balance) parts.push(balanceCondition(filter.balance))
  if (filter.address)
    parts.push(filter.address === 'invalid' ? hasInvalidAddress : sql`(o.id is not null and not ${hasInvalidAddress})`)
  if (filter.failure?.length) parts.push(failureCondition(filter.failure))
  if (filter.mail) parts.push(sql`b.email_state = ${filter.mail}`)
  if (filter.pledge?.length) parts.push(sql`b.pledge_status = any(${filter.pledge}::text[])`)
  if (filter.operation) parts.push(operationCondition(filter.operation))
  if (filter.notice) parts.push(sql`o.notice_id = ${filter.notice}`)
  if (filter.answered) parts.push(answeredOn(filter.answered))
  if (filter.has_order) parts.push(filter.has_order === 'yes' ? sql`o.id is not null` : sql`o.id is null`)
  if (parts.length === 0) return sql`true`
  return sql`(${sql.join(parts, sql` and `)})`
}

/**
 * The same filter over orders, as conditions that no order meets two of: what goes to a country is found by the order, and by its pledge
 * where nothing ships. Together they are `filterCondition`, which reads both and goes along no index.
 */
export function orderConditions({ country, ...rest }: BackerFilter): RawBuilder<boolean>[] {
  const others = filterCondition(rest)
  const [first] = country ?? []
  if (!country || first === undefined) return [others]
  if (country.includes('none')) return [filterCondition({ country, ...rest })]
  // One country by itself: an index is then read in the order of the list.
  const isOf = (column: RawBuilder<unknown>) =>
    country.length === 1 ? sql`${column} = ${first}` : sql`${column} = any(${country}::text[])`
  return [sql`(${isOf(sql`o.country`)} and ${others})`, sql`(o.country is null and ${isOf(sql`b.pledge_country`)} and ${others})`]
}

/** Each word must occur somewhere: in name, mail, number or note. */
function searchCondition(q: string): RawBuilder<boolean> {
  const words = q.split(/\s+/).filter(Boolean).slice(0, 8)
  return words.length ? sql`(${sql.join(words.map(wordCondition), sql` and `)})` : sql`true`
}

/**
 * All arms are of one table, so that each can be found by its index. A number may be an order's too: who has it is found first, and the
 * campaign's id goes along into every arm.
 */
function wordCondition(word: string): RawBuilder<boolean> {
  const number = /^#?(\d{1,15})$/.exec(word)?.[1]
  if (number === undefined) return sql<boolean>`(${textOf('b', word)} or b.platform_uid = ${word})`
  return sql<boolean>`(b.campaign_id, b.id) in (
    select s.campaign_id, s.id from backers s where ${textOf('s', word)}
    union all select s.campaign_id, s.id from backers s where s.platform_uid = ${word}
    union all select s.campaign_id, s.id from backers s where ${backerNumber('s')} = ${number}::bigint
    union all select s.campaign_id, s.backer_id from orders s where s.number = ${number}::bigint)`
}

/** Written as the index `backers_search` has it. Its parts cannot run together: no word has a space. */
function textOf(alias: string, word: string): RawBuilder<boolean> {
  const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`
  const [name, email, staff_note, report_note] = ['name', 'email', 'staff_note', 'report_note'].map((column) =>
    sql.ref(`${alias}.${column}`),
  )
  return sql<boolean>`(${name} || ' ' || ${email} || ' ' || ${staff_note} || ' ' || ${report_note}) ilike ${like}`
}

/** What the list of backers goes by, as the index `backers_number` has it: those without a number come last. */
export function backerNumber(alias: string): RawBuilder<number> {
  return sql<number>`coalesce(${sql.ref(`${alias}.platform_number`)}, 9007199254740991)`
}

/** Something of it ships, and nothing that ships is of another SKU: the order can leave with what is in stock. */
function containsOnly(skus: string[]): RawBuilder<boolean> {
  const shipping = sql`order_lines l join skus s on s.campaign_id = l.campaign_id and s.id = l.sku_id
    join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    where l.campaign_id = o.campaign_id and l.order_id = o.id and i.kind = 'physical'`
  return sql`(o.ships and exists (select 1 from ${shipping})
    and not exists (select 1 from ${shipping} and not (l.sku_id = any(${skus}::uuid[]))))`
}

function levelCondition(levels: string[]): RawBuilder<boolean> {
  const ids = levels.filter((id) => id !== 'none')
  const none = levels.includes('none') ? sql<boolean>`b.level_id is null` : sql<boolean>`false`
  return sql`(b.level_id = any(${ids}::uuid[]) or ${none})`
}

function balanceCondition(balance: 'owed' | 'zero' | 'credit'): RawBuilder<boolean> {
  if (balance === 'owed') return sql`o.balance_due > 0`
  return balance === 'zero' ? sql`o.balance_due = 0` : sql`o.balance_due < 0`
}

/** The last try is what made it errored. */
function failureCondition(codes: string[]): RawBuilder<boolean> {
  return sql`(o.status = 'errored' and (select a.code from payment_attempts a
    where a.campaign_id = o.campaign_id and a.order_id = o.id and a.state = 'declined'
    order by a.number desc limit 1) = any(${codes}::text[]))`
}

/** An order is made when its survey is answered. The days are few rows of an index, whatever else the campaign holds. */
function answeredOn(day: string): RawBuilder<boolean> {
  return sql`(o.campaign_id, o.id) in (
    select a.campaign_id, a.id from campaigns c join orders a on a.campaign_id = c.id
      and a.created_at >= ${day}::timestamp at time zone c.time_zone
      and a.created_at < (${day}::timestamp + interval '1 day') at time zone c.time_zone)`
}

function operationCondition(id: string): RawBuilder<boolean> {
  return sql`exists (select 1 from events e where e.campaign_id = b.campaign_id and e.backer_id = b.id and e.operation_id = ${id})`
}
