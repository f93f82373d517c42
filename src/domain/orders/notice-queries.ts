import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'

/** A notice as lists show it; `waiting` counts the named orders that it would still try to lock, or to finalize. */
export type ShownNotice = Pick<
  Row<'notices'>,
  'id' | 'kind' | 'state' | 'due_at' | 'orders' | 'moves' | 'operation_id' | 'created_at'
> & {
  waiting: number
  actor: { kind: 'staff'; name: string | null }
}

const columns = sql`n.id, n.kind, n.state, n.due_at, n.orders, n.moves, n.operation_id, n.created_at,
  (select count(*)::int from orders o where o.campaign_id = n.campaign_id and o.notice_id = n.id
    and o.status = case n.kind when 'lock' then 'open' else 'paid' end) as waiting,
  jsonb_build_object('kind', 'staff', 'name', a.name) as actor
  from notices n left join accounts a on a.id = n.actor_id`

/** One page of a campaign's notices, newest first; `scheduled` narrows it to those that still run. */
export async function listNotices(
  db: Db,
  campaign_id: string,
  input: PageInput & { state?: Row<'notices'>['state'] | undefined } = {},
): Promise<Page<ShownNotice>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  const before = place ? sql`n.id::text < ${place[0]}` : sql`true`
  const state = input.state ? sql`n.state = ${input.state}` : sql`true`
  const { rows } = await sql<ShownNotice>`select ${columns}
    where n.campaign_id = ${campaign_id} and ${state} and ${before} order by n.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

/** One notice; 404 outside the campaign. */
export async function findNotice(db: Db, campaign_id: string, id: string): Promise<ShownNotice> {
  const { rows } = await sql<ShownNotice>`select ${columns} where n.campaign_id = ${campaign_id} and n.id = ${id}`.execute(db)
  if (!rows[0]) throw notFound('notice')
  return rows[0]
}
