import { type RawBuilder, sql } from 'kysely'
import { invalid, notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import { idOfRun, type RunKey, type RunState } from './charge-run-state.ts'
import { RUN_ORDER_STATES, type RunOrderState } from './statuses.ts'

export interface ListedRun {
  id: string
  state: RunState
  /** why it paused by itself; null when staff paused it */
  pause_code: string | null
  /** with the code `right_missing`: what the restricted key lacks */
  pause_right: string | null
  retry_errored: boolean
  /** charges a second */
  pace: number
  /** what it began with: a pace that was halved rises to it again */
  full_pace: number
  actor: { kind: string; name: string | null }
  /** when it was counted */
  created_at: Date
  /** null: it was counted, and nobody has started it */
  started_at: Date | null
  /** when the gateway's payments had been listed before its first charge; null: not yet */
  swept_at: Date | null
  finished_at: Date | null
  total: number
  orders: Record<RunOrderState, number>
  /** minor units, by the same states */
  amounts: Record<RunOrderState, number>
}

export interface WholeRun extends ListedRun {
  /** why cards failed: declined by the bank, or refused by the gateway */
  failures: { outcome: 'declined' | 'refused'; code: string; count: number; amount: number }[]
  /** who was left out, by reason */
  left: { code: string; count: number; amount: number }[]
  /** charges a second as measured over the last minute; null before there is something to measure, and when it does not run */
  speed: number | null
  /** when it will be done at that speed, or at its pace; null when it does not run, or only waits for answers */
  ends_at: Date | null
  /** attempts without an answer, by why; the most frequent first */
  unknowns: Unanswered[]
  latest: RunOrder[]
}

/** So many attempts have no answer for this reason. */
export interface Unanswered {
  code: string
  count: number
  amount: number
  /** when the oldest of them left */
  since: Date
  /** when the gateway is asked next about one of them; null: it is being asked */
  next_try_at: Date | null
}

export interface RunOrder {
  order: { id: string; number: number }
  backer: { id: string; name: string }
  state: RunOrderState
  amount: number
  code: string | null
  attempt_id: string | null
  at: Date | null
}

/** The state of `r`, charge_run_orders, with its attempt `a`. What owes nothing is dealt with first, and no card of it is counted before. */
const shownState = sql`case when r.state = 'charging' and a.state = 'unknown' then 'unknown'
  when r.state = 'waiting' and r.amount <= 0 then 'nothing_owed' else r.state end`
const joins = sql`charge_run_orders r
  left join payment_attempts a on a.campaign_id = r.campaign_id and a.id = r.attempt_id`

/** One page of a campaign's charge runs, newest first; those that were only counted are none. */
export async function listChargeRuns(db: Db, campaign_id: string, input: PageInput = {}): Promise<Page<ListedRun>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  // Ids are UUIDv7, so they ascend in time.
  const before = place ? sql`u.id::text < ${place[0]}` : sql`true`
  const runs = await readRuns(db, campaign_id, sql`u.state <> 'previewed' and ${before}`, size + 1)
  return cutPage(
    runs.map(({ tallies: _, ...run }) => run),
    size,
    (run) => writeCursor('newest', [run.id]),
  )
}

/** One charge run with its figures, its reasons and its latest orders; 404 outside the campaign. */
export async function findChargeRun(db: Db, campaign_id: string, id: string, now: Date): Promise<WholeRun> {
  const [found] = await readRuns(db, campaign_id, sql`u.id = ${id}`, 1)
  if (!found) throw notFound('charge run')
  const { tallies, ...run } = found
  const reasons = tallies
    .map(({ code, ...tally }) => ({ code: code ?? 'unknown', ...tally }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
  const speed = run.state === 'running' ? await measureSpeed(db, { campaign_id, run_id: id }, now) : null
  const left = run.orders.waiting + run.orders.charging
  return {
    ...run,
    failures: reasons.flatMap(({ state, code, count, amount }) =>
      state === 'declined' || state === 'refused' ? [{ outcome: state, code, count, amount }] : [],
    ),
    left: reasons.flatMap(({ state, code, count, amount }) => (state === 'left_out' ? [{ code, count, amount }] : [])),
    speed,
    // Where only answers are awaited, nobody knows when they come.
    ends_at:
      run.state === 'running' && (left > 0 || run.orders.unknown === 0)
        ? new Date(now.getTime() + (left / (speed ?? run.pace)) * 1000)
        : null,
    unknowns: run.orders.unknown > 0 ? await readUnanswered(db, { campaign_id, run_id: id }) : [],
    latest: await readLatest(db, { campaign_id, run_id: id }),
  }
}

/** So many of a run's newest attempts hold the latest answers: more are never made and in the air (jobs/charge-orders.ts). */
const NEWEST = 500
const LATEST = 8

/** The attempts of a run that have no answer, by why: among the few that are in the air. */
async function readUnanswered(db: Db, { campaign_id, run_id }: RunKey): Promise<Unanswered[]> {
  const { rows } = await sql<Unanswered>`select coalesce(a.code, 'unknown') as code, count(*)::int as count,
      sum(a.amount)::bigint as amount, min(coalesce(a.sent_at, a.created_at)) as since, min(a.next_try_at) as next_try_at
    from ${joins} where r.campaign_id = ${campaign_id} and r.run_id = ${idOfRun({ run_id })} and r.state = 'charging'
      and a.state = 'unknown'
    group by 1 order by 2 desc, 1`.execute(db)
  return rows
}

/** The orders whose charge was sent or answered last. Read from the end of an index: pages ask each second. */
async function readLatest(db: Db, { campaign_id, run_id }: RunKey): Promise<RunOrder[]> {
  return await readRunOrders(db, campaign_id, run_id, {
    where: sql`a.sent_at is not null and (r.order_id, r.attempt_id) in (select n.order_id, n.id from payment_attempts n
      where n.campaign_id = ${campaign_id} and n.run_id = ${idOfRun({ run_id })} order by n.id desc limit ${NEWEST})`,
    order: sql`coalesce(a.settled_at, a.sent_at) desc, r.number desc`,
    limit: LATEST,
  })
}

const MEASURED_S = 60
const MEASURED = 1_000
const TOO_FEW = 5

async function measureSpeed(db: Db, { campaign_id, run_id }: RunKey, now: Date): Promise<number | null> {
  const { rows } = await sql<{ sent: number; seconds: number }>`select count(*)::int as sent,
      extract(epoch from max(n.sent_at) - min(n.sent_at))::float8 as seconds
    from (select sent_at from payment_attempts where campaign_id = ${campaign_id} and run_id = ${idOfRun({ run_id })}
      order by id desc limit ${MEASURED}) n
    where n.sent_at > ${now}::timestamptz - make_interval(secs => ${MEASURED_S})`.execute(db)
  const [measured] = rows
  return measured && measured.sent >= TOO_FEW && measured.seconds > 0 ? (measured.sent - 1) / measured.seconds : null
}

/** So many orders of a run are in this state for this reason, and their sum. */
interface Tally {
  state: RunOrderState
  code: string | null
  count: number
  amount: number
}

/**
 * The orders of the run `u` by state and reason: one look along the index `charge_run_orders_next`, which has all that is asked. Attempts are
 * looked up only for what is in the air.
 */
const tallies = sql`select case when r.state = 'waiting' and r.amount <= 0 then 'nothing_owed' else r.state end as state,
    r.code, count(*)::int as count, sum(greatest(r.amount, 0))::bigint as amount
  from charge_run_orders r where r.campaign_id = u.campaign_id and r.run_id = u.id and r.state <> 'charging' group by 1, 2
  union all
  select case when a.state = 'unknown' then 'unknown' else 'charging' end, null, count(*)::int, sum(greatest(r.amount, 0))::bigint
  from ${joins} where r.campaign_id = u.campaign_id and r.run_id = u.id and r.state = 'charging' group by 1`

async function readRuns(
  db: Db,
  campaign_id: string,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<(ListedRun & { tallies: Tally[] })[]> {
  const { rows } = await sql<
    Omit<ListedRun, 'orders' | 'amounts' | 'total'> & { tallies: Tally[] | null }
  >`select u.id, u.state, u.pause_code, u.pause_right, u.retry_errored, u.pace, u.full_pace,
      jsonb_build_object('kind', 'staff', 'name', p.name) as actor, u.created_at, u.started_at, u.swept_at, u.finished_at,
      (select jsonb_agg(to_jsonb(n)) from (${tallies}) n) as tallies
    from charge_runs u left join accounts p on p.id = u.actor_id
    where u.campaign_id = ${campaign_id} and ${where} order by u.id desc limit ${limit}`.execute(db)
  return rows.map((row) => {
    const tallies = row.tallies ?? []
    const figures = (pick: 'count' | 'amount') => {
      const sums = Object.fromEntries(RUN_ORDER_STATES.map((state) => [state, 0])) as Record<RunOrderState, number>
      for (const tally of tallies) sums[tally.state] += tally[pick]
      return sums
    }
    const orders = figures('count')
    return {
      ...row,
      tallies,
      total: Object.values(orders).reduce((sum, count) => sum + count, 0),
      orders,
      amounts: figures('amount'),
    }
  })
}

export interface RunOrderFilter {
  /** any of these */
  states?: readonly RunOrderState[] | undefined
  code?: string | undefined
}

/** The orders of a run by order number, by cursor, narrowed by what became of them and why. */
export async function listRunOrders(
  db: Db,
  key: { campaign_id: string; run_id: string },
  input: RunOrderFilter & PageInput = {},
): Promise<Page<RunOrder>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'number', 1)
  const rows = await readRunOrders(db, key.campaign_id, key.run_id, {
    where: sql`${matching(input)} and ${place ? sql`r.number > ${numberOf(place[0])}` : sql`true`}`,
    order: sql`r.number`,
    limit: size + 1,
  })
  return cutPage(rows, size, (row) => writeCursor('number', [row.order.number]))
}

function numberOf(text: string | undefined): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw invalid('This cursor is none. Start again without one.', [], 'cursor_invalid')
  return number
}

function matching({ states, code }: RunOrderFilter): RawBuilder<unknown> {
  const any = states?.length ? sql`(${sql.join(states.map(inState), sql` or `)})` : sql`true`
  return sql`(${any} and ${code ? sql`r.code = ${code}` : sql`true`})`
}

/** What `shownState` says, as a condition that the index of states answers. */
function inState(state: RunOrderState): RawBuilder<unknown> {
  if (state === 'unknown') return sql`(r.state = 'charging' and a.state = 'unknown')`
  if (state === 'charging') return sql`(r.state = 'charging' and a.state is distinct from 'unknown')`
  if (state === 'waiting') return sql`(r.state = 'waiting' and r.amount > 0)`
  if (state === 'nothing_owed') return sql`(r.state = 'nothing_owed' or r.state = 'waiting' and r.amount <= 0)`
  return sql`r.state = ${state}`
}

const CHUNK = 2_000

/** All orders of a run by number, in chunks, for a file: memory stays flat. */
export async function* streamRunOrders(
  db: Db,
  key: { campaign_id: string; run_id: string },
  filter: RunOrderFilter = {},
): AsyncGenerator<RunOrder[]> {
  let after = 0
  for (;;) {
    const rows = await readRunOrders(db, key.campaign_id, key.run_id, {
      where: sql`${matching(filter)} and r.number > ${after}`,
      order: sql`r.number`,
      limit: CHUNK,
    })
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)?.order.number ?? after
  }
}

interface Reading {
  where: RawBuilder<unknown>
  order: RawBuilder<unknown>
  limit: number
}

async function readRunOrders(db: Db, campaign_id: string, run_id: string, reading: Reading): Promise<RunOrder[]> {
  const { rows } = await sql<RunOrder>`select jsonb_build_object('id', r.order_id, 'number', r.number) as "order",
      jsonb_build_object('id', b.id, 'name', b.name) as backer, ${shownState} as state, r.amount, r.code, r.attempt_id,
      coalesce(a.settled_at, a.sent_at, a.created_at) as at
    from ${joins}
    join orders o on o.campaign_id = r.campaign_id and o.id = r.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where r.campaign_id = ${campaign_id} and r.run_id = ${idOfRun({ run_id })} and ${reading.where}
    order by ${reading.order} limit ${reading.limit}`.execute(db)
  return rows
}
