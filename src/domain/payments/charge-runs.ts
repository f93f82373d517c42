import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { LeftOut } from '../operations/result.ts'
import { CHARGE_RUN } from '../operations/run-state.ts'
import { startOperation } from '../operations/write-operation.ts'
import { conditionsOf, factsOf, leftOutCode, unchargeableAmount } from '../orders/conditions.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { type ChargeRun, chargedStatuses, type RunKey, saveRunState, takeRun, withdrawUnsent } from './charge-run-state.ts'
import { refuseWithoutGateway } from './charging.ts'

/** About as many charges a second as one account's gateway takes without saying it is too many (promises.md rule 7). */
export const PACE = 20

export interface ChargeRunInput {
  campaign_id: string
  selection: Selection
  /** "try failed cards again": errored orders are charged too */
  retry_errored: boolean
  /** charges a second, at most; PACE unless told */
  pace?: number | undefined
}

export interface ChargeRunPreview {
  /** orders of the selection in a status that this run is about */
  total: number
  charge: { orders: number; amount: number }
  /** become paid without the gateway */
  nothing_owed: number
  /** who cannot be charged, by reason */
  left: LeftOut[]
  /** of those left out: balances that can be waived in one step; `amount` is what would be waived */
  below_minimum: { orders: number; amount: number }
  /** of those to be charged: cards past their date, which may fail */
  expired_cards: number
  /** errored orders of the selection, when they are not tried again */
  errored_left_out: number
  /** charges a second */
  pace: number
  minutes: number
  /** the run that is under way in this campaign, if one is */
  run_under_way: string | null
}

/** Counts what a charge run would do now: the conditions of *start charge* without the write. Changes nothing. */
export async function previewChargeRun(db: Db, actor: Actor, input: ChargeRunInput, now: Date): Promise<ChargeRunPreview> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const { rows } = await sql<PreviewRow>`with picked as (${pickedForRun(input, now)}) ${COUNTED}`.execute(db)
  return await toPreview(db, input, rows)
}

/** What becomes of the orders `picked`, counted by code. */
const COUNTED = sql`select coalesce(code, 'charge') as code, count(*)::int as count, coalesce(sum(balance_due), 0)::bigint as amount,
    count(*) filter (where is_expired)::int as expired, coalesce(sum(unchargeable), 0)::bigint as unchargeable,
    (array_agg(id order by id) filter (where code <> 'nothing_owed'))[1:5] as sample_ids
  from picked group by 1 order by 2 desc, 1`

async function toPreview(db: Db, input: ChargeRunInput, rows: readonly PreviewRow[]): Promise<ChargeRunPreview> {
  const row = (code: string) => rows.find((each) => each.code === code)
  const charge = { orders: row('charge')?.count ?? 0, amount: row('charge')?.amount ?? 0 }
  const pace = input.pace ?? PACE
  return {
    total: rows.reduce((sum, each) => sum + each.count, 0),
    charge,
    nothing_owed: row('nothing_owed')?.count ?? 0,
    left: rows
      .filter(({ code }) => code !== 'charge' && code !== 'nothing_owed')
      .map(({ code, count, sample_ids }) => ({ code, count, sample_ids })),
    below_minimum: { orders: row('below_minimum')?.count ?? 0, amount: row('below_minimum')?.unchargeable ?? 0 },
    expired_cards: row('charge')?.expired ?? 0,
    errored_left_out: input.retry_errored ? 0 : await countErrored(db, input),
    pace,
    minutes: Math.ceil(charge.orders / pace / 60),
    run_under_way: await findRunUnderWay(db, input.campaign_id),
  }
}

interface PreviewRow extends LeftOut {
  amount: number
  expired: number
  unchargeable: number
}

/** The orders a run is about, with the code why each cannot be charged (null: it can). `o`, `b` and `c` as everywhere. */
function pickedForRun(input: ChargeRunInput, now: Date): RawBuilder<unknown> {
  const statuses = chargedStatuses(input.retry_errored)
  // Ids mean just those: a failed one that is not tried again is told as such.
  const scope = sql`o.status = any(${'ids' in input.selection ? chargedStatuses(true) : statuses}::text[])`
  const conditions = conditionsOf('start_charge')
  return sql`select o.id, o.number, o.balance_due,
      case when not (o.status = any(${statuses}::text[])) then 'wrong_status'
        else ${leftOutCode(conditions, { now, actor: 'run' })} end as code,
      (make_date(p.exp_year, p.exp_month, 1) + interval '1 month' <= ${now}::timestamptz) as is_expired,
      ${unchargeableAmount()} as unchargeable
    from orders o
    left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    left join campaigns c on c.id = o.campaign_id
    left join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
    ${factsOf(conditions, input.campaign_id, input.selection)}
    where o.campaign_id = ${input.campaign_id} and ${scope} and ${selectionCondition(input.selection)}`
}

async function countErrored(db: Db, input: ChargeRunInput): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from orders o
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${input.campaign_id} and o.status = 'errored' and ${selectionCondition(input.selection)}`.execute(db)
  return rows[0]?.count ?? 0
}

async function findRunUnderWay(db: Db, campaign_id: string): Promise<string | null> {
  const run = await db
    .selectFrom('charge_runs')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirst()
  return run?.id ?? null
}

/**
 * Starts a charge run: writes down the orders it is about, each with what is due, and leaves the charging to the worker, which asks every
 * condition again when an order's turn comes. Answers the run with what it counted. Guarantees: one run at a time in a campaign, also when two staff press at once; it goes on
 * after a restart. Refuses: `charge_run_under_way` (with its id), `preview_changed` when `expected` is no longer what would be charged,
 * `charging_not_set_up`, `nothing_to_do`.
 */
export async function startChargeRun(
  tx: Tx,
  actor: Actor,
  input: ChargeRunInput & { expected?: { orders: number; amount: number } | undefined },
): Promise<ChargeRun & { preview: ChargeRunPreview }> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  await refuseWithoutGateway(tx.db, campaign)
  const run = await insertRun(tx, actor, input)
  await planForSets(tx.db)
  const { rows } = await sql<PreviewRow>`with picked as (${pickedForRun(input, tx.now)}),
    written as (
      insert into charge_run_orders (campaign_id, run_id, order_id, number, state, amount, code)
      select ${input.campaign_id}::uuid, ${run.id}::uuid, id, number,
        case when code is null or code = 'nothing_owed' then 'waiting' else 'left_out' end, balance_due, code
      from picked
    ) ${COUNTED}`.execute(tx.db)
  const preview = await toPreview(tx.db, input, rows)
  const { charge, total } = preview
  if (charge.orders + preview.nothing_owed === 0) {
    throw new DomainError('nothing_to_do', 'None of these orders can be charged now. Nothing was started.', { status: 422 })
  }
  if (input.expected && (input.expected.orders !== charge.orders || input.expected.amount !== charge.amount)) {
    throw new DomainError('preview_changed', 'What would be charged has changed since you looked. Look again, then start.', {
      details: { expected: input.expected, now: charge },
    })
  }
  await startOperation(tx, actor, {
    campaign_id: input.campaign_id,
    id: run.id,
    kind: CHARGE_RUN,
    state: 'running',
    input: { selection: input.selection, retry_errored: input.retry_errored },
    total,
  })
  await appendEvent(tx, actor, {
    campaign_id: input.campaign_id,
    kind: 'charge_run_started',
    operation_id: run.id,
    data: { orders: charge.orders, amount: charge.amount },
  })
  await tx.enqueue({ job: 'charge' })
  return { ...run, preview }
}

async function insertRun(tx: Tx, actor: Actor, input: ChargeRunInput): Promise<ChargeRun> {
  // Who comes second waits here until the first has committed, and then finds its run.
  const run = await tx.db
    .insertInto('charge_runs')
    .values({
      campaign_id: input.campaign_id,
      id: newId(),
      state: 'running',
      selection: JSON.stringify(input.selection),
      retry_errored: input.retry_errored,
      pace: input.pace ?? PACE,
      actor_id: actor.id,
      created_at: tx.now,
      updated_at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (run) return run
  throw new DomainError('charge_run_under_way', 'A charge run is under way already. Nothing was started a second time.', {
    details: { run_id: await findRunUnderWay(tx.db, input.campaign_id) },
  })
}

/** Pauses a run: no further card is charged; the calls in flight are finished and booked. Refuses a run that does not run. */
export async function pauseChargeRun(tx: Tx, actor: Actor, key: RunKey): Promise<ChargeRun> {
  const run = await takeFor(tx, actor, key, ['running'])
  await withdrawUnsent(tx, key)
  return await saveRunState(tx, actor, run, { state: 'paused' })
}

/** Lets a paused run go on where it was. Refuses a run that is not paused. */
export async function resumeChargeRun(tx: Tx, actor: Actor, key: RunKey): Promise<ChargeRun> {
  const run = await takeFor(tx, actor, key, ['paused'])
  const resumed = await saveRunState(tx, actor, run, { state: 'running' })
  await tx.enqueue({ job: 'charge' })
  return resumed
}

/** Ends a run: what waits stays as it is, what was charged stays charged; the calls in flight are finished and booked. */
export async function stopChargeRun(tx: Tx, actor: Actor, key: RunKey): Promise<ChargeRun> {
  const run = await takeFor(tx, actor, key, ['running', 'paused'])
  await withdrawUnsent(tx, key)
  await sql`update charge_run_orders set state = 'left_out', code = 'run_stopped'
    where campaign_id = ${key.campaign_id} and run_id = ${key.run_id} and state = 'waiting'`.execute(tx.db)
  return await saveRunState(tx, actor, run, { state: 'stopped' })
}

async function takeFor(tx: Tx, actor: Actor, key: RunKey, states: ChargeRun['state'][]): Promise<ChargeRun> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const run = await takeRun(tx, key)
  if (states.includes(run.state)) return run
  const is = { running: 'It is running.', paused: 'It is paused.', stopped: 'It was stopped.', done: 'It is done.' }[run.state]
  throw new DomainError('charge_run_state', `This charge run cannot do that now. ${is}`, { details: { state: run.state } })
}
