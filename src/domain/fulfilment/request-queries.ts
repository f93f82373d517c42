import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { OrderStatus } from '../orders/lifecycle.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import type { Address } from '../shipping/address.ts'

/** A change request as pages and the API show it. Amounts are minor units. */
export interface ShownChangeRequest {
  id: string
  state: Row<'change_requests'>['state']
  order: { id: string; number: number; status: OrderStatus; balance_due: number; currency: string }
  backer: { id: string; name: string; email: string }
  /** the address asked for */
  address: Address
  /** the one that the order has now */
  address_now: Address | null
  address_accepted: boolean
  /** the balance due that the backer agreed to */
  agreed_balance: number
  note: string
  /** staff's words */
  answer: string
  /** why the program closed it by itself: already_shipped, order_canceled */
  code: string | null
  answered_by: { name: string | null } | null
  created_at: Date
  answered_at: Date | null
}

const columns = sql`q.id, q.state, q.address, o.address as address_now, q.address_accepted, q.agreed_balance, q.note, q.answer, q.code,
  q.created_at, q.answered_at,
  jsonb_build_object('id', o.id, 'number', o.number, 'status', o.status, 'balance_due', o.balance_due, 'currency', c.currency) as "order",
  jsonb_build_object('id', b.id, 'name', b.name, 'email', b.email) as backer,
  case when q.answered_by is not null then jsonb_build_object('name', a.name) end as answered_by
  from change_requests q
  join orders o on o.campaign_id = q.campaign_id and o.id = q.order_id
  join backers b on b.campaign_id = q.campaign_id and b.id = q.backer_id
  join campaigns c on c.id = q.campaign_id
  left join accounts a on a.id = q.answered_by`

export interface RequestQuery extends PageInput {
  state?: Row<'change_requests'>['state'] | undefined
  order_id?: string | undefined
  /** the one that waits longest first, as a list to work off has it */
  oldest_first?: boolean | undefined
}

/** One page of a campaign's change requests, newest first unless told. The caller checks that the campaign is the actor's. */
export async function listChangeRequests(
  db: Db,
  campaign_id: string,
  input: RequestQuery = {},
): Promise<Page<ShownChangeRequest>> {
  const size = pageSize(input)
  const sort = input.oldest_first ? 'oldest' : 'newest'
  const place = readCursor(input.cursor, sort, 1)
  const parts = [sql<boolean>`q.campaign_id = ${campaign_id}`]
  if (input.state) parts.push(sql`q.state = ${input.state}`)
  if (input.order_id) parts.push(sql`q.order_id = ${input.order_id}`)
  if (place) parts.push(input.oldest_first ? sql`q.id::text > ${place[0]}` : sql`q.id::text < ${place[0]}`)
  const { rows } = await sql<ShownChangeRequest>`select ${columns}
    where ${sql.join(parts, sql` and `)} order by ${input.oldest_first ? sql`q.id` : sql`q.id desc`} limit ${size + 1}`.execute(
    db,
  )
  return cutPage(rows, size, (row) => writeCursor(sort, [row.id]))
}

/** One change request; 404 outside the campaign. */
export async function findChangeRequest(db: Db, campaign_id: string, id: string): Promise<ShownChangeRequest> {
  const { rows } = await sql<ShownChangeRequest>`select ${columns} where q.campaign_id = ${campaign_id} and q.id = ${id}`.execute(
    db,
  )
  if (!rows[0]) throw notFound('change request')
  return rows[0]
}

/** The newest request of an order, open or answered: what its backer is shown. */
export async function findLastRequest(
  db: Db,
  key: { campaign_id: string; order_id: string },
): Promise<ShownChangeRequest | null> {
  const { rows } = await sql<ShownChangeRequest>`select ${columns}
    where q.campaign_id = ${key.campaign_id} and q.order_id = ${key.order_id} order by q.id desc limit 1`.execute(db)
  return rows[0] ?? null
}

/** How many requests wait for an answer. */
export async function countOpenRequests(db: Db, campaign_id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from change_requests
    where campaign_id = ${campaign_id} and state = 'open'`.execute(db)
  return rows[0]?.count ?? 0
}
