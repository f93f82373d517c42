import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { sql } from 'kysely'
import { Stripe } from 'stripe'
import { afterEach, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createClock } from '../../src/clock.server.ts'
import { createDeps, type Deps } from '../../src/deps.server.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { recordGatewayAccount } from '../../src/domain/payments/record-gateway.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { createLog } from '../../src/log.server.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { type LockedOrder, makeManyLocked } from '../factories/charge-many.ts'
import { type ChargeCount, countCharges } from '../setup/count-charges.ts'
import { cloneDatabase } from '../setup/database.ts'
import { testConfig } from '../setup/deps.ts'
import { listenWith } from '../setup/listen.ts'
import { chance } from '../setup/random.ts'
import { environmentOf, startTestSimulator } from '../setup/simulator.ts'
import { clientOf } from '../setup/simulator-client.ts'
import { noneWrong, planOrders } from './charge-torture.ts'

/*
 * More than two hundred webhooks while a run charges: each four times, shuffled, many of them first too late to be believed; refunds and disputes
 * among them; in the middle the program stops and another one goes on. What counts is the gateway's own ledger.
 */

const secret = 'whsec_storm_secret'
const DAY_MS = 24 * 3_600_000
const REPEATS = 3
const REFUNDS = 10
const CARDS = { visa: 40, later_insufficient_funds: 6, times_out_and_pays: 1, pays_slowly: 3, disputed: 4 }
const settled = { timeout: 90_000, interval: 200 }
const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A program with its worker, on the database and at the gateway that are there. `ahead_ms`: how wrong its clock is. */
async function startOne(url: string, simulator: Simulator, ahead_ms: number): Promise<{ deps: Deps; stop(): Promise<void> }> {
  const env = { GATEWAY_TIMEOUT_MS: '1500', CHARGES_PER_SECOND: '40', STRIPE_WEBHOOK_SECRET: secret }
  const { deps, stop } = await createDeps({
    config: testConfig({ ...environmentOf(simulator), ...env }),
    databaseUrl: url,
    secret: 'a'.repeat(64),
    log: createLog({ write: () => undefined }, 'silent'),
    clock: createClock(new Date(Date.now() + ahead_ms)),
  })
  await recordGatewayAccount(deps)
  return { deps, stop }
}

type Door = (deps: () => Deps) => { fetch(request: Request, env: never): Response | Promise<Response> }

const ourDoor: Door = (deps) => ({
  fetch: (request) => createApp(deps(), async () => new Response()).fetch(request),
})

/** The plausible one that is wrong: it believes what an event says, and books it as often as it comes. */
const trustingDoor: Door = (deps) => {
  const app = new Hono()
  app.post('/webhooks/stripe', async (c) => {
    const body = await c.req.text()
    const signature = c.req.header('stripe-signature') ?? ''
    const event = await Stripe.webhooks.constructEventAsync(body, signature, secret).catch(() => null)
    if (!event) return c.text('no', 400)
    if (event.type === 'payment_intent.succeeded') {
      const { metadata, amount_received } = event.data.object
      await bookAsTold(deps(), { order_id: String(metadata.afterfund_order), amount: amount_received })
    }
    return c.text('ok')
  })
  return app
}

async function bookAsTold(deps: Deps, { order_id, amount }: { order_id: string; amount: number }): Promise<void> {
  await inTransaction(deps, async (tx) => {
    const { rows } = await sql<{ campaign_id: string; version: number }>`update orders set version = version + 1,
        captured = captured + ${amount}, balance_due = balance_due - ${amount}, updated_at = ${tx.now}
      where id = ${order_id} returning campaign_id, version`.execute(tx.db)
    const [order] = rows
    if (!order) return
    for (const [account, sum] of Object.entries({ card: amount, owed: -amount })) {
      await sql`insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
        values (${order.campaign_id}, ${order_id}, ${order.version}, ${account}, ${sum}, 'USD', 'charged', ${tx.now})`.execute(
        tx.db,
      )
    }
    await sql`insert into events (campaign_id, kind, order_id, order_version, actor_kind, data, at)
      values (${order.campaign_id}, 'charge_succeeded', ${order_id}, ${order.version}, 'gateway', '{}', ${tx.now})`.execute(tx.db)
  })
}

interface Ended {
  wrong: ChargeCount
  violations: number
  /** times that a webhook was taken */
  taken: number
  refunded: number
  /** refunds made elsewhere and disputes, by kind */
  told: Record<string, number>
}

async function storm(seed: number, { door = ourDoor, ahead_ms = 0 }: { door?: Door; ahead_ms?: number }): Promise<Ended> {
  const database = await cloneDatabase()
  stops.push(database.drop)
  const simulator = await startTestSimulator()
  stops.push(simulator.stop)
  let program = await startOne(database.url, simulator, ahead_ms)
  stops.push(() => program.stop())
  let taken = 0
  const behind = door(() => program.deps)
  const listener = await listenWith({
    fetch: async (request, env) => {
      const answer = await behind.fetch(request, env)
      if (answer.ok) taken += 1
      return answer
    },
  })
  stops.push(listener.stop)
  const { campaign, orders } = await makeManyLocked(program.deps, simulator, planOrders(chance(seed), CARDS))
  simulator.knobs({ webhook_repeats: REPEATS, webhooks_shuffled: true, webhook_signed_ago_s: 600, latency_ms: 20 })
  simulator.sendWebhooks({ url: `${listener.url}/webhooks/stripe`, secret })
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false }
  await inTransaction(program.deps, (tx) => startChargeRun(tx, campaign.staff, input))
  await program.deps.worker.start()

  await vi.waitFor(() => expect(simulator.ledger().length).toBeGreaterThan(25), settled)
  const refunds = await refundSome(simulator)
  const stopped = program
  program = await startOne(database.url, simulator, ahead_ms)
  await stopped.stop()
  await program.deps.worker.start()
  simulator.knobs({ webhook_signed_ago_s: 0 })
  await isOver(program.deps, simulator)
  const wrong = await countCharges(program.deps.db, orders, simulator.ledger())
  const violations = (await verifyBooks(program.deps.db, program.deps.clock.now())).length
  return { wrong, violations, taken, ...(await reported(program.deps, orders, refunds)) }
}

/** Somebody gives money back in the gateway's dashboard, while the run charges. */
async function refundSome(simulator: Simulator): Promise<number> {
  const stripe = clientOf(simulator)
  for (const { payment_intent } of simulator.ledger()) {
    // What is disputed cannot be refunded.
    if (simulator.refunds().length < REFUNDS) await stripe.refunds.create({ payment_intent, amount: 100 }).catch(() => undefined)
  }
  return simulator.refunds().length
}

/** Every webhook has been taken, and nothing is left to do. */
async function isOver({ worker, db }: Deps, simulator: Simulator): Promise<void> {
  await vi.waitFor(async () => {
    expect(simulator.pendingWebhooks()).toBe(0)
    const { rows } = await sql`select 1 from gateway_events where state = 'received' union all
      select 1 from payment_attempts where state in ('created', 'sent', 'unknown') union all
      select 1 from charge_runs where state <> 'done'`.execute(db)
    expect(rows).toEqual([])
    expect(await worker.isIdle()).toBe(true)
  }, settled)
  await sleep(500)
}

async function reported(
  { db }: Deps,
  orders: readonly LockedOrder[],
  refunds: number,
): Promise<Pick<Ended, 'refunded' | 'told'>> {
  const found = await db.selectFrom('discrepancies').select(['kind']).execute()
  const told: Record<string, number> = { expected_refunds: refunds }
  for (const { kind } of found) told[kind] = (told[kind] ?? 0) + 1
  const { refunded } = await db
    .selectFrom('orders')
    .select((eb) => eb.fn.sum<number>('refunded').as('refunded'))
    .where(
      'id',
      'in',
      orders.map(({ id }) => id),
    )
    .executeTakeFirstOrThrow()
  return { refunded: Number(refunded), told }
}

const charged = Object.values(CARDS).reduce((sum, count) => sum + count, 0)

test.each([
  ['right', 0],
  ['a day ahead', DAY_MS],
  ['a day behind', -DAY_MS],
])('a storm of webhooks books nothing twice, with a clock that is %s', async (_, ahead_ms) => {
  const ended = await storm(1 + ahead_ms / DAY_MS, { ahead_ms })
  expect(ended.wrong).toEqual(noneWrong)
  expect(ended.violations).toBe(0)
  expect(ended.taken).toBeGreaterThanOrEqual(charged * (1 + REPEATS))
  expect(ended.told).toEqual({ expected_refunds: REFUNDS, refunded_elsewhere: REFUNDS, disputed: CARDS.disputed })
  expect(ended.refunded).toBe(REFUNDS * 100)
})

test('control: a door that trusts what an event says fails the same test', async () => {
  const { wrong, violations } = await storm(7, { door: trustingDoor })
  expect(wrong.phantom).toBeGreaterThan(charged / 4)
  expect(violations).toBeGreaterThan(0)
})
