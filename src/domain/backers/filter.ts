import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { ORDER_STATUSES, SURVEY_STATES } from '../orders/lifecycle.ts'
import { cardIsServed } from '../payments/charging.ts'
import { searchCondition } from './search.ts'

/** A list in a query string or body: `a,b` and `["a","b"]` both do. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value), z.array(item))

/** What narrows a list of backers and orders; the same words in the address bar, the API and a selection. */
export const filterSchema = z
  .strictObject({
    q: z
      .string()
      .trim()
      .max(200)
      .describe(
        'Words, each found anywhere in name, mail, order number, backer number, notes or payment ids; #123 is the whole number',
      ),
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
    failure: list(z.string().regex(/^[a-z0-9_]{1,80}$/)).describe(
      'Errored, and the last charge failed with this code, or with one of this class: soft, needs_backer, hard',
    ),
    remind_on: z.enum(['yes', 'no']).describe('yes: errored, and its backer named a day for the payment'),
    mail: z.enum(['ok', 'relay', 'bounced']),
    pledge: list(z.string().max(60)),
    operation: z.uuid().describe('Touched by this operation'),
    notice: z.uuid().describe('Named by this notice'),
    has_order: z.enum(['yes', 'no']),
    answered: z.iso.date().describe('The survey was answered on this day of the campaign’s time zone'),
  })
  .partial()
export type BackerFilter = z.infer<typeof filterSchema>

/** A payment method is usable: saved at the gateway account and mode in use, and not replaced or detached. */
export function isUsable(alias: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(`${alias}.state`)} = 'usable' and ${cardIsServed(alias)})`
}

/** The order has a usable payment method. Alias `o` is orders. */
export const hasPaymentMethod = sql<boolean>`exists (
  select 1 from payment_methods p where p.campaign_id = o.campaign_id and p.id = o.payment_method_id and ${isUsable('p')})`

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
  if (filter.status?.length) parts.push(isOneOf(sql`o.status`, filter.status, sql`text`))
  if (filter.survey?.length) parts.push(isOneOf(sql`b.survey`, filter.survey, sql`text`))
  if (filter.level?.length) parts.push(isOneOrNone(sql`b.level_id`, filter.level, sql`uuid`))
  if (filter.country?.length) parts.push(isOneOrNone(sql`b.country`, filter.country, sql`text`))
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
  if (filter.remind_on) parts.push(dayNamed(filter.remind_on === 'yes'))
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
  if (!country?.length) return [others]
  const named = country.filter((each) => each !== 'none')
  const isOf = (column: RawBuilder<unknown>) => isOneOf(column, named, sql`text`)
  const conditions: RawBuilder<boolean>[] = []
  if (named.length > 0) {
    conditions.push(sql`(${isOf(sql`o.country`)} and ${others})`)
    conditions.push(sql`(o.country is null and ${isOf(sql`b.pledge_country`)} and ${others})`)
  }
  if (named.length < country.length) conditions.push(sql`(o.country is null and b.country is null and ${others})`)
  return conditions
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

/** One value by itself: an index is then read in the order of the list. */
function isOneOf(column: RawBuilder<unknown>, values: string[], type: RawBuilder<unknown>): RawBuilder<boolean> {
  return values.length === 1 ? sql`${column} = ${values[0]}::${type}` : sql`${column} = any(${values}::${type}[])`
}

/** The same where `none` means that there is none. */
function isOneOrNone(column: RawBuilder<unknown>, values: string[], type: RawBuilder<unknown>): RawBuilder<boolean> {
  const named = values.filter((value) => value !== 'none')
  if (named.length === values.length) return isOneOf(column, named, type)
  return named.length === 0 ? sql`${column} is null` : sql`(${column} is null or ${isOneOf(column, named, type)})`
}

function balanceCondition(balance: 'owed' | 'zero' | 'credit'): RawBuilder<boolean> {
  if (balance === 'owed') return sql`o.balance_due > 0`
  return balance === 'zero' ? sql`o.balance_due = 0` : sql`o.balance_due < 0`
}

/** The last try is what made it errored. Classes are never codes too. */
function failureCondition(codes: string[]): RawBuilder<boolean> {
  return sql`(o.status = 'errored' and exists (select 1 from (select a.code, a.decline_class from payment_attempts a
    where a.campaign_id = o.campaign_id and a.order_id = o.id and a.state = 'declined'
    order by a.number desc limit 1) d where d.code = any(${codes}::text[]) or d.decline_class = any(${codes}::text[])))`
}

function dayNamed(is_named: boolean): RawBuilder<boolean> {
  const named = sql`exists (select 1 from payment_follow_ups f where f.campaign_id = o.campaign_id and f.order_id = o.id
    and f.remind_on is not null)`
  return is_named ? sql`(o.status = 'errored' and ${named})` : sql`(o.id is not null and not ${named})`
}

const HOUR = 3_600_000

/**
 * An order is made when its survey is answered. In every zone of the world the day lies between these two moments, which an index knows;
 * whose day it is, is asked of these few alone.
 */
function answeredOn(day: string): RawBuilder<boolean> {
  const start = Date.parse(`${day}T00:00:00Z`)
  return sql`(o.created_at >= ${new Date(start - 14 * HOUR)} and o.created_at < ${new Date(start + 36 * HOUR)}
    and (o.created_at at time zone (select c.time_zone from campaigns c where c.id = o.campaign_id))::date = ${day}::date)`
}

function operationCondition(id: string): RawBuilder<boolean> {
  return sql`exists (select 1 from events e where e.campaign_id = b.campaign_id and e.backer_id = b.id and e.operation_id = ${id})`
}
