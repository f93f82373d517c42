import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { MessageKind } from '../messages/kinds.ts'
import { queueMessagesOfOperation } from '../messages/queue-message.ts'
import type { MoveResult } from '../operations/result.ts'
import type { OperationKey } from '../operations/run-state.ts'
import { beginOperation, finishOperation } from '../operations/write-operation.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { jsonb } from '../shared/events.ts'
import { planForSets, type Tx } from '../shared/tx.ts'
import type { OrderStatus } from './lifecycle.ts'
import { type Selection, selectionCondition } from './selection.ts'

/*
 * What giving, moving and withdrawing a notice do to its orders and their backers: operations, carried out at once or in the worker.
 */

export type NoticeKind = Row<'notices'>['kind']

export const NOTICE_STEPS = ['lock_notice', 'finalize_notice', 'move_notice', 'withdraw_notice'] as const
type NoticeStep = (typeof NOTICE_STEPS)[number]

interface NoticeWords {
  /** the status of the orders it names: those its transition starts from */
  status: OrderStatus
  operation: NoticeStep
  mails: { given: MessageKind; moved: MessageKind; withdrawn: MessageKind }
  nothing: string
}

export const NOTICES: Record<NoticeKind, NoticeWords> = {
  lock: {
    status: 'open',
    operation: 'lock_notice',
    mails: { given: 'lock_notice', moved: 'lock_notice_moved', withdrawn: 'lock_notice_withdrawn' },
    nothing: 'No open order is left to give notice to.',
  },
  finalize_address: {
    status: 'paid',
    operation: 'finalize_notice',
    mails: { given: 'finalize_notice', moved: 'finalize_notice_moved', withdrawn: 'finalize_notice_withdrawn' },
    nothing: 'No paid order is left to give notice to.',
  },
}

/** The orders that a notice of this kind would name now: in its status, and named by no other that is scheduled. Over `o` and `b`. */
export function canBeNamed(kind: NoticeKind, selection: Selection): RawBuilder<boolean> {
  return sql`(o.status = ${NOTICES[kind].status} and ${selectionCondition(selection)} and (o.notice_id is null or not exists (
    select 1 from notices n where n.campaign_id = o.campaign_id and n.id = o.notice_id and n.state = 'scheduled')))`
}

/** Where nobody is left to tell. */
export function nothingToGive(kind: NoticeKind): DomainError {
  return new DomainError('nothing_to_do', NOTICES[kind].nothing, { status: 422 })
}

/** Many orders are named by the worker, which may come to it late: a notice that is over when its backers hear of it is none. */
function tooLate(): DomainError {
  const message =
    'Its time passed before the backers could be told. Nobody was told, and nothing runs. Give it again, with a later time.'
  return new DomainError('notice_too_late', message, { status: 422 })
}

/** What the operation of a notice was asked, as its row keeps it. Times are ISO texts. */
export type AskedNotice =
  | { notice: string; notice_kind: NoticeKind; selection: Selection; due_at: string }
  | { notice: string; notice_kind: NoticeKind; due_at: string; moves: number }
  | { notice: string; notice_kind: NoticeKind }

/** Whether an operation of this kind is about a notice. */
export function isNoticeStep(kind: string): kind is NoticeStep {
  return (NOTICE_STEPS as readonly string[]).includes(kind)
}

/** Does the work of giving, moving or withdrawing a notice, in the caller's transaction. One that is over is not done twice. */
export async function carryOutNotice(tx: Tx, actor: Actor, key: OperationKey): Promise<MoveResult> {
  const { operation, result: before } = await beginOperation(tx, key)
  if (before) return before
  const asked = operation.input as AskedNotice
  const count =
    'selection' in asked
      ? await giveNotice(tx, actor, key, asked)
      : 'moves' in asked
        ? await mailNamed(tx, key.campaign_id, asked, 'moved', `${asked.notice}:${asked.moves}`, { due_at: asked.due_at })
        : await clearNotice(tx, actor, key, asked)
  const result = { total: count, moved: count, left: [] }
  await finishOperation(tx, key, result)
  return result
}

type Given = Extract<AskedNotice, { selection: Selection }>

/** Names the orders, writes the notice, and tells their backers. */
async function giveNotice(tx: Tx, actor: Actor, key: OperationKey, asked: Given): Promise<number> {
  const { notice: id, notice_kind: kind, due_at } = asked
  const { campaign_id } = key
  if (new Date(due_at) <= tx.now) throw tooLate()
  const named = await markOrders(tx, actor, {
    ...key,
    kind: 'noticed',
    notice_kind: kind,
    notice: sql`${id}::uuid`,
    where: canBeNamed(kind, asked.selection),
  })
  if (named === 0) throw nothingToGive(kind)
  const at = { created_at: tx.now, updated_at: tx.now }
  await tx.db
    .insertInto('notices')
    .values({ campaign_id, id, kind, state: 'scheduled', due_at: new Date(due_at), orders: named, actor_id: actor.id, ...at })
    .execute()
  await queueMessagesOfOperation(tx, {
    ...key,
    event_kind: 'noticed',
    kind: NOTICES[kind].mails.given,
    data: { notice_id: id, due_at },
  })
  return named
}

/** Tells the backers of a withdrawn notice, and frees their orders. */
async function clearNotice(tx: Tx, actor: Actor, key: OperationKey, asked: AskedNotice): Promise<number> {
  await mailNamed(tx, key.campaign_id, asked, 'withdrawn', asked.notice, {})
  return await markOrders(tx, actor, {
    ...key,
    kind: 'notice_withdrawn',
    notice_kind: asked.notice_kind,
    notice: sql`null::uuid`,
    where: sql`o.notice_id = ${asked.notice}`,
  })
}

interface Mark {
  campaign_id: string
  operation_id: string
  kind: string
  notice_kind: NoticeKind
  notice: RawBuilder<unknown>
  where: RawBuilder<boolean>
}

/** Sets the notice of orders: one statement, one version and one event each. */
export async function markOrders(tx: Tx, actor: Actor, mark: Mark): Promise<number> {
  await planForSets(tx.db)
  const { rows } = await sql<{ count: number }>`with picked as (
      select o.id, o.version from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      where o.campaign_id = ${mark.campaign_id} and ${mark.where}
    ), marked as (
      update orders o set version = o.version + 1, updated_at = ${tx.now}, notice_id = ${mark.notice}
      from picked p where o.campaign_id = ${mark.campaign_id} and o.id = p.id and o.version = p.version
      returning o.id, o.backer_id, o.version, o.status
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id, operation_id,
        data, at)
      select ${mark.campaign_id}::uuid, ${mark.kind}::text, m.backer_id, m.id, m.version, m.status, m.status, ${actor.kind}::text,
        ${actor.id}::text, ${mark.operation_id}::uuid, ${jsonb({ notice_kind: mark.notice_kind })}, ${tx.now}::timestamptz from marked m
    ) select count(*)::int as count from marked`.execute(tx.db)
  return rows[0]?.count ?? 0
}

/** Answers how many are told: the orders that it still names, in its status. */
async function mailNamed(
  tx: Tx,
  campaign_id: string,
  { notice, notice_kind }: AskedNotice,
  what: 'moved' | 'withdrawn',
  occasion: string,
  data: Record<string, unknown>,
): Promise<number> {
  const { status, mails } = NOTICES[notice_kind]
  const result = await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select o.campaign_id, gen_random_uuid(), ${mails[what]}, o.backer_id, ${occasion}, ${jsonb({ notice_id: notice, ...data })},
      'queued', ${tx.now}, ${tx.now}
    from orders o where o.campaign_id = ${campaign_id} and o.notice_id = ${notice} and o.status = ${status}
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  await tx.enqueue({ job: 'deliver_messages' })
  return Number(result.numAffectedRows ?? 0)
}
