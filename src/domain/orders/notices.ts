import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { MoveResult } from '../operations/result.ts'
import { type StepAnswer, startStep } from '../operations/start-step.ts'
import { startOperation } from '../operations/write-operation.ts'
import { type Actor, CLOCK } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import {
  type AskedNotice,
  canBeNamed,
  carryOutNotice,
  markOrders,
  NOTICES,
  type NoticeKind,
  nothingToGive,
} from './notice-steps.ts'
import type { Selection } from './selection.ts'
import { carryOutTransition } from './transition-orders.ts'

/** 48 hours, unless staff say otherwise (lifecycle.md). */
export const NOTICE_HOURS = 48
const MAX_HOURS = 24 * 60

export interface NoticeInput {
  campaign_id: string
  /** what the clock will do; a lock unless told */
  kind?: NoticeKind
  selection: Selection
  hours?: number | undefined
}

export interface GivenNotice extends StepAnswer {
  /** the notice's, once the operation is done */
  id: string
  due_at: Date
}

/**
 * Schedules a lock of the orders that are open now, or a finalizing of the addresses of those that are paid now, and tells their backers.
 * The list is frozen when it is carried out: an order that comes to the status later is not swept in. Guarantees: one event and one mail for
 * each. An order that another scheduled notice names already is left to that one. Over 1,000 orders it is queued as an operation; the time
 * counts from now all the same. Refuses where nobody is left to tell (`nothing_to_do`).
 */
export async function scheduleNotice(tx: Tx, actor: Actor, input: NoticeInput): Promise<GivenNotice> {
  const { campaign_id, selection, kind = 'lock' } = input
  await ownCampaign(tx.db, actor, campaign_id)
  staffOnly(actor)
  const due_at = dueAt(tx.now, input.hours ?? NOTICE_HOURS)
  const total = await countNameable(tx.db, { campaign_id, kind, selection })
  if (total === 0) throw nothingToGive(kind)
  const id = newId()
  const asked = { notice: id, notice_kind: kind, selection, due_at: due_at.toISOString() }
  const answer = await startNoticeStep(tx, actor, { campaign_id, kind: NOTICES[kind].operation, asked, total })
  return { ...answer, id, due_at }
}

async function countNameable(
  db: Db,
  { campaign_id, kind, selection }: { campaign_id: string; kind: NoticeKind; selection: Selection },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count
    from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${campaign_id} and ${canBeNamed(kind, selection)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Moves a scheduled notice to another time; the backers it names are told, in the worker where they are many. */
export async function moveNotice(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; notice_id: string; due_at: Date },
): Promise<StepAnswer> {
  const notice = await takeNotice(tx, actor, input)
  const { due_at } = input
  if (due_at <= tx.now)
    throw invalid('Choose a time in the future.', [{ field: 'due_at', code: 'invalid', message: 'Choose a time in the future.' }])
  const moves = notice.moves + 1
  await saveNotice(tx, notice, { due_at, moves })
  const asked = { notice: notice.id, notice_kind: notice.kind, due_at: due_at.toISOString(), moves }
  return await startNoticeStep(tx, actor, { ...input, kind: 'move_notice', asked, total: notice.orders })
}

/**
 * Withdraws a scheduled notice: the clock leaves its orders alone from now on. Its backers are told, and the orders freed for another
 * notice, in the worker where they are many.
 */
export async function withdrawNotice(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; notice_id: string },
): Promise<StepAnswer> {
  const notice = await takeNotice(tx, actor, input)
  await saveNotice(tx, notice, { state: 'withdrawn' })
  const asked = { notice: notice.id, notice_kind: notice.kind }
  return await startNoticeStep(tx, actor, { ...input, kind: 'withdraw_notice', asked, total: notice.orders })
}

async function startNoticeStep(
  tx: Tx,
  actor: Actor,
  { campaign_id, kind, asked, total }: { campaign_id: string; kind: string; asked: AskedNotice; total: number },
): Promise<StepAnswer> {
  return await startStep(tx, actor, { campaign_id, kind, input: asked, total }, (key) => carryOutNotice(tx, actor, key))
}

async function saveNotice(
  tx: Tx,
  { campaign_id, id }: Row<'notices'>,
  columns: { due_at: Date; moves: number } | { state: 'withdrawn' } | { state: 'done'; operation_id: string },
): Promise<void> {
  await tx.db
    .updateTable('notices')
    .set({ ...columns, updated_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .execute()
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
  await saveNotice(tx, notice, { state: 'done', operation_id })
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
