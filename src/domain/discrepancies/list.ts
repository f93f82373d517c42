import { sql } from 'kysely'
import type { OrderStatus } from '../orders/lifecycle.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import { DECISIONS, type Resolution } from './decisions.ts'
import type { DiscrepancyKind } from './kinds.ts'

/** Where the gateway and the books differ, as pages and the API show it. Amounts are minor units of `currency`. */
export interface ShownDiscrepancy {
  id: string
  kind: DiscrepancyKind
  state: 'open' | 'settled'
  /** the gateway's id of the payment, refund or dispute */
  subject: string
  amount: number
  currency: string
  /** ids, amounts and states of its kind */
  data: Record<string, unknown>
  /** null: the books do not know the order */
  order: { id: string; number: number; status: OrderStatus; balance_due: number; is_held: boolean } | null
  backer: { id: string; name: string } | null
  /** what can be decided about it, the usual first; nothing once it is settled */
  decisions: readonly Resolution[]
  /** what was decided; null while it is open */
  resolution: Resolution | null
  /** staff's words */
  reason: string | null
  /** null: it ended by itself, or is open */
  settled_by: { name: string | null } | null
  found_at: Date
  settled_at: Date | null
}

const columns = sql`d.id, d.kind, d.state, d.subject, d.amount, d.currency, d.data, d.resolution, d.found_at, d.settled_at, w.text as reason,
  case when o.id is not null then jsonb_build_object('id', o.id, 'number', o.number, 'status', o.status, 'balance_due', o.balance_due,
    'is_held', o.held_at is not null) end as "order",
  case when b.id is not null then jsonb_build_object('id', b.id, 'name', b.name) end as backer,
  case when d.settled_by is not null then jsonb_build_object('name', p.name) end as settled_by
  from discrepancies d
  left join orders o on o.campaign_id = d.campaign_id and o.id = d.order_id
  left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
  left join accounts p on p.id = d.settled_by
  left join event_reasons w on w.campaign_id = d.campaign_id and w.id = d.reason_id`

export interface DiscrepancyQuery extends PageInput {
  state?: 'open' | 'settled' | undefined
  kind?: DiscrepancyKind | undefined
  order_id?: string | undefined
}

/** One page of a campaign's discrepancies, newest first. The caller has checked whose campaign it is. */
export async function listDiscrepancies(
  db: Db,
  campaign_id: string,
  input: DiscrepancyQuery = {},
): Promise<Page<ShownDiscrepancy>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  const parts = [sql<boolean>`d.campaign_id = ${campaign_id}`]
  if (input.state) parts.push(sql`d.state = ${input.state}`)
  if (input.kind) parts.push(sql`d.kind = ${input.kind}`)
  if (input.order_id) parts.push(sql`d.order_id = ${input.order_id}`)
  // Ids are UUIDv7, so they ascend in time.
  if (place) parts.push(sql`d.id::text < ${place[0]}`)
  const { rows } = await sql<ShownDiscrepancy>`select ${columns} where ${sql.join(parts, sql` and `)}
    order by d.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows.map(withDecisions), size, (row) => writeCursor('newest', [row.id]))
}

/** One discrepancy; 404 outside the campaign. */
export async function findDiscrepancy(db: Db, campaign_id: string, id: string): Promise<ShownDiscrepancy> {
  const { rows } = await sql<ShownDiscrepancy>`select ${columns} where d.campaign_id = ${campaign_id} and d.id = ${id}`.execute(
    db,
  )
  if (!rows[0]) throw notFound('discrepancy')
  return withDecisions(rows[0])
}

function withDecisions(row: ShownDiscrepancy): ShownDiscrepancy {
  return { ...row, decisions: row.state === 'open' ? DECISIONS[row.kind] : [] }
}

/** How many wait for a decision, by kind, the most frequent first. The caller has checked whose campaign it is. */
export async function countDiscrepancies(
  db: Db,
  campaign_id: string,
): Promise<{ open: number; kinds: { kind: DiscrepancyKind; count: number }[] }> {
  const { rows } = await sql<{ kind: DiscrepancyKind; count: number }>`select kind, count(*)::int as count from discrepancies
    where campaign_id = ${campaign_id} and state = 'open' group by kind order by 2 desc, 1`.execute(db)
  return { open: rows.reduce((sum, { count }) => sum + count, 0), kinds: rows }
}
