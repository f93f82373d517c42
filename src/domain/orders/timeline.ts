import { sql } from 'kysely'
import type { ActorKind } from '../../db/tables/history.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'

/** Whose story: an order's is its backer's, since a backer has one order; an operation's is everything it touched. */
export type TimelineScope = { campaign_id: string } & ({ backer_id: string } | { order_id: string } | { operation_id: string })

/** What happened, as data; lib/event-text.ts puts it into words. */
export interface TimelineEvent {
  id: number
  at: Date
  kind: string
  actor: { kind: ActorKind; name: string | null }
  from: string | null
  to: string | null
  code: string | null
  /** staff's words */
  reason: string | null
  operation_id: string | null
  backer_id: string | null
  order_id: string | null
  /** the version the order has since; each version has exactly one event */
  order_version: number | null
  data: Record<string, unknown>
}

/** One page of events, newest first. The caller checks that the scope is the actor's own. */
export async function listEvents(db: Db, scope: TimelineScope, input: PageInput = {}): Promise<Page<TimelineEvent>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  const before = place && /^\d{1,18}$/.test(place[0] ?? '') ? sql`e.seq < ${place[0]}::bigint` : sql`true`
  const { rows } =
    await sql<TimelineEvent>`select e.seq as id, e.at, e.kind, e.from_status as "from", e.to_status as "to", e.code,
      r.text as reason, e.operation_id, e.backer_id, e.order_id, e.order_version, e.data,
      jsonb_build_object('kind', e.actor_kind, 'name', coalesce(a.name, b.name)) as actor
    from events e
    left join event_reasons r on r.campaign_id = e.campaign_id and r.id = e.reason_id
    left join accounts a on e.actor_kind = 'staff' and a.id = e.actor_id
    left join backers b on e.actor_kind = 'backer' and b.campaign_id = e.campaign_id and b.id::text = e.actor_id
    where e.campaign_id = ${scope.campaign_id} and ${scopeCondition(scope)} and ${before}
    order by e.seq desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

function scopeCondition(scope: TimelineScope) {
  if ('backer_id' in scope) return sql<boolean>`e.backer_id = ${scope.backer_id}`
  if ('operation_id' in scope) return sql<boolean>`e.operation_id = ${scope.operation_id}`
  return sql<boolean>`e.backer_id = (select o.backer_id from orders o
    where o.campaign_id = ${scope.campaign_id} and o.id = ${scope.order_id})`
}
