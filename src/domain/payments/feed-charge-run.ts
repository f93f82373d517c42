import { type RawBuilder, sql } from 'kysely'
import { moveEach } from '../orders/move-orders.ts'
import { RUN } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { chargedStatuses, idOfRun, type RunKey, saveRunState, takeRun } from './charge-run-state.ts'
import { isServed } from './charging.ts'
import { startCharges } from './start-charge.ts'

/** Orders that owe nothing never wait for the gateway, so many of them at once. */
const FREE_BATCH = 2_000

/** The runs under way, over all campaigns: what the worker scans for. */
export async function findRunsUnderWay(db: Db): Promise<(RunKey & { pace: number; full_pace: number })[]> {
  return await db
    .selectFrom('charge_runs')
    .select(['campaign_id', 'id as run_id', 'pace', 'full_pace'])
    .where('state', '=', 'running')
    .where(isServed('charge_runs'))
    .orderBy('created_at')
    .execute()
}

export interface Fed {
  /** attempts that were made: the worker sends them */
  attempts: number
  /** orders that were dealt with, in whatever way */
  orders: number
}

/**
 * Takes the next orders of a run, `limit` at most (what a killed worker leaves to be sent first): asks the conditions again, makes attempts
 * for those that qualify, makes those that owe nothing paid, and writes down who was left out. An order that owes another amount than was
 * signed off is left out (`changed_since_preview`); another card alone is no reason. Safe to run twice and by two workers at once: the run's row is the lease. A run that is paused is left alone;
 * one with nothing left is done.
 */
export async function feedChargeRun(tx: Tx, key: RunKey, limit: number): Promise<Fed> {
  const run = await takeRun(tx, key)
  // Before its first charge the gateway's payments are listed (jobs/sweep-gateway.ts).
  if (run.state !== 'running' || !run.swept_at) return { attempts: 0, orders: 0 }
  const free = await payNothingOwed(tx, key)
  if (free > 0) return { attempts: 0, orders: free }
  const batch = (await nextOrdersStatement(key, { retry_errored: run.retry_errored, limit }).execute(tx.db)).rows
  const wrong = batch.filter(({ left_out }) => left_out !== null)
  const started = await startCharges(tx, RUN, {
    campaign_id: key.campaign_id,
    run_id: key.run_id,
    source: 'run',
    order_ids: batch.filter(({ left_out }) => left_out === null).map(({ order_id }) => order_id),
  })
  const outcomes = [
    ...started,
    ...wrong.map(({ order_id, left_out: code }) => ({ order_id, attempt_id: null, code })),
    // What changed meanwhile stays in line, and is looked at again.
  ].filter(({ code }) => code !== 'changed_meanwhile')
  await writeOutcomes(tx, key, outcomes)
  const attempts = started.filter(({ attempt_id }) => attempt_id !== null).length
  if (batch.length === 0 && !(await hasOpenOrders(tx, key))) await saveRunState(tx, RUN, run, { state: 'done' })
  return { attempts, orders: batch.length }
}

interface NextOrder {
  order_id: string
  /** why it is left out before its conditions are asked */
  left_out: 'wrong_status' | 'changed_since_preview' | null
}

/**
 * The orders whose turn it is. Their rows are taken with it: what was signed off is compared with the balance that is charged, and nothing
 * comes between the two.
 */
export function nextOrdersStatement(
  key: RunKey,
  { retry_errored, limit }: { retry_errored: boolean; limit: number },
): RawBuilder<NextOrder> {
  const statuses = chargedStatuses(retry_errored)
  // Cut first and joined then, in the order of the index: no more than these are read, however many wait.
  return sql<NextOrder>`with next as materialized (
      select r.campaign_id, r.order_id, r.number, r.amount from charge_run_orders r
      where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.state = 'waiting' and r.code is null
      order by r.state, r.code, r.number limit ${sql.lit(limit)}
    )
    select n.order_id, case when not (o.status = any(${statuses}::text[])) then 'wrong_status'
        when o.balance_due <> n.amount then 'changed_since_preview' end as left_out
    from next n join orders o on o.campaign_id = n.campaign_id and o.id = n.order_id
    order by n.number for no key update of o`
}

/** *Nothing owed*: paid without the gateway, in one statement for each batch. */
async function payNothingOwed(tx: Tx, key: RunKey): Promise<number> {
  const { rows } = await sql<{ order_id: string; is_changed: boolean }>`select r.order_id, o.balance_due <> r.amount as is_changed
    from charge_run_orders r join orders o on o.campaign_id = r.campaign_id and o.id = r.order_id
    where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.state = 'waiting' and r.code = 'nothing_owed'
    order by r.number limit ${sql.lit(FREE_BATCH)} for no key update of o`.execute(tx.db)
  if (rows.length === 0) return 0
  const moves = await moveEach(tx, RUN, {
    campaign_id: key.campaign_id,
    name: 'nothing_owed',
    selection: { ids: rows.filter(({ is_changed }) => !is_changed).map(({ order_id }) => order_id) },
    operation_id: key.run_id,
    reason_id: null,
  })
  const changed = rows.filter(({ is_changed }) => is_changed).map(({ order_id: id }) => ({ id, code: 'changed_since_preview' }))
  const outcomes = [...moves, ...changed]
  await sql`update charge_run_orders r set state = case when x.code = 'moved' then 'nothing_owed' else 'left_out' end,
      code = nullif(x.code, 'moved')
    from unnest(${outcomes.map(({ id }) => id)}::uuid[], ${outcomes.map(({ code }) => code)}::text[]) x (order_id, code)
    where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.order_id = x.order_id
      and x.code <> 'changed_meanwhile'`.execute(tx.db)
  return rows.length
}

async function writeOutcomes(
  tx: Tx,
  key: RunKey,
  outcomes: { order_id: string; attempt_id: string | null; code: string | null }[],
): Promise<void> {
  if (outcomes.length === 0) return
  // The amount stays the one that was signed off: it is what is charged, or what the order was left out with.
  await sql`update charge_run_orders r set state = case when x.attempt_id is not null then 'charging' else 'left_out' end,
      attempt_id = x.attempt_id, code = x.code
    from unnest(${outcomes.map((each) => each.order_id)}::uuid[], ${outcomes.map((each) => each.attempt_id)}::uuid[],
      ${outcomes.map((each) => each.code)}::text[]) x (order_id, attempt_id, code)
    where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.order_id = x.order_id`.execute(tx.db)
}

async function hasOpenOrders(tx: Tx, key: RunKey): Promise<boolean> {
  const open = await tx.db
    .selectFrom('charge_run_orders')
    .select('order_id')
    .where('campaign_id', '=', key.campaign_id)
    .where('run_id', '=', key.run_id)
    .where('state', 'in', ['waiting', 'charging'])
    .limit(1)
    .executeTakeFirst()
  return open !== undefined
}

/** The gateway says it is too many at once (429): the run goes on at half the pace, one a second at least. */
export async function slowDown(tx: Tx, key: RunKey): Promise<void> {
  await sql`update charge_runs set pace = greatest(1, pace / 2), slowed_at = ${tx.now}, updated_at = ${tx.now}
    where campaign_id = ${key.campaign_id} and id = ${key.run_id}`.execute(tx.db)
}

/** After so long without another 429 a run that was slowed down is a step faster again; */
const QUIET_MS = 60_000
/** a step is this part of what it began with. */
const STEP = 0.1

/** Runs that were slowed down, and were not told for a while that they are too fast, rise by a step: never above what they began with. */
export async function speedUpRuns(tx: Tx): Promise<void> {
  await sql`update charge_runs set pace = least(full_pace, pace + full_pace * ${STEP}), slowed_at = ${tx.now}, updated_at = ${tx.now}
    where state = 'running' and pace < full_pace and slowed_at <= ${new Date(tx.now.getTime() - QUIET_MS)}`.execute(tx.db)
}
