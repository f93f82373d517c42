import { sql } from 'kysely'
import { moveEach } from '../orders/move-orders.ts'
import { RUN } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { chargedStatuses, idOfRun, type RunKey, saveRunState, takeRun } from './charge-run-state.ts'
import { startCharges } from './start-charge.ts'

/** Orders that owe nothing never wait for the gateway, so many of them at once. */
const FREE_BATCH = 2_000

/** The runs under way, over all campaigns: what the worker scans for. */
export async function findRunsUnderWay(db: Db): Promise<(RunKey & { pace: number })[]> {
  return await db
    .selectFrom('charge_runs')
    .select(['campaign_id', 'id as run_id', 'pace'])
    .where('state', '=', 'running')
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
 * Takes the next orders of a run, `limit` at most (what a killed worker leaves to be sent first): asks the conditions again, makes attempts for those that qualify, makes those that owe nothing paid, and
 * writes down who was left out. Safe to run twice and by two workers at once: the run's row is the lease. A run that is paused is left alone;
 * one with nothing left is done.
 */
export async function feedChargeRun(tx: Tx, key: RunKey, limit: number): Promise<Fed> {
  const run = await takeRun(tx, key)
  if (run.state !== 'running') return { attempts: 0, orders: 0 }
  const free = await payNothingOwed(tx, key)
  if (free > 0) return { attempts: 0, orders: free }
  const batch = await nextOrders(tx, key, { retry_errored: run.retry_errored, limit })
  const wrong = batch.filter((each) => !each.is_possible).map((each) => each.order_id)
  const started = await startCharges(tx, RUN, {
    campaign_id: key.campaign_id,
    run_id: key.run_id,
    source: 'run',
    order_ids: batch.filter((each) => each.is_possible).map((each) => each.order_id),
  })
  const outcomes = [
    ...started,
    ...wrong.map((order_id) => ({ order_id, attempt_id: null, code: 'wrong_status' })),
    // What changed meanwhile stays in line, and is looked at again.
  ].filter(({ code }) => code !== 'changed_meanwhile')
  await writeOutcomes(tx, key, outcomes)
  const attempts = started.filter(({ attempt_id }) => attempt_id !== null).length
  if (batch.length === 0 && !(await hasOpenOrders(tx, key))) await saveRunState(tx, RUN, run, { state: 'done' })
  return { attempts, orders: batch.length }
}

async function nextOrders(
  tx: Tx,
  key: RunKey,
  { retry_errored, limit }: { retry_errored: boolean; limit: number },
): Promise<{ order_id: string; is_possible: boolean }[]> {
  const statuses = chargedStatuses(retry_errored)
  // Cut first and joined then, in the order of the index: no more than these are read, however many wait.
  const { rows } = await sql<{ order_id: string; is_possible: boolean }>`with next as materialized (
      select r.campaign_id, r.order_id, r.number from charge_run_orders r
      where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.state = 'waiting' and r.code is null
      order by r.state, r.code, r.number limit ${sql.lit(limit)}
    )
    select n.order_id, o.status = any(${statuses}::text[]) as is_possible
    from next n join orders o on o.campaign_id = n.campaign_id and o.id = n.order_id
    order by n.number`.execute(tx.db)
  return rows
}

/** *Nothing owed*: paid without the gateway, in one statement for each batch. */
async function payNothingOwed(tx: Tx, key: RunKey): Promise<number> {
  const { rows } = await sql<{ order_id: string }>`select r.order_id from charge_run_orders r
    where r.campaign_id = ${key.campaign_id} and r.run_id = ${idOfRun(key)} and r.state = 'waiting' and r.code = 'nothing_owed'
    order by r.number limit ${sql.lit(FREE_BATCH)}`.execute(tx.db)
  if (rows.length === 0) return 0
  const moves = await moveEach(tx, RUN, {
    campaign_id: key.campaign_id,
    name: 'nothing_owed',
    selection: { ids: rows.map(({ order_id }) => order_id) },
    operation_id: key.run_id,
    reason_id: null,
  })
  await sql`update charge_run_orders r set state = case when x.code = 'moved' then 'nothing_owed' else 'left_out' end,
      code = nullif(x.code, 'moved')
    from unnest(${moves.map(({ id }) => id)}::uuid[], ${moves.map(({ code }) => code)}::text[]) x (order_id, code)
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
  // What owes nothing since the run began waits on, and is paid without the gateway with the next look.
  await sql`update charge_run_orders r set state = case when x.attempt_id is not null then 'charging'
        when x.code = 'nothing_owed' then 'waiting' else 'left_out' end,
      attempt_id = x.attempt_id, code = x.code, amount = o.balance_due
    from unnest(${outcomes.map((each) => each.order_id)}::uuid[], ${outcomes.map((each) => each.attempt_id)}::uuid[],
      ${outcomes.map((each) => each.code)}::text[]) x (order_id, attempt_id, code)
    join orders o on o.campaign_id = ${key.campaign_id} and o.id = x.order_id
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
  await sql`update charge_runs set pace = greatest(1, pace / 2), updated_at = ${tx.now}
    where campaign_id = ${key.campaign_id} and id = ${key.run_id}`.execute(tx.db)
}
