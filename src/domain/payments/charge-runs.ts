import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { CHARGE_RUN } from '../operations/run-state.ts'
import { startOperation } from '../operations/write-operation.ts'
import type { Selection } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { sqlState, type Tx } from '../shared/tx.ts'
import {
  type ChargeRunInput,
  type ChargeRunPreview,
  findRunUnderWay,
  newRun,
  runUnderWay,
  whyPreviewIsOver,
  writeRunOrders,
} from './charge-run-preview.ts'
import { type ChargeRun, type RunKey, saveRunState, takeRun, withdrawUnsent } from './charge-run-state.ts'
import { refuseWithoutGateway } from './charging.ts'

/**
 * Starts what was looked at (`writeChargePreview`): just these orders, each with the amount that was signed off; the charging is the worker's,
 * which asks every condition again when an order's turn comes, and leaves out what owes another amount by then. Quick, however many they
 * are. Guarantees: one run at a time in a campaign, also when two staff press at once, or the same form is sent twice. Refuses:
 * `charge_run_under_way` (with its id, this run's own too), `preview_too_old`, `preview_overtaken`, `charging_not_set_up`; 404 outside the
 * campaign.
 */
export async function startPreviewedRun(tx: Tx, actor: Actor, key: RunKey): Promise<ChargeRun> {
  const campaign = await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const run = await takeRun(tx, key)
  if (run.state === 'running' || run.state === 'paused') throw runUnderWay(run.id)
  const other = await findRunUnderWay(tx.db, key.campaign_id)
  if (other) throw runUnderWay(other)
  if (run.state !== 'previewed') throw wrongState(run)
  await refuseWithoutGateway(tx.db, campaign)
  const over = await whyPreviewIsOver(tx.db, run, tx.now)
  if (over) throw new DomainError(over, OVER[over])
  const started = await markStarted(tx, actor, key)
  await announce(tx, actor, started, run.counted as ChargeRunPreview)
  return started
}

const OVER = {
  preview_too_old:
    'This was counted more than a day ago, or was put away for newer ones. Nothing was started. Count again, then start.',
  preview_overtaken: 'Another charge run was started since this was counted. Nothing was started. Count again, then start.',
}

/** The database allows one run; who comes second waits here until the first has committed, and is told of its run. */
async function markStarted(tx: Tx, actor: Actor, key: RunKey): Promise<ChargeRun> {
  await sql`savepoint start_run`.execute(tx.db)
  try {
    const started = await tx.db
      .updateTable('charge_runs')
      .set({ state: 'running', started_at: tx.now, actor_id: actor.id, updated_at: tx.now })
      .where('campaign_id', '=', key.campaign_id)
      .where('id', '=', key.run_id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await sql`release savepoint start_run`.execute(tx.db)
    return started
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    await sql`rollback to savepoint start_run`.execute(tx.db)
    throw runUnderWay(await findRunUnderWay(tx.db, key.campaign_id))
  }
}

/** What follows every start: its operation, one event of the campaign, and work for the worker. */
async function announce(tx: Tx, actor: Actor, run: ChargeRun, { total, charge }: ChargeRunPreview): Promise<void> {
  const { campaign_id, id, selection, retry_errored } = run
  await startOperation(tx, actor, {
    campaign_id,
    id,
    kind: CHARGE_RUN,
    state: 'running',
    input: { selection: selection as Selection, retry_errored },
    total,
  })
  await appendEvent(tx, actor, {
    campaign_id,
    kind: 'charge_run_started',
    operation_id: id,
    data: { orders: charge.orders, amount: charge.amount },
  })
  await tx.enqueue({ job: 'charge' })
}

/**
 * Looks and starts in one step, for one order and for scripts: writes down the orders it is about, each with what is due. Answers the run with
 * what it counted. Guarantees what `startPreviewedRun` does. Refuses: `charge_run_under_way` (with its id), `preview_changed` when `expected` is
 * no longer what would be charged, `charging_not_set_up`, `nothing_to_do`.
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
  const preview = await writeRunOrders(tx, run.id, input)
  const { charge } = preview
  if (input.expected && (input.expected.orders !== charge.orders || input.expected.amount !== charge.amount)) {
    throw new DomainError('preview_changed', 'What would be charged has changed since you looked. Look again, then start.', {
      details: { expected: input.expected, now: charge },
    })
  }
  await announce(tx, actor, run, preview)
  return { ...run, preview }
}

async function insertRun(tx: Tx, actor: Actor, input: ChargeRunInput): Promise<ChargeRun> {
  // Who comes second waits here until the first has committed, and then finds its run.
  const run = await tx.db
    .insertInto('charge_runs')
    .values({ ...newRun(tx, actor, input), id: newId(), state: 'running', started_at: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (run) return run
  throw runUnderWay(await findRunUnderWay(tx.db, input.campaign_id))
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
  throw wrongState(run)
}

const STATES: Record<ChargeRun['state'], string> = {
  previewed: 'It was not started.',
  running: 'It is running.',
  paused: 'It is paused.',
  stopped: 'It was stopped.',
  done: 'It is done.',
}

function wrongState({ state }: ChargeRun): DomainError {
  return new DomainError('charge_run_state', `This charge run cannot do that now. ${STATES[state]}`, { details: { state } })
}
