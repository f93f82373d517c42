import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { MessageKind } from '../messages/kinds.ts'
import { queueMessagesOfOperation } from '../messages/queue-message.ts'
import type { MoveResult } from '../operations/result.ts'
import { finishOperation, startOperation } from '../operations/write-operation.ts'
import { type Actor, CLOCK } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { jsonb } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import type { OrderStatus } from './lifecycle.ts'
import { type Selection, selectionCondition } from './selection.ts'
import { carryOutTransition } from './transition-orders.ts'

/** 48 hours, unless staff say otherwise (lifecycle.md). */
export const NOTICE_HOURS = 48
const MAX_HOURS = 24 * 60

export type NoticeKind = Row<'notices'>['kind']

interface NoticeWords {
  /** the status of the orders it names: those its transition starts from */
  status: OrderStatus
  operation: string
  mails: { given: MessageKind; moved: MessageKind; withdrawn: MessageKind }
  nothing: string
}

const KINDS: Record<NoticeKind, NoticeWords> = {
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

export interface NoticeInput {
  campaign_id: string
  /** what the clock will do; a lock unless told */
  kind?: NoticeKind
  selection: Selection
  hours?: number | undefined
}

/**
 * Schedules a lock of the orders that are open now, or a finalizing of the addresses of those that are paid now, and tells their backers.
 * The list is frozen: an order that comes to the status later is not swept in. Guarantees: one event and one mail for each. An order that
 * another scheduled notice names already is left to that one. Refuses where nobody is left to tell (`nothing_to_do`).
 */
export async function scheduleNotice(tx: Tx, actor: Actor, input: NoticeInput): Promise<Row<'notices'> & { operation: string }> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const due_at = dueAt(tx.now, input.hours ?? NOTICE_HOURS)
  const id = newId()
  const kind = input.kind ?? 'lock'
  const { status, operation, mails, nothing } = KINDS[kind]
  const operation_id = await startOperation(tx, actor, {
    campaign_id: input.campaign_id,
    kind: operation,
    state: 'running',
    input: { selection: input.selection, notice: id },
  })
  const named = await markOrders(tx, actor, {
    campaign_id: input.campaign_id,
    operation_id,
    kind: 'noticed',
    notice_kind: kind,
    notice: sql`${id}::uuid`,
    where: sql`o.status = ${status} and o.notice_id is null and ${selectionCondition(input.selection)}`,
  })
  if (named === 0) throw new DomainError('nothing_to_do', nothing, { status: 422 })
  await finishOperation(tx, { campaign_id: input.campaign_id, operation_id }, { total: named, moved: named, left: [] })
  const notice = await tx.db
    .insertInto('notices')
    .values({
      campaign_id: input.campaign_id,
      id,
      kind,
      state: 'scheduled',
      due_at,
      orders: named,
      actor_id: actor.id,
      created_at: tx.now,
      updated_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await queueMessagesOfOperation(tx, {
    campaign_id: input.campaign_id,
    operation_id,
    event_kind: 'noticed',
    kind: mails.given,
    data: { notice_id: id, due_at: due_at.toISOString() },
  })
  return { ...notice, operation: operation_id }
}

/** Moves a scheduled notice to another time; the backers it names are told. */
export async function moveNotice(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; notice_id: string; due_at: Date },
): Promise<Row<'notices'>> {
  const notice = await takeNotice(tx, actor, input)
  if (input.due_at <= tx.now)
    throw invalid('Choose a time in the future.', [{ field: 'due_at', code: 'invalid', message: 'Choose a time in the future.' }])
  const moves = notice.moves + 1
  await mailNamed(tx, notice, 'moved', `${notice.id}:${moves}`, { due_at: input.due_at.toISOString() })
  return await tx.db
    .updateTable('notices')
    .set({ due_at: input.due_at, moves, updated_at: tx.now })
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', notice.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Withdraws a scheduled notice: its orders stay as they are, and their backers are told. */
export async function withdrawNotice(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; notice_id: string },
): Promise<Row<'notices'>> {
  const notice = await takeNotice(tx, actor, input)
  await mailNamed(tx, notice, 'withdrawn', notice.id, {})
  const operation_id = await startOperation(tx, actor, {
    campaign_id: input.campaign_id,
    kind: 'withdraw_notice',
    state: 'running',
    input: { notice: notice.id },
  })
  const count = await markOrders(tx, actor, {
    campaign_id: input.campaign_id,
    operation_id,
    kind: 'notice_withdrawn',
    notice_kind: notice.kind,
    notice: sql`null::uuid`,
    where: sql`o.notice_id = ${notice.id}`,
  })
  await finishOperation(tx, { campaign_id: input.campaign_id, operation_id }, { total: count, moved: count, left: [] })
  return await tx.db
    .updateTable('notices')
    .set({ state: 'withdrawn', updated_at: tx.now })
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', notice.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The notices whose time has come, over all campaigns: what the worker scans for. */
export async function findDueNotices(db: Db, now: Date): Promise<{ campaign_id: string; id: string }[]> {
  return await db
    .selectFrom('notices')
    .select(['campaign_id', 'id'])
    .where('state', '=', 'scheduled')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .execute()
}

/**
 * Carries out a due notice by the clock, with the conditions of its transition; what does not qualify stays as it is and is reported. What
 * was named and has come to another status since is no longer its business. Safe to run twice.
 */
export async function runNotice(tx: Tx, key: { campaign_id: string; id: string }): Promise<MoveResult | null> {
  const notice = await tx.db
    .selectFrom('notices')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .forUpdate()
    .executeTakeFirst()
  if (notice?.state !== 'scheduled' || notice.due_at > tx.now) return null
  const operation_id = await startOperation(tx, CLOCK, {
    campaign_id: key.campaign_id,
    kind: notice.kind,
    state: 'running',
    input: { selection: { filter: { notice: key.id } }, reason_id: null },
  })
  const result = await carryOutTransition(tx, CLOCK, { campaign_id: key.campaign_id, operation_id })
  await tx.db
    .updateTable('notices')
    .set({ state: 'done', operation_id, updated_at: tx.now })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .execute()
  await markOrders(tx, CLOCK, {
    campaign_id: key.campaign_id,
    operation_id,
    kind: 'left_open_by_notice',
    notice_kind: notice.kind,
    notice: sql`null::uuid`,
    where: sql`o.notice_id = ${key.id}`,
  })
  return result
}

function dueAt(now: Date, hours: number): Date {
  if (!(hours > 0 && hours <= MAX_HOURS)) {
    throw invalid(`Give between 1 hour and ${MAX_HOURS} hours of notice.`, [
      { field: 'hours', code: 'invalid', message: 'Out of range.' },
    ])
  }
  return new Date(now.getTime() + hours * 3_600_000)
}

async function takeNotice(tx: Tx, actor: Actor, input: { campaign_id: string; notice_id: string }): Promise<Row<'notices'>> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const notice = await tx.db
    .selectFrom('notices')
    .selectAll()
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', input.notice_id)
    .forUpdate()
    .executeTakeFirst()
  if (!notice) throw notFound('notice')
  if (notice.state !== 'scheduled') throw new DomainError('notice_over', 'This notice has run out or was withdrawn already.')
  return notice
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
async function markOrders(tx: Tx, actor: Actor, mark: Mark): Promise<number> {
  await planForSets(tx.db)
  const { rows } = await sql<{ count: number }>`with picked as (
      select o.id, o.version from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
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

async function mailNamed(
  tx: Tx,
  notice: Row<'notices'>,
  what: 'moved' | 'withdrawn',
  occasion: string,
  data: Record<string, unknown>,
): Promise<void> {
  const { status, mails } = KINDS[notice.kind]
  await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select o.campaign_id, gen_random_uuid(), ${mails[what]}, o.backer_id, ${occasion}, ${jsonb({ notice_id: notice.id, ...data })},
      'queued', ${tx.now}, ${tx.now}
    from orders o where o.campaign_id = ${notice.campaign_id} and o.notice_id = ${notice.id} and o.status = ${status}
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  await tx.enqueue({ job: 'deliver_messages' })
}
