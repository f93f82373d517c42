import { sql } from 'kysely'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import type { ExportInput } from './export-ready.ts'

/** That somebody took the list of what is ready to ship: names and addresses left the program. */
export interface ListedExport {
  /** of its event */
  id: string
  form: ExportInput['form']
  audience: ExportInput['audience']
  orders: number
  actor: { kind: string; name: string | null }
  at: Date
}

/** Who took the list of ready orders, and when, newest first. The caller has checked whose campaign it is. */
export async function listExports(db: Db, campaign_id: string, input: PageInput = {}): Promise<Page<ListedExport>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  const before = place ? sql`e.seq < ${place[0]}::bigint` : sql`true`
  const { rows } = await sql<ListedExport>`select e.seq::text as id, e.data->>'form' as form, e.data->>'audience' as audience,
      coalesce((e.data->>'orders')::int, 0) as orders, jsonb_build_object('kind', e.actor_kind, 'name', a.name) as actor, e.at
    from events e left join accounts a on e.actor_kind = 'staff' and a.id = e.actor_id
    where e.campaign_id = ${campaign_id} and e.backer_id is null and e.kind = 'ready_orders_exported' and ${before}
    order by e.seq desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}
