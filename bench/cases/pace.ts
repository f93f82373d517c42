import type { Put } from '../../src/simulator/store.ts'
import { atMost, median, milliseconds, type Result, shown } from '../measure.ts'
import { apiOf } from '../setup/http.ts'
import { openPage, signIn } from '../setup/pages.ts'
import { startProgram } from '../setup/program.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import { benchKey, startSeededGateway, type Templates } from '../setup/seeded-gateway.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

/** Charged one by one, in the default pace: 150 seconds of it. */
const CHARGES = 3_000
const PART = 0.3
/** What a run charges in a second unless it is told otherwise (README, CHARGES_PER_SECOND). */
const PACE = 20
/** What one account's gateway takes in a second. */
const GATEWAY_CALLS = 25
/** A run lasts hours: what it holds at its end may not be more than this above what it held once it was under way, in MB. */
const MEMORY_GROWS = 64
/** A page may take so much longer while a run goes on. */
const PAGES_SLOWER = 1.5
const VISITS = 7

interface Run {
  id: string
  state: string
  pace: number
}

/**
 * A run as a creator starts it: the whole program charges at a simulator that answers 429 above 25 calls a second. Meanwhile its pages are
 * opened, and its memory is looked at.
 */
export async function benchPace(world: World): Promise<Result[]> {
  const { id: campaign_id } = await world.large()
  await world.stopProgram()
  await resetOrders(world, campaign_id, 'locked')
  const orders = await findOrders(world, campaign_id)
  const gateway = await startSeededGateway(world, 'gateway-pace', (templates) => cardsOf(templates, orders))
  await gateway.knobs({ calls_per_second: GATEWAY_CALLS })
  const address = { STRIPE_HOST: '127.0.0.1', STRIPE_PORT: String(gateway.port), STRIPE_PROTOCOL: 'http' }
  const program = await startProgram({ ...world.env, ...address, STRIPE_SECRET_KEY: benchKey })
  try {
    const cookie = await signIn(program.url)
    const pages = ['', '/orders'].map((path) => () => openPage(`${program.url}/campaigns/${campaign_id}${path}`, cookie))
    const open = async () => median(await timesOf(pages))
    await open()
    const rest = await open()
    const api = apiOf(program.url, world.key)
    const memory: number[] = []
    const busy: number[] = []
    const { result, delay } = await program.watch(async () => {
      const began = performance.now()
      const selection = { ids: orders.map(({ id }) => id) }
      const path = `/campaigns/${campaign_id}/charge-runs`
      const { run } = await api.post<{ run: Run }>(path, { selection })
      for (;;) {
        const seen = await api.get<Run>(`${path}/${run.id}`)
        if (seen.state !== 'running') return { seen, took: (performance.now() - began) / 1000 }
        memory.push(program.memory())
        if (busy.length < VISITS) busy.push(await open())
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    })
    await refuseOdd(world, { campaign_id, run: result.seen, orders: orders.length })
    const due = orders.length / PACE
    const off = Math.abs(result.took / due - 1) * 100
    return [
      { ...atMost('a run in its pace: off its time', off, '%', 5), ratio: null },
      shown(`a run in its pace: ${orders.length} orders`, result.took, 's'),
      shown('a run in its pace: 220,000 would take', ((result.took / orders.length) * 220_000) / 3600, 'h'),
      {
        ...atMost('a run in its pace: pages beside it', median(busy), 'ms', rest * PAGES_SLOWER),
        goal: `at most ${PAGES_SLOWER} times those at rest`,
      },
      atMost('a run in its pace: memory grows by', growth(memory), 'MB', MEMORY_GROWS),
      ...loopResults('a run in its pace', delay),
    ]
  } finally {
    await program.stop()
    await gateway.stop()
  }
}

interface Owing {
  id: string
  customer: string
  card: string
}

async function findOrders({ owner, orders }: World, campaign_id: string): Promise<Owing[]> {
  const most = Math.min(CHARGES, Math.round(orders * PART))
  const { rows } = await owner.query<Owing>(
    `select o.id, p.gateway_customer as customer, p.gateway_id as card
      from orders o join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
      where o.campaign_id = $1 and o.status = 'locked' and o.balance_due >= 100 order by o.number limit $2`,
    [campaign_id, most],
  )
  return rows
}

function* cardsOf({ customer, payment_method }: Templates, orders: readonly Owing[]): Generator<Put[]> {
  for (const { customer: id, card } of orders) {
    const object = { ...payment_method.object, id: card, customer: id }
    yield [
      ['customer', { ...customer, id }],
      ['payment_method', { ...payment_method, id: card, object }],
    ]
  }
}

/** One after the other. */
async function timesOf(pages: readonly (() => Promise<void>)[]): Promise<number[]> {
  const times: number[] = []
  for (const page of pages) for (let calls = 0; calls < 3; calls++) times.push(await milliseconds(page))
  return times
}

/** The last third beside the second one: what a program takes until it is warm is no leak. */
function growth(memory: readonly number[]): number {
  const third = Math.floor(memory.length / 3)
  // Over before it could be looked at three times: there is nothing to say.
  if (third === 0) return 0
  return Math.max(0, median(memory.slice(-third)) - median(memory.slice(third, 2 * third)))
}

/** The pace was halved, or a call was sent again, where the gateway answered 429. */
async function refuseOdd(
  { client }: World,
  { campaign_id, run, orders }: { campaign_id: string; run: Run; orders: number },
): Promise<void> {
  const { charged, again } = await client.db
    .selectFrom('payment_attempts')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('state', '=', 'succeeded').as('charged'),
      eb.fn.countAll<number>().filterWhere('sendings', '>', 1).as('again'),
    ])
    .where('campaign_id', '=', campaign_id)
    .where('run_id', '=', run.id)
    .executeTakeFirstOrThrow()
  if (run.state === 'done' && run.pace === PACE && charged === orders && again === 0) return
  throw new Error(`The run is ${run.state} at ${run.pace} a second: ${charged} of ${orders} charged, ${again} asked about again`)
}
