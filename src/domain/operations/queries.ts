import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import type { LeftOut } from './result.ts'

/** A step over many orders or backers: what was asked, how far it is, and its result. */
export interface Operation {
  id: string
  kind: string
  state: Row<'operations'>['state']
  input: Record<string, unknown>
  total: number
  done: number
  moved: number
  left: LeftOut[]
  failure: string | null
  /** staff's words */
  reason: string | null
  actor: { kind: string; name: string | null }
  created_at: Date
  finished_at: Date | null
}

const columns = sql`p.id, p.kind, p.state, p.input - 'reason_id' as input, p.total, p.done, p.moved, p.left_out as "left", p.failure,
  r.text as reason, jsonb_build_object('kind', p.actor_kind, 'name', a.name) as actor, p.created_at, p.finished_at
  from operations p
  left join accounts a on p.actor_kind = 'staff' and a.id = p.actor_id
  left join event_reasons r on r.campaign_id = p.campaign_id and r.id = (p.input ->> 'reason_id')::uuid`

/** One page of a campaign's operations, newest first. */
export async function listOperations(db: Db, campaign_id: string, input: PageInput = {}): Promise<Page<Operation>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  // Ids are UUIDv7, so they ascend in time.
  const before = place ? sql`p.id::text < ${place[0]}` : sql`true`
  const { rows } = await sql<Operation>`select ${columns}
    where p.campaign_id = ${campaign_id} and ${before} order by p.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

/** One operation; 404 outside the campaign. */
export async function findOperation(db: Db, campaign_id: string, id: string): Promise<Operation> {
  const { rows } = await sql<Operation>`select ${columns} where p.campaign_id = ${campaign_id} and p.id = ${id}`.execute(db)
  if (!rows[0]) throw notFound('operation')
  return rows[0]
}

/**
 * What runs (or waits to run) in the worker now, the oldest first: shown on every page of the campaign. `done` is null where all is done in
 * one step, at its end: cards are charged one by one, everything else is one statement.
 */
export async function findRunningOperation(
  db: Db,
  campaign_id: string,
): Promise<(Pick<Operation, 'id' | 'kind' | 'total'> & { done: number | null; is_paused: boolean }) | null> {
  const running = await db
    .selectFrom('operations as p')
    .leftJoin('charge_runs as r', (join) => join.onRef('r.campaign_id', '=', 'p.campaign_id').onRef('r.id', '=', 'p.id'))
    .select(['p.id', 'p.kind', 'p.done', 'p.total', 'r.state as run_state'])
    .where('p.campaign_id', '=', campaign_id)
    .where('p.state', 'in', ['queued', 'running'])
    .orderBy('p.created_at')
    .limit(1)
    .executeTakeFirst()
  if (!running) return null
  const { run_state, done, ...operation } = running
  return { ...operation, done: run_state === null ? null : done, is_paused: run_state === 'paused' }
}
