import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../shared/tx.ts'
import { isServed } from './charging.ts'
import { ASKS_HOLDER } from './declines.ts'

/** Whose mark it is: one process at one gateway account. */
export interface Sweeper {
  account: string
  process_id: string
  /** when it last came to its end here: an older mark of its own is that of a database put back beneath it. Null: never yet */
  swept_at: Date | null
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
  const { rows } = await sql<{ is_due: boolean }>`select not ${hasMark(sweeper)}
      or ${sweeper.swept_at}::timestamptz <= ${new Date(now.getTime() - EVERY_MS)} or ${sweeper.swept_at}::timestamptz > ${now}
    or exists (select 1 from charge_runs where state = 'running' and swept_at is null) as is_due`.execute(db)
  return rows[0]?.is_due ?? true
}

/** Whether this process has looked through the gateway on this database: an SQL condition. */
export function hasMark({ account, process_id, swept_at }: Sweeper): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from gateway_sweeps where gateway_account = ${account} and process_id = ${process_id}
    and swept_at = ${swept_at}::timestamptz)`
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
  { account, process_id }: Pick<Sweeper, 'account' | 'process_id'>,
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

/** So many are read afresh with each sweep; the next one goes on with the others. */
const READ_AFRESH = 300

/**
 * Payments whose backers their banks asked, and which no listing shows any more: a yes that came after we stopped waiting, or in a life that
 * is gone. Those whose backers went to the bank first, then those that were read longest ago.
 */
export async function takeLateQuestions(tx: Tx, account: string): Promise<string[]> {
  const { rows } = await sql<{ payment: string }>`with late as (
      select a.campaign_id, a.id from payment_attempts a
      where a.payment_open and a.state = 'declined' and a.code = any(${[...ASKS_HOLDER]}::text[]) and a.gateway_account = ${account}
        and ${isServed('a')}
      order by (a.confirmations > 0) desc, a.updated_at limit ${sql.lit(READ_AFRESH)} for update skip locked
    )
    update payment_attempts a set updated_at = ${tx.now} from late l
    where a.campaign_id = l.campaign_id and a.id = l.id returning a.payment`.execute(tx.db)
  return rows.map(({ payment }) => payment)
}

/** Disputes of which nobody has told the end. */
export async function findOpenDisputes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`select d.subject from discrepancies d
    where d.kind = 'disputed' and d.state = 'open' and ${isServed('d')} order by d.found_at desc limit ${sql.lit(READ_AFRESH)}`.execute(
    db,
  )
  return rows.map(({ subject }) => subject)
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
