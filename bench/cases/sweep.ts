import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createStripeGateway } from '../../src/adapters/stripe/stripe-gateway.ts'
import { findAccountInUse } from '../../src/domain/payments/charging.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { sweepGateway } from '../../src/jobs/sweep-gateway.ts'
import { newId } from '../../src/lib/id.ts'
import { createLog } from '../../src/log.server.ts'
import type { Put } from '../../src/simulator/store.ts'
import { atMost, median, milliseconds, type Result, shown } from '../measure.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import { benchKey, startSeededGateway, type Templates } from '../setup/seeded-gateway.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

/** What was taken is in the books within 15 minutes of recovery (promises.md, promise 2), also with 220,000 payments. */
const RECOVERY = { s: 900, payments: 220_000 }
/** Looking through payments that the books know, beside listing them. */
const KNOWN = 3
/** What the sweep holds at its end above what it held after a third of it, in MB. */
const MEMORY_GROWS = 64

/**
 * The gateway has taken a payment for every order that owes something, and the books know none of them: a backup from before the run was
 * restored. One sweep books them; the next one finds nothing to do. Limit: the same pages, listed and thrown away.
 */
export async function benchSweep(world: World): Promise<Result[]> {
  const campaign = await world.large()
  await world.stopProgram()
  await resetOrders(world, campaign.id, 'locked')
  const orders = await findOrders(world, campaign.id)
  const seeded = await startSeededGateway(world, 'gateway-sweep', (templates) =>
    paymentsOf(templates, campaign.id, orders, world.orders),
  )
  const address = { key: benchKey, protocol: 'http', host: '127.0.0.1', port: seeded.port } as const
  const gateway = createStripeGateway({ ...address, timeout_ms: 60_000, mode: 'test' })
  const loop = monitorEventLoopDelay({ resolution: 2 })
  const memory: number[] = []
  const look = setInterval(() => memory.push(process.memoryUsage().rss / 1024 / 1024), 250)
  try {
    const listed = await milliseconds(() => list(gateway, world.orders))
    memory.length = 0
    loop.enable()
    const unknown = await milliseconds(() => sweep(world, gateway))
    loop.disable()
    const growth = growthOf(memory)
    await refuseUnbooked(world, campaign.id, orders)
    const known = await milliseconds(() => sweep(world, gateway))
    const delay = { p999: loop.percentile(99.9) / 1e6 - 2, worst: loop.max / 1e6 - 2 }
    const most = (RECOVERY.s * world.orders) / RECOVERY.payments
    return [
      atMost(`sweep of ${world.orders} payments, none of them in the books`, unknown / 1000, 's', most),
      atMost(`sweep of ${world.orders} payments, all of them in the books`, known / 1000, 's', (listed / 1000) * KNOWN),
      shown(`listing ${world.orders} payments`, listed / 1000, 's'),
      atMost('sweep: memory grows by', growth, 'MB', MEMORY_GROWS),
      ...loopResults('sweep', delay),
    ]
  } finally {
    clearInterval(look)
    gateway.close()
    await seeded.stop()
  }
}

async function list(gateway: Gateway, payments: number): Promise<void> {
  let seen = 0
  for await (const page of gateway.paymentPages(new Date(0))) {
    if (!page.ok) throw new Error(`Listing ends with ${page.failure.code}`)
    seen += page.value.length
  }
  if (seen < payments) throw new Error(`${seen} of ${payments} payments were listed`)
}

/** As after a start: by a process without a mark, and with no newer one of another. */
async function sweep({ parts, client, owner }: World, gateway: Gateway): Promise<void> {
  await owner.query('truncate gateway_sweeps')
  const account = await findAccountInUse(client.db)
  if (!account) throw new Error('No gateway account is in use')
  const log = createLog(undefined, 'silent')
  const isDone = await sweepGateway({ ...parts, gateway, log }, { account, process_id: newId(), swept_at: null }, () => false)
  if (!isDone) throw new Error('The sweep did not come to its end')
}

interface Owing {
  id: string
  amount: number
  customer: string
  card: string
}

async function findOrders({ owner }: World, campaign_id: string): Promise<Owing[]> {
  const { rows } = await owner.query<Owing>(
    `select o.id, o.balance_due::float8 as amount, p.gateway_customer as customer, p.gateway_id as card
      from orders o join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
      where o.campaign_id = $1 and o.status = 'locked' and o.balance_due > 0 order by o.number`,
    [campaign_id],
  )
  return rows
}

/** One for each order that owes; the rest, up to as many as there are orders, belong to somebody else at the same account. */
function* paymentsOf(
  { customer, payment_method, payment_intent, charge }: Templates,
  campaign_id: string,
  orders: readonly Owing[],
  payments: number,
): Generator<Put[]> {
  for (let at = 0; at < payments; at++) {
    const order = orders[at]
    const own = { customer: order?.customer ?? customer.id, payment_method: order?.card ?? payment_method.id }
    const metadata: Record<string, string> = order
      ? { afterfund_campaign: campaign_id, afterfund_order: order.id, afterfund_attempt: newId() }
      : {}
    const amount = order?.amount ?? charge.amount
    const shared = { ...own, amount, metadata }
    const [id, taken] = [`pi_bench_${at}`, `ch_bench_${at}`]
    const card = {
      ...payment_method,
      id: own.payment_method,
      object: { ...payment_method.object, id: own.payment_method, customer: own.customer },
    }
    yield [
      ...(order ? ([['payment_method', card]] as Put[]) : []),
      ['payment_intent', { ...payment_intent, ...shared, id, amount_received: amount, latest_charge: taken }],
      ['charge', { ...charge, ...shared, id: taken, charge: taken, payment_intent: id }],
    ]
  }
}

/** The last third beside the second one: what a program takes until it is warm is no leak. */
function growthOf(memory: readonly number[]): number {
  const third = Math.floor(memory.length / 3)
  // Over before it could be looked at three times: there is nothing to say.
  if (third === 0) return 0
  return Math.max(0, median(memory.slice(-third)) - median(memory.slice(third, 2 * third)))
}

async function refuseUnbooked({ owner }: World, campaign_id: string, orders: readonly Owing[]): Promise<void> {
  const { rows } = await owner.query<{ left: number }>(
    `select count(*)::int as left from orders where campaign_id = $1 and balance_due > 0 and id = any($2)`,
    [campaign_id, orders.map(({ id }) => id)],
  )
  if (rows[0]?.left !== 0) throw new Error(`${rows[0]?.left} of ${orders.length} orders still owe what was taken`)
}
