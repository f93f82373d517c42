import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { type OrderStatus, TRANSITIONS } from '../orders/lifecycle.ts'
import { type Actor, RUN } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { Db, Tx } from '../shared/tx.ts'

export interface RunKey {
  campaign_id: string
  run_id: string
}

/**
 * A run's id in SQL, as something the planner cannot look up in its statistics. They know nothing of a run that has just begun, and it would
 * plan for one order of it (tried: 250 outcomes were written by reading all 162,000 rows of the run).
 */
export function idOfRun({ run_id }: Pick<RunKey, 'run_id'>): RawBuilder<string> {
  return sql`(select ${run_id}::uuid)`
}

export type ChargeRun = Row<'charge_runs'>
export type RunState = ChargeRun['state']

/** The statuses a run charges: a failed card is tried again only where staff said so (lifecycle.md, start charge). */
export function chargedStatuses(retry_errored: boolean): OrderStatus[] {
  return TRANSITIONS.start_charge.from.filter((status) => status !== 'errored' || retry_errored)
}

/** Why a run pauses by itself. */
export const PAUSE_CODES = {
  /** the gateway refused its keys (401, 403): the run waits until somebody has mended them */
  keys: 'gateway_refused_keys',
  /** a restricted key lacks a right, which `pause_right` names */
  right: 'right_missing',
  /** the gateway does not answer: the run goes on by itself once it does */
  silent: 'gateway_silent',
} as const

/** Takes a run until the transaction ends; 404 outside the campaign. */
export async function takeRun(tx: Tx, key: RunKey): Promise<ChargeRun> {
  const run = await tx.db
    .selectFrom('charge_runs')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.run_id)
    .forUpdate()
    .executeTakeFirst()
  if (!run) throw notFound('charge run')
  return run
}

/** Writes a run's state, its operation's and one event of the campaign. */
export async function saveRunState(
  tx: Tx,
  actor: Actor,
  run: ChargeRun,
  change: { state: RunState; pause_code?: string | null; pause_right?: string | null },
): Promise<ChargeRun> {
  const isOver = change.state === 'stopped' || change.state === 'done'
  const saved = await tx.db
    .updateTable('charge_runs')
    .set({
      state: change.state,
      pause_code: change.pause_code ?? null,
      pause_right: change.pause_right ?? null,
      updated_at: tx.now,
      ...(isOver ? { finished_at: tx.now } : {}),
    })
    .where('campaign_id', '=', run.campaign_id)
    .where('id', '=', run.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const kind = change.state === 'running' ? 'charge_run_resumed' : (`charge_run_${change.state}` as const)
  await appendEvent(tx, actor, { campaign_id: run.campaign_id, kind, code: change.pause_code ?? null, operation_id: run.id })
  await saveProgress(tx, { campaign_id: run.campaign_id, run_id: run.id })
  return saved
}

/**
 * Takes back the attempts of a run that were made and not sent: the gateway never heard of them, so their orders are free again and
 * wait for the run to go on. One that a worker just took is sent and settled.
 */
export async function withdrawUnsent(tx: Tx, key: RunKey): Promise<void> {
  const { rows } = await sql<{ id: string; order_id: string }>`update payment_attempts a
    set state = 'refused', code = 'run_paused', settled_at = ${tx.now}, updated_at = ${tx.now}
    where a.campaign_id = ${key.campaign_id} and a.run_id = ${key.run_id} and a.state = 'created'
    returning a.id, a.order_id`.execute(tx.db)
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await sql`with touched as (
      update orders o set version = o.version + 1, updated_at = ${tx.now}
      where o.campaign_id = ${key.campaign_id} and o.id = any(${rows.map(({ order_id }) => order_id)}::uuid[])
      returning o.id, o.backer_id, o.version, o.status
    )
    insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, code, operation_id, at)
    select ${key.campaign_id}::uuid, 'charge_refused', m.backer_id, m.id, m.version, m.status, m.status, 'run', 'run_paused',
      ${key.run_id}::uuid, ${tx.now}::timestamptz
    from touched m`.execute(tx.db)
  await sql`update charge_run_orders r set state = 'waiting', attempt_id = null, code = null
    where r.campaign_id = ${key.campaign_id} and r.run_id = ${key.run_id} and r.attempt_id = any(${ids}::uuid[])`.execute(tx.db)
}

/** An order whose attempt ended on the gateway's keys is in line again, while its run is not over: nothing was said about its card. */
export async function waitAgain(tx: Tx, key: RunKey, attempt_id: string): Promise<void> {
  await sql`update charge_run_orders r set state = 'waiting', attempt_id = null, code = null
    from charge_runs u
    where u.campaign_id = ${key.campaign_id} and u.id = ${key.run_id} and u.state in ('running', 'paused')
      and r.campaign_id = u.campaign_id and r.run_id = u.id and r.attempt_id = ${attempt_id}`.execute(tx.db)
}

/** Pauses the run of an attempt that the gateway refused because of its keys: no other card is tried with them. `right`: what they lack. */
export async function pauseRunOfAttempt(tx: Tx, key: RunKey, right: string | null = null): Promise<void> {
  const run = await takeRun(tx, key)
  // Keys are for somebody to mend; that the gateway was silent before says nothing any more.
  if (run.state !== 'running' && run.pause_code !== PAUSE_CODES.silent) return
  await withdrawUnsent(tx, key)
  const pause_code = right === null ? PAUSE_CODES.keys : PAUSE_CODES.right
  await saveRunState(tx, RUN, run, { state: 'paused', pause_code, pause_right: right })
}

/** Pauses every run that is under way: the gateway does not answer. What is in the air stays unknown, and is asked about until it does. */
export async function pauseSilentRuns(tx: Tx): Promise<void> {
  const running = tx.db.selectFrom('charge_runs').select(['campaign_id', 'id as run_id']).where('state', '=', 'running')
  for (const key of await running.orderBy('id').execute()) {
    const run = await takeRun(tx, key)
    if (run.state !== 'running') continue
    await withdrawUnsent(tx, key)
    await saveRunState(tx, RUN, run, { state: 'paused', pause_code: PAUSE_CODES.silent })
  }
}

/** The gateway answers again: the runs that its silence paused go on. One that staff paused meanwhile does not. */
export async function resumeSilentRuns(tx: Tx): Promise<void> {
  for (const key of await silentRuns(tx.db)) await resumeSilentRun(tx, key)
}

async function resumeSilentRun(tx: Tx, key: RunKey): Promise<void> {
  const run = await takeRun(tx, key)
  if (run.state !== 'paused' || run.pause_code !== PAUSE_CODES.silent) return
  await saveRunState(tx, RUN, run, { state: 'running' })
  await tx.enqueue({ job: 'charge' })
}

async function silentRuns(db: Db): Promise<RunKey[]> {
  const paused = db.selectFrom('charge_runs').select(['campaign_id', 'id as run_id']).where('state', '=', 'paused')
  return await paused.where('pause_code', '=', PAUSE_CODES.silent).orderBy('id').execute()
}

/** Whether a run waits for the gateway to answer again. */
export async function hasSilentRuns(db: Db): Promise<boolean> {
  return (await silentRuns(db)).length > 0
}

/** Runs that the gateway's silence paused, and none of whose charges is under way any more: nothing would tell that it answers again. */
export async function resumeUnaskedRuns(tx: Tx): Promise<void> {
  for (const key of await silentRuns(tx.db)) {
    const { rows } = await sql`select 1 from charge_run_orders where campaign_id = ${key.campaign_id} and run_id = ${key.run_id}
      and state = 'charging' limit 1`.execute(tx.db)
    if (rows.length === 0) await resumeSilentRun(tx, key)
  }
}

/** Brings the run's operation up to what its orders say. */
export async function saveProgress(tx: Tx, key: RunKey): Promise<void> {
  // One look at all orders of the run, along the index; the few that failed are looked up for samples.
  await sql`with tally as materialized (
      select state, code, count(*)::int as count from charge_run_orders
      where campaign_id = ${key.campaign_id} and run_id = ${idOfRun(key)} group by 1, 2
    ), n as (
      select coalesce(sum(count) filter (where state not in ('waiting', 'charging')), 0) as done,
        coalesce(sum(count) filter (where state in ('succeeded', 'nothing_owed')), 0) as moved from tally
    ), missed as (
      select t.code, sum(t.count) as count, (
        select jsonb_agg(s.order_id) from (select r.order_id from charge_run_orders r
          where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.state in ('declined', 'refused', 'left_out')
            and r.code = t.code limit 5) s) as sample_ids
      from tally t where t.state in ('declined', 'refused', 'left_out') group by t.code
    )
    update operations p set done = n.done, moved = n.moved,
      left_out = coalesce((select jsonb_agg(jsonb_build_object('code', code, 'count', count, 'sample_ids', sample_ids)
        order by count desc, code) from missed), '[]'::jsonb),
      state = case when r.state in ('stopped', 'done') then 'done' else 'running' end, finished_at = r.finished_at
    from charge_runs r, n
    where p.campaign_id = ${key.campaign_id} and p.id = ${key.run_id} and r.campaign_id = p.campaign_id and r.id = p.id`.execute(
    tx.db,
  )
}
