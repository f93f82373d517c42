import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createStripeGateway } from '../../src/adapters/stripe/stripe-gateway.ts'
import { previewChargeRun } from '../../src/domain/payments/charge-run-preview.ts'
import type { RunKey } from '../../src/domain/payments/charge-run-state.ts'
import { startChargeRun, stopChargeRun } from '../../src/domain/payments/charge-runs.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { chargeOrders } from '../../src/jobs/charge-orders.ts'
import { newId } from '../../src/lib/id.ts'
import { createLog } from '../../src/log.server.ts'
import { median, milliseconds, type Result, shown } from '../measure.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

/** What one account's gateway takes in a second. */
const GATEWAY_CALLS = 25
/** Charges of one round, and their part of all orders where there are fewer. */
const CHARGES = 15_000
const PART = 0.2
const ROUNDS = 3
const GOAL = 20

/**
 * What is written before and after each call of a charge run over all orders that owe something: the worker's own lane, with a gateway that
 * answers at once (one in twenty declines) and without a pace.
 */
export async function benchCharges(world: World): Promise<Result[]> {
  const campaign = await world.large()
  await world.stopProgram()
  await resetOrders(world, campaign.id, 'locked')
  const loop = monitorEventLoopDelay({ resolution: 2 })
  const rates: number[] = []
  const starts: number[] = []
  const all = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false }
  const preview = await milliseconds(() => previewChargeRun(world.parts.db, campaign.staff, all, world.parts.clock.now()))
  loop.enable()
  for (let round = 0; round < ROUNDS; round++) {
    const { rate, start } = await chargeFor(world, campaign)
    rates.push(rate)
    starts.push(start)
  }
  loop.disable()
  const ratio = median(rates) / GATEWAY_CALLS
  const delay = { p999: loop.percentile(99.9) / 1e6 - 2, worst: loop.max / 1e6 - 2 }
  return [
    {
      name: 'charge bookkeeping',
      figure: Math.round(median(rates)),
      unit: 'orders/s',
      limit: GATEWAY_CALLS,
      ratio: Number(ratio.toPrecision(3)),
      goal: `ratio at least ${GOAL}`,
      ok: ratio >= GOAL,
    },
    shown('charge bookkeeping: 220,000 would take', 220_000 / median(rates), 's'),
    ...loopResults('charge bookkeeping', delay),
    shown('preview of a charge run', preview, 'ms'),
    shown('start of a charge run', median(starts), 'ms'),
  ]
}

interface Charged {
  /** orders a second */
  rate: number
  /** what whoever pressed the button waited, in milliseconds */
  start: number
}

async function chargeFor(world: World, { id: campaign_id, staff }: Awaited<ReturnType<World['large']>>): Promise<Charged> {
  const pace = 1_000_000
  const selection = { filter: { balance: 'owed' as const } }
  const pressed = performance.now()
  const run = await inTransaction(
    world.parts,
    (tx) => startChargeRun(tx, staff, { campaign_id, selection, retry_errored: false, pace }),
    { timeout_ms: 300_000 },
  )
  const start = performance.now() - pressed
  const config = { ...world.config, chargesPerSecond: pace }
  const { gateway, calls } = quickGateway()
  const most = Math.min(CHARGES, world.orders * PART)
  const app = { ...world.parts, processId: newId(), config, gateway, log: createLog(undefined, 'silent') }
  const began = performance.now()
  await chargeOrders(app, () => calls() >= most)
  const took = performance.now() - began
  await endRun(world, staff, { campaign_id, run_id: run.id })
  const { booked } = await world.client.db
    .selectFrom('payment_attempts')
    .select((eb) => eb.fn.countAll<number>().as('booked'))
    .where('campaign_id', '=', campaign_id)
    .where('run_id', '=', run.id)
    .where('state', 'in', ['succeeded', 'declined'])
    .executeTakeFirstOrThrow()
  if (booked === 0) throw new Error('Nothing was charged')
  return { rate: (booked / took) * 1000, start }
}

/** A campaign has one run at a time: what is left of this one waits no longer. A small run is through by itself. */
async function endRun({ parts }: World, staff: Actor, key: RunKey): Promise<void> {
  const run = await parts.db.selectFrom('charge_runs').select('state').where('id', '=', key.run_id).executeTakeFirstOrThrow()
  if (run.state === 'running') await inTransaction(parts, (tx) => stopChargeRun(tx, staff, key), { timeout_ms: 300_000 })
}

async function* noPages(): AsyncGenerator<never> {}

function quickGateway(): { gateway: Gateway; calls(): number } {
  let calls = 0
  // Nothing but charges is asked: whatever else would find nobody at this port.
  const nobody = { key: 'sk_test_bench', protocol: 'http', host: '127.0.0.1', port: 9 } as const
  const gateway: Gateway = {
    ...createStripeGateway({ ...nobody, timeout_ms: 1_000, mode: 'test' }),
    // It has taken nothing that the books do not know.
    paymentPages: noPages,
    refundPages: noPages,
    disputePages: noPages,
    charge: async ({ amount }) => {
      calls += 1
      const payment = `pi_bench_${calls}`
      if (calls % 20 === 0) return { answer: 'declined', payment, decline: { code: 'insufficient_funds', advice: null } }
      return { answer: 'succeeded', payment, amount }
    },
  }
  return { gateway, calls: () => calls }
}
