import { type RawBuilder, sql } from 'kysely'
import { type LeftOut, type MoveResult, toResult } from '../operations/result.ts'
import type { Actor } from '../shared/actor.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { type Asking, conditionsOf, factsOf, leftOutCode, SETS } from './conditions.ts'
import { type CarriedTransition, type RefundDecision, TRANSITIONS } from './lifecycle.ts'
import { isSet, type Selection, selectionCondition, type TrackedOrders } from './selection.ts'

/** Which orders are asked, and about what. */
export interface Picked {
  campaign_id: string
  name: CarriedTransition
  selection: Selection | TrackedOrders
  /** cancel only: what becomes of the money that was taken here */
  refund_decision?: RefundDecision | null
}

/**
 * The orders of a selection with the version their conditions were read at, and the code why each is left out (null: it qualifies).
 * A filter means "those of them that this transition is about"; ids mean just those, so one in a wrong status is reported.
 * Every order has a backer and a campaign: they are left-joined, so that the planner drops whom nothing asks for.
 */
function pickedOrders(asked: Omit<Asking, 'refund_decision'>, picked: Picked): RawBuilder<unknown> {
  const { name, campaign_id, selection, refund_decision = null } = picked
  const asking = { ...asked, refund_decision }
  const from = [...TRANSITIONS[name].from]
  const conditions = conditionsOf(name)
  return sql`select o.id, o.version, o.status,
      case when not (o.status = any(${from}::text[])) then 'wrong_status' else ${leftOutCode(conditions, asking)} end as code
    from orders o
    left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    left join campaigns c on c.id = o.campaign_id
    ${factsOf(conditions, campaign_id, selection)}
    where ${isPicked({ name, campaign_id, selection })}`
}

function isPicked({ name, campaign_id, selection }: Picked): RawBuilder<boolean> {
  const from = [...TRANSITIONS[name].from]
  const scope = 'filter' in selection ? sql`o.status = any(${from}::text[])` : sql`true`
  return sql`(o.campaign_id = ${campaign_id} and ${scope} and ${selectionCondition(selection)})`
}

/** How many orders a transition would look at: those that would move, and those that would be left out. */
export async function countPicked(db: Db, picked: Picked): Promise<number> {
  if ('ids' in picked.selection) return picked.selection.ids.length
  const { rows } = await sql<{ count: number }>`select count(*)::int as count
    from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where ${isPicked(picked)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** How many orders of a cancel have money that was taken here and is not given back, and how much; minor units. */
export async function countTaken(db: Db, picked: Picked): Promise<{ orders: number; amount: number }> {
  const { rows } = await sql<{ orders: number; amount: number }>`select count(*)::int as orders,
      coalesce(sum(o.captured - o.refunded), 0)::bigint as amount
    from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where ${isPicked(picked)} and o.captured > o.refunded and o.status = any(${[...TRANSITIONS[picked.name].from]}::text[])`.execute(
    db,
  )
  return rows[0] ?? { orders: 0, amount: 0 }
}

/** What a transition would do, without doing it: the move's own statement without the write. */
export async function previewMove(db: Db, asking: Omit<Asking, 'refund_decision'>, picked: Picked): Promise<MoveResult> {
  const { rows } = await sql<LeftOut>`with picked as (${pickedOrders(asking, picked)}),
    outcome as (select p.id, coalesce(p.code, 'moved') as code from picked p)
    ${COUNTED}`.execute(db)
  return toResult(rows)
}

/** What became of each (`outcome`), counted by code, with up to five of those left out. Those that move are many, and are not listed. */
const COUNTED = sql`select u.code, u.count, case when u.code <> 'moved'
      then array(select x.id from outcome x where x.code = u.code order by x.id limit 5) end as sample_ids
    from (select code, count(*)::int as count from outcome group by code) u order by u.count desc, u.code`

export interface Move extends Picked {
  operation_id: string | null
  reason_id: string | null
  /** why, as a stable code: a text, or an SQL expression over the moved order `m` (id, backer_id, version, balance_due, from_status, to_status) */
  code?: string | RawBuilder<string | null> | null
  /** ids, amounts and codes of the event: an SQL expression over the moved order `m` */
  data?: RawBuilder<unknown>
}

/**
 * The one statement of a transition: moves the orders that qualify, writes one event for each, and tells who was left out and why.
 * It compares, in its UPDATE, the version with which the conditions were read: what changed meanwhile is left out.
 */
export function moveStatement(now: Date, actor: Actor, move: Move): RawBuilder<LeftOut> {
  return sql<LeftOut>`with ${moveParts(now, actor, move)},
    outcome as (select p.id, ${OUTCOME} as code from picked p left join moved m on m.id = p.id)
    ${COUNTED}`
}

const OUTCOME = sql`coalesce(p.code, case when m.id is null then 'changed_meanwhile' else 'moved' end)`

function moveParts(now: Date, actor: Actor, move: Move): RawBuilder<unknown> {
  const { campaign_id, name } = move
  const { to } = TRANSITIONS[name]
  const set = SETS[name]
  const code = typeof move.code === 'string' ? sql`${move.code}::text` : (move.code ?? sql`null::text`)
  return sql`picked as (${pickedOrders({ now, actor: actor.kind }, move)}),
    moved as (
      update orders o set status = ${to === null ? sql`o.status` : sql`${to}`}, version = o.version + 1, updated_at = ${now}
        ${set ? sql`, ${set(now, move.refund_decision ?? null)}` : sql``}
      from picked p
      where o.campaign_id = ${campaign_id} and o.id = p.id and p.code is null and o.version = p.version
      returning o.id, o.backer_id, o.version, o.balance_due, p.status as from_status, o.status as to_status
    ),
    written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status,
        actor_kind, actor_id, code, reason_id, operation_id, data, at)
      select ${campaign_id}::uuid, ${name}::text, m.backer_id, m.id, m.version, m.from_status, m.to_status,
        ${actor.kind}::text, ${actor.id}::text, ${code}, ${move.reason_id}::uuid, ${move.operation_id}::uuid,
        ${move.data ?? sql`'{}'::jsonb`}, ${now}::timestamptz
      from moved m
    )`
}

/** What became of one order of a selection: its code, `moved` when it moved, and then the version it has now. */
export interface EachMove {
  id: string
  code: string
  version: number | null
}

/** The same move, answering order by order: for a batch of which each has a story of its own. */
export async function moveEach(tx: Tx, actor: Actor, move: Move): Promise<EachMove[]> {
  const { rows } = await moveEachStatement(tx.now, actor, move).execute(tx.db)
  return rows
}

/** The statement of `moveEach`. */
export function moveEachStatement(now: Date, actor: Actor, move: Move): RawBuilder<EachMove> {
  return sql<EachMove>`with ${moveParts(now, actor, move)}
    select p.id, ${OUTCOME} as code, m.version from picked p left join moved m on m.id = p.id`
}

/** Runs the move in the caller's transaction. This file is the only writer of an order's status after its birth (house check). */
export async function moveOrders(tx: Tx, actor: Actor, move: Move): Promise<MoveResult> {
  if (isSet(move.selection)) await planForSets(tx.db)
  const { rows } = await moveStatement(tx.now, actor, move).execute(tx.db)
  return toResult(rows)
}
