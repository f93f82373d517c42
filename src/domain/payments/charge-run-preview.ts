import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { LeftOut } from '../operations/result.ts'
import { conditionsOf, factsOf, leftOutCode, unchargeableAmount } from '../orders/conditions.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { type ChargeRun, chargedStatuses, idOfRun, type RunKey } from './charge-run-state.ts'
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

/** The run that is running or paused in a campaign, if one is. */
export async function findRunUnderWay(db: Db, campaign_id: string): Promise<string | null> {
  const run = await db
    .selectFrom('charge_runs')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirst()
  return run?.id ?? null
}

/**
 * Writes the orders of a selection down as a run's, each with what is due and, where it cannot be charged, why: one statement, whose own
 * rows are what it counts. Refuses `nothing_to_do` where nothing can be charged and nothing becomes paid.
 */
export async function writeRunOrders(tx: Tx, run_id: string, input: ChargeRunInput): Promise<ChargeRunPreview> {
  await planForSets(tx.db)
  const { rows } = await sql<PreviewRow>`with picked as (${pickedForRun(input, tx.now)}),
    written as (
      insert into charge_run_orders (campaign_id, run_id, order_id, number, state, amount, code)
      select ${input.campaign_id}::uuid, ${run_id}::uuid, id, number,
        case when code is null or code = 'nothing_owed' then 'waiting' else 'left_out' end, balance_due, code
      from picked
    ) ${COUNTED}`.execute(tx.db)
  const preview = await toPreview(tx.db, input, rows)
  if (preview.charge.orders + preview.nothing_owed > 0) return preview
  throw new DomainError('nothing_to_do', 'None of these orders can be charged now. Nothing was started.', { status: 422 })
}

/** So many looks are kept in a campaign: two staff may look at once, and somebody may come back to an earlier one. */
const KEPT = 3
/** What was looked at longer ago is looked at anew. */
export const PREVIEW_LIVES_MS = 24 * 3_600_000
/** The row of a look that was put away says what it was about, so that it can be made anew; so long. */
const REMEMBERED_MS = 30 * 24 * 3_600_000

/**
 * Looks at what a charge run would do, as it is to be signed off: every order with its amount is written down, and just these amounts are
 * charged once somebody starts it (`startPreviewedRun`). Nothing of an order changes. Guarantees: one set-based statement; earlier looks are
 * put away but for a few. Refuses: `charging_not_set_up`, `charge_run_under_way` (with its id), `nothing_to_do`.
 */
export async function writeChargePreview(tx: Tx, actor: Actor, input: ChargeRunInput): Promise<ChargeRunPreview & RunKey> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  await refuseWithoutGateway(tx.db, campaign)
  const under_way = await findRunUnderWay(tx.db, input.campaign_id)
  if (under_way) throw runUnderWay(under_way)
  await putAwayPreviews(tx, input.campaign_id, KEPT - 1)
  const key = { campaign_id: input.campaign_id, run_id: newId() }
  await tx.db
    .insertInto('charge_runs')
    .values({ ...newRun(tx, actor, input), id: key.run_id, state: 'previewed' })
    .execute()
  const counted = await writeRunOrders(tx, key.run_id, input)
  await tx.db
    .updateTable('charge_runs')
    .set({ counted: JSON.stringify(counted) })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.run_id)
    .execute()
  return { ...counted, ...key }
}

/** What every run begins with. */
export function newRun(tx: Tx, actor: Actor, { campaign_id, selection, retry_errored, pace = PACE }: ChargeRunInput) {
  return {
    campaign_id,
    selection: JSON.stringify(selection),
    retry_errored,
    pace,
    full_pace: pace,
    actor_id: actor.id,
    created_at: tx.now,
    updated_at: tx.now,
  }
}

/** The refusal of a second run: one at a time in a campaign. */
export function runUnderWay(run_id: string | null): DomainError {
  return new DomainError('charge_run_under_way', 'A charge run is under way already. Nothing was started a second time.', {
    details: { run_id },
  })
}

/**
 * Puts the looks of a campaign away but for the newest ones, and what is too old: their orders are deleted, and what they were about is
 * remembered for a while.
 */
export async function putAwayPreviews(tx: Tx, campaign_id: string, keep: number): Promise<void> {
  const { rows } = await sql<{ id: string }>`update charge_runs set finished_at = ${tx.now}, updated_at = ${tx.now}
    where campaign_id = ${campaign_id} and state = 'previewed' and finished_at is null
      and (created_at < ${new Date(tx.now.getTime() - PREVIEW_LIVES_MS)} or id not in (select n.id from charge_runs n
        where n.campaign_id = ${campaign_id} and n.state = 'previewed' and n.finished_at is null order by n.id desc limit ${keep}))
    returning id`.execute(tx.db)
  for (const { id } of rows) {
    await sql`delete from charge_run_orders where campaign_id = ${campaign_id} and run_id = ${idOfRun({ run_id: id })}`.execute(
      tx.db,
    )
  }
  await sql`delete from charge_runs where campaign_id = ${campaign_id} and state = 'previewed' and finished_at is not null
    and created_at < ${new Date(tx.now.getTime() - REMEMBERED_MS)}`.execute(tx.db)
}

/** Why a look can be started no more: put away, too old, or overtaken by another run since; null when it can. */
export async function whyPreviewIsOver(
  db: Db,
  run: Pick<ChargeRun, 'campaign_id' | 'id' | 'state' | 'created_at' | 'finished_at'>,
  now: Date,
): Promise<'preview_too_old' | 'preview_overtaken' | null> {
  const { rows } = await sql`select 1 from charge_runs r where r.campaign_id = ${run.campaign_id} and r.id <> ${run.id}
    and r.started_at is not null and coalesce(r.finished_at, 'infinity') > ${run.created_at} limit 1`.execute(db)
  if (rows.length > 0) return 'preview_overtaken'
  const is_old = run.finished_at !== null || now.getTime() - run.created_at.getTime() > PREVIEW_LIVES_MS
  return is_old ? 'preview_too_old' : null
}

/** A run that was counted to be signed off, and that nobody has started. */
export interface SignedPreview {
  id: string
  created_at: Date
  actor_name: string | null
  retry_errored: boolean
  selection: Selection
  /** what was counted when it was written down */
  counted: ChargeRunPreview
  /** why it can be started no more; null when it can */
  is_over: 'preview_too_old' | 'preview_overtaken' | null
}

/** What was counted to be signed off, while nobody has started it: null once somebody has; 404 outside the campaign. */
export async function findSignedPreview(db: Db, campaign_id: string, id: string, now: Date): Promise<SignedPreview | null> {
  const { rows } = await sql<Omit<SignedPreview, 'is_over'> & ChargeRun>`select u.*, p.name as actor_name
    from charge_runs u left join accounts p on p.id = u.actor_id
    where u.campaign_id = ${campaign_id} and u.id = ${id}`.execute(db)
  const [run] = rows
  if (!run) throw notFound('charge run')
  if (run.state !== 'previewed') return null
  const { created_at, actor_name, retry_errored, selection, counted } = run
  return { id, created_at, actor_name, retry_errored, selection, counted, is_over: await whyPreviewIsOver(db, run, now) }
}
