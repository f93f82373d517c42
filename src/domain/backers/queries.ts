import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { isId } from '../../lib/id.ts'
import type { OrderStatus, SurveyState } from '../orders/lifecycle.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid, notFound } from '../shared/errors.ts'
import { cutPage, type Page, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import { ownCampaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { type BackerFilter, backerNumber, filterCondition } from './filter.ts'

/** One row of the list of backers. Amounts in minor units. */
export interface BackerRow {
  id: string
  number: number | null
  name: string
  email: string
  email_state: 'ok' | 'relay' | 'bounced'
  level_id: string | null
  level_name: string | null
  pledge_status: string
  pledge_amount: number
  country: string | null
  survey: SurveyState
  survey_sent_at: Date | null
  reminders: number
  reminded_at: Date | null
  note: string
  version: number
  order: { id: string; number: number; status: OrderStatus; balance_due: number; on_hold: boolean } | null
}

/** By what the list can be sorted; a minus before it turns it round. Ties are in the order of the ids, so pages never overlap. */
const WHOLE = /^\d{1,19}$/
const MOMENT = /^(infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d)?)?)$/
const TEXT = /^[^\0]*$/
const SORTS = {
  number: { value: backerNumber('b'), type: sql`bigint`, shape: WHOLE },
  name: { value: sql`lower(b.name)`, type: sql`text`, shape: TEXT },
  email: { value: sql`lower(b.email)`, type: sql`text`, shape: TEXT },
  pledged_at: { value: sql`coalesce(b.pledged_at, 'infinity'::timestamp)`, type: sql`timestamp`, shape: MOMENT },
  pledge_amount: { value: sql`b.pledge_amount`, type: sql`bigint`, shape: WHOLE },
  survey_sent_at: { value: sql`coalesce(b.survey_sent_at, 'infinity'::timestamptz)`, type: sql`timestamptz`, shape: MOMENT },
} as const satisfies Record<string, { value: RawBuilder<unknown>; type: RawBuilder<unknown>; shape: RegExp }>
type SortKey = keyof typeof SORTS
export const BACKER_SORTS = (Object.keys(SORTS) as SortKey[]).flatMap((key) => [key, `-${key}`] as const)
export type BackerSort = SortKey | `-${SortKey}`

export interface BackerListInput {
  filter?: BackerFilter | undefined
  sort?: BackerSort | undefined
  cursor?: string | undefined
  limit?: number | undefined
}

/** One page of the backers that match, with the cursor of the next page. The caller has checked whose campaign it is. */
export async function listBackers(db: Db, campaign_id: string, input: BackerListInput = {}): Promise<Page<BackerRow>> {
  const sort = input.sort ?? 'number'
  const size = pageSize(input)
  const { value } = SORTS[sort.replace('-', '') as SortKey]
  const direction = sort.startsWith('-') ? sql`desc` : sql`asc`
  const { rows } = await sql<ListRow>`select ${ROW}, (${value})::text as sort_value
    ${FROM}
    where b.campaign_id = ${campaign_id} and ${filterCondition(input.filter ?? {})} and ${afterCursor(sort, input.cursor)}
    order by ${value} ${direction}, b.id ${direction} limit ${size + 1}`.execute(db)
  const page = cutPage(rows, size, (row) => writeCursor(sort, [row.sort_value, row.id]))
  return { data: page.data.map(toRow), next_cursor: page.next_cursor }
}

function afterCursor(sort: BackerSort, cursor: string | undefined): RawBuilder<boolean> {
  const [last, id] = readCursor(cursor, sort, 2) ?? []
  if (last === undefined || id === undefined) return sql`true`
  const { value, type, shape } = SORTS[sort.replace('-', '') as SortKey]
  if (!shape.test(last) || !isId(id)) throw invalid('This cursor is none. Start again without one.', [], 'cursor_invalid')
  const place = sql`(${last}::${type}, ${id}::uuid)`
  return sort.startsWith('-') ? sql`(${value}, b.id) < ${place}` : sql`(${value}, b.id) > ${place}`
}

/** How many backers match. */
export async function countBackers(db: Db, campaign_id: string, filter: BackerFilter = {}): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count ${FROM}
    where b.campaign_id = ${campaign_id} and ${filterCondition(filter)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** How many backers are in each survey state. */
export async function countSurveys(db: Db, campaign_id: string): Promise<Record<SurveyState, number>> {
  const { rows } = await sql<{ survey: SurveyState; count: number }>`select survey, count(*)::int as count from backers
    where campaign_id = ${campaign_id} group by survey`.execute(db)
  const none = { not_sent: 0, sent: 0, started: 0, waiting: 0, withdrawn: 0, completed: 0 }
  return { ...none, ...Object.fromEntries(rows.map((row) => [row.survey, row.count])) }
}

/** Everything about one backer but the order's parts and the link. */
export interface BackerDetail extends BackerRow {
  contact_saved_here: boolean
  pledge_minimum: number
  pledge_shipping: number
  pledge_bonus: number | null
  /** local time of the platform, without zone */
  pledged_at: string | null
  platform_uid: string | null
  pledged_addons: { addon_id: string; name: string; quantity: number }[]
  report_note: string
  link_version: number
  survey_started_at: Date | null
  created_at: Date
}

/** One backer of a campaign of the actor. Answers 404 for every other. */
export async function findBacker(db: Db, scope: { actor: Actor; campaign_id: string }, id: string): Promise<BackerDetail> {
  await ownCampaign(db, scope.actor, scope.campaign_id)
  if (!isId(id)) throw notFound('backer')
  const { rows } = await sql<ListRow & Row<'backers'>>`select b.*, ${ROW} ${FROM}
    where b.campaign_id = ${scope.campaign_id} and b.id = ${id}`.execute(db)
  const row = rows[0]
  if (!row) throw notFound('backer')
  const pledged_addons = await db
    .selectFrom('pledged_addons as p')
    .innerJoin('addons as a', (join) => join.onRef('a.campaign_id', '=', 'p.campaign_id').onRef('a.id', '=', 'p.addon_id'))
    .select(['p.addon_id', 'a.name', 'p.quantity'])
    .where('p.campaign_id', '=', scope.campaign_id)
    .where('p.backer_id', '=', id)
    .orderBy('a.position')
    .execute()
  return {
    ...toRow(row),
    contact_saved_here: row.contact_saved_here,
    pledge_minimum: row.pledge_minimum,
    pledge_shipping: row.pledge_shipping,
    pledge_bonus: row.pledge_bonus,
    pledged_at: row.pledged_at,
    platform_uid: row.platform_uid,
    pledged_addons,
    report_note: row.report_note,
    link_version: row.link_version,
    survey_started_at: row.survey_started_at,
    created_at: row.created_at,
  }
}

interface ListRow extends Omit<BackerRow, 'order'> {
  sort_value: string
  order_id: string | null
  order_number: number
  order_status: OrderStatus
  balance_due: number
  on_hold: boolean
}

const ROW = sql`b.id, b.platform_number as number, b.name, b.email, b.email_state, b.level_id, l.name as level_name, b.pledge_status,
  b.pledge_amount, b.country, b.survey, b.survey_sent_at, b.reminders, b.reminded_at,
  b.staff_note as note, b.version, o.id as order_id, o.number as order_number, o.status as order_status, o.balance_due,
  o.held_at is not null as on_hold`
const FROM = sql`from backers b
  left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
  left join levels l on l.campaign_id = b.campaign_id and l.id = b.level_id`

function toRow(row: ListRow): BackerRow {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    email: row.email,
    email_state: row.email_state,
    level_id: row.level_id,
    level_name: row.level_name,
    pledge_status: row.pledge_status,
    pledge_amount: row.pledge_amount,
    country: row.country,
    survey: row.survey,
    survey_sent_at: row.survey_sent_at,
    reminders: row.reminders,
    reminded_at: row.reminded_at,
    note: row.note,
    version: row.version,
    order: row.order_id
      ? {
          id: row.order_id,
          number: row.order_number,
          status: row.order_status,
          balance_due: row.balance_due,
          on_hold: row.on_hold,
        }
      : null,
  }
}
