import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../shared/tx.ts'

/** Whose mark it is: one process at one gateway account. */
export interface Sweeper {
  account: string
  process_id: string
}

/** So long before the newest payment that was seen a sweep begins: what was made then may not have been listed yet. */
const OVERLAP_MS = 3_600_000
/** The first one begins so long before the first campaign was made: the gateway's clock is not ours. */
const CLOCKS_DIFFER_MS = 2 * 24 * 3_600_000
/** So often the gateway is looked through while nothing asks for it. */
const EVERY_MS = 3_600_000
/** Marks of processes that are gone are of no use, but for the newest of all. */
const KEPT_MS = 30 * 24 * 3_600_000

/**
 * Whether the gateway's payments must be listed now (promises.md rule 5): before the first charge of this process, which has no mark, also
 * when a database was restored beneath it; before the first charge of a run; and every hour.
 */
export async function isSweepDue(db: Db, sweeper: Sweeper, now: Date): Promise<boolean> {
  const { rows } = await sql<{ is_due: boolean }>`select not exists (select 1 from gateway_sweeps
      where gateway_account = ${sweeper.account} and process_id = ${sweeper.process_id}
        and swept_at > ${new Date(now.getTime() - EVERY_MS)} and swept_at <= ${now})
    or exists (select 1 from charge_runs where state = 'running' and swept_at is null) as is_due`.execute(db)
  return rows[0]?.is_due ?? true
}

/** Whether this process has looked through the gateway on this database: an SQL condition. */
export function hasMark({ account, process_id }: Sweeper): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from gateway_sweeps where gateway_account = ${account} and process_id = ${process_id})`
}

/** From when on the gateway is asked, by its own clock. Null: nothing was ever charged, since there is no campaign. */
export async function findSweepStart(db: Db, account: string): Promise<Date | null> {
  const { rows } = await sql<{ seen: Date | null; first: Date | null }>`select
      (select max(gateway_time) from gateway_sweeps where gateway_account = ${account}) as seen,
      (select min(created_at) from campaigns) as first`.execute(db)
  const { seen = null, first = null } = rows[0] ?? {}
  if (seen) return new Date(seen.getTime() - OVERLAP_MS)
  return first ? new Date(first.getTime() - CLOCKS_DIFFER_MS) : null
}

/**
 * Writes this process's mark, with the newest payment that the gateway showed, and lets the runs go on that had begun when the sweep did.
 * `gateway_time` null: it showed none, and the next sweep begins where this one did.
 */
export async function markSweep(
  tx: Tx,
  { account, process_id }: Sweeper,
  seen: { gateway_time: Date | null; began: Date },
): Promise<void> {
  await sql`insert into gateway_sweeps (gateway_account, process_id, gateway_time, swept_at)
    values (${account}, ${process_id}, greatest(${seen.gateway_time}::timestamptz,
      (select max(gateway_time) from gateway_sweeps where gateway_account = ${account})), ${tx.now})
    on conflict (gateway_account, process_id) do update set gateway_time = excluded.gateway_time, swept_at = excluded.swept_at`.execute(
    tx.db,
  )
  await sql`update charge_runs set swept_at = ${tx.now}, updated_at = ${tx.now}
    where state = 'running' and swept_at is null and coalesce(started_at, created_at) <= ${seen.began}`.execute(tx.db)
  await sql`delete from gateway_sweeps where gateway_account = ${account} and process_id <> ${process_id}
    and swept_at < ${new Date(tx.now.getTime() - KEPT_MS)}`.execute(tx.db)
}

/** Runs that wait for the sweep. */
export async function findUnsweptRuns(db: Db): Promise<{ campaign_id: string; run_id: string }[]> {
  return await db
    .selectFrom('charge_runs')
    .select(['campaign_id', 'id as run_id'])
    .where('state', '=', 'running')
    .where('swept_at', 'is', null)
    .execute()
}
