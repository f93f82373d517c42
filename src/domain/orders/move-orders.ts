import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../shared/actor.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { conditionsOf, leftOutCode, SETS } from './conditions.ts'
import { type CarriedTransition, TRANSITIONS } from './lifecycle.ts'
import { isSet, type Selection, selectionCondition } from './selection.ts'

export interface LeftOut {
  code: string
  count: number
  /** up to five order ids */
  sample_ids: string[]
}

export interface MoveResult {
  total: number
  moved: number
  left: LeftOut[]
}

interface GroupRow {
  code: string
  count: number
  sample_ids: string[]
}

/**
 * The orders of a selection with the version their conditions were read at, and the code why each is left out (null: it qualifies).
 * A filter means "those of them that this transition is about"; ids mean just those, so one in a wrong status is reported.
 */
function pickedOrders(name: CarriedTransition, campaign_id: string, selection: Selection): RawBuilder<unknown> {
  const from = [...TRANSITIONS[name].from]
  const scope = 'ids' in selection ? sql`true` : sql`o.status = any(${from}::text[])`
  return sql`select o.id, o.backer_id, o.version, o.status,
      case when not (o.status = any(${from}::text[])) then 'wrong_status' else ${leftOutCode(conditionsOf(name))} end as code
    from orders o
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    join campaigns c on c.id = o.campaign_id
    where o.campaign_id = ${campaign_id} and ${scope} and ${selectionCondition(selection)}`
}

/** What a transition would do, without doing it: the move's own statement without the write. */
export async function previewMove(
  db: Db,
  campaign_id: string,
  name: CarriedTransition,
  selection: Selection,
): Promise<MoveResult> {
  const { rows } = await sql<GroupRow>`with picked as (${pickedOrders(name, campaign_id, selection)})
    select coalesce(p.code, 'moved') as code, count(*)::int as count, (array_agg(p.id order by p.id))[1:5] as sample_ids
    from picked p group by 1 order by 2 desc, 1`.execute(db)
  return toResult(rows)
}

export interface Move {
  campaign_id: string
  name: CarriedTransition
  selection: Selection
  operation_id: string | null
  reason_id: string | null
  code?: string | null
}

/**
 * The one statement of a transition: moves the orders that qualify, writes one event for each, and tells who was left out and why.
 * It compares, in its UPDATE, the version with which the conditions were read: what changed meanwhile is left out.
 */
export function moveStatement(now: Date, actor: Actor, move: Move): RawBuilder<GroupRow> {
  const { campaign_id, name } = move
  return sql<GroupRow>`with picked as (${pickedOrders(name, campaign_id, move.selection)}),
    moved as (
      update orders o set status = ${TRANSITIONS[name].to}, version = o.version + 1, updated_at = ${now}, ${SETS[name](now)}
      from picked p
      where o.campaign_id = ${campaign_id} and o.id = p.id and p.code is null and o.version = p.version
      returning o.id, o.backer_id, o.version, p.status as from_status
    ),
    written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status,
        actor_kind, actor_id, code, reason_id, operation_id, at)
      select ${campaign_id}::uuid, ${name}::text, m.backer_id, m.id, m.version, m.from_status, ${TRANSITIONS[name].to}::text,
        ${actor.kind}::text, ${actor.id}::text, ${move.code ?? null}::text, ${move.reason_id}::uuid, ${move.operation_id}::uuid,
        ${now}::timestamptz
      from moved m
    )
    select coalesce(p.code, case when m.id is null then 'changed_meanwhile' else 'moved' end) as code,
      count(*)::int as count, (array_agg(p.id order by p.id))[1:5] as sample_ids
    from picked p left join moved m on m.id = p.id group by 1 order by 2 desc, 1`
}

/** Runs the move in the caller's transaction. This file is the only writer of an order's status after its birth (house check). */
export async function moveOrders(tx: Tx, actor: Actor, move: Move): Promise<MoveResult> {
  if (isSet(move.selection)) await planForSets(tx.db)
  const { rows } = await moveStatement(tx.now, actor, move).execute(tx.db)
  return toResult(rows)
}

function toResult(rows: GroupRow[]): MoveResult {
  const moved = rows.find((row) => row.code === 'moved')?.count ?? 0
  const left = rows.filter((row) => row.code !== 'moved')
  return { total: rows.reduce((sum, row) => sum + row.count, 0), moved, left }
}
