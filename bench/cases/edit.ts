import type pg from 'pg'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.server.ts'
import { createDeps, type Deps } from '../../src/deps.server.ts'
import { createLog } from '../../src/log.server.ts'
import { atOnce, compare, milliseconds, type Result } from '../measure.ts'
import type { BenchCampaign } from '../setup/bench-campaign.ts'
import { apiOf } from '../setup/http.ts'
import type { World } from '../setup/world.ts'

const EDITS = 400
const LANES = 16

interface Statement {
  text: string
  values: unknown[]
}

/** One edit: an add-on more in an open order. */
interface Edit {
  path: string
  body: { data: { addons: Record<string, number> } }
}

/**
 * An edit through HTTP, 16 at once, against the statements that such an edit sends, through a pool of the same size. They are logged by
 * letting the program carry out each edit and rolling it back, so that they can be sent for real.
 */
export async function benchEdit(world: World): Promise<Result[]> {
  const campaign = await world.large()
  const edits = await chooseEdits(world, campaign)
  const { url } = await world.program()
  const api = apiOf(url, world.key)
  const ours = async () => {
    const batch = edits.splice(0, EDITS)
    return (EDITS / (await milliseconds(() => atOnce(batch, LANES, (edit) => api.post(edit.path, edit.body))))) * 1000
  }
  const { deps, stop } = await wire(world)
  const limit = async () => {
    const logged = await logStatements(deps, world.key, edits.splice(0, EDITS))
    return (EDITS / (await milliseconds(() => atOnce(logged, LANES, (statements) => send(world.client.pool, statements))))) * 1000
  }
  await atOnce(edits.splice(0, LANES * 2), LANES, (edit) => api.post(edit.path, edit.body))
  try {
    return [await compare({ name: 'edit through HTTP', unit: 'edits/s', goal: { at_least: 0.5 }, ours, limit })]
  } finally {
    await stop()
  }
}

async function chooseEdits({ client }: World, campaign: BenchCampaign): Promise<Edit[]> {
  // The latter half of the add-ons has one SKU each: nothing needs to be chosen.
  const offered = campaign.addons.slice(20)
  const orders = await client.db
    .selectFrom('orders')
    .select(['id', 'number'])
    .where('campaign_id', '=', campaign.id)
    .where('status', '=', 'open')
    .where('number', '>', 10_000)
    .orderBy('number')
    .limit(EDITS * 6 + LANES * 2)
    .execute()
  if (orders.length < EDITS * 6) throw new Error('There are too few orders for this case')
  return orders.map(({ id, number }) => ({
    path: `/campaigns/${campaign.id}/orders/${id}/changes`,
    body: { data: { addons: { [offered[number % offered.length] ?? '']: 3 } } },
  }))
}

async function wire(world: World): Promise<{ deps: Deps; stop(): Promise<void> }> {
  const config = readConfig({ DATA_DIR: world.folder, STRIPE_HOST: '127.0.0.1', STRIPE_PORT: '9', STRIPE_PROTOCOL: 'http' })
  const log = createLog(undefined, 'silent')
  return await createDeps({ config, databaseUrl: world.database.url, secret: world.secret, log })
}

/** Runs each edit through the whole program in this process; what would commit is rolled back. */
async function logStatements(deps: Deps, key: string, edits: readonly Edit[]): Promise<Statement[][]> {
  const app = createApp(deps, async () => new Response('no pages', { status: 404 }))
  let log: Statement[] = []
  const restore = listen(deps.pool, (statement) => log.push(statement))
  const logged: Statement[][] = []
  for (const { path, body } of edits) {
    log = []
    const headers = { host: 'localhost:3000', authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await app.request(`http://localhost:3000/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (answer.status !== 200) throw new Error(`An edit answers ${answer.status}: ${await answer.text()}`)
    logged.push(log)
  }
  restore()
  return logged
}

type Connect = () => Promise<pg.PoolClient>
type Query = (text: string, values?: unknown[]) => Promise<pg.QueryResult>

function listen(pool: pg.Pool, heard: (statement: Statement) => void): () => void {
  const connect = pool.connect.bind(pool) as Connect
  const listening: Connect = async () => {
    const client = await connect()
    const query = client.query.bind(client) as unknown as Query
    const release = client.release.bind(client)
    const said: Query = async (text, values = []) => {
      heard({ text, values })
      if (text !== 'commit') return await query(text, values)
      return { ...(await query('rollback')), command: 'COMMIT' }
    }
    client.query = said as unknown as typeof client.query
    client.release = (error) => {
      client.query = query as unknown as typeof client.query
      client.release = release
      release(error)
    }
    return client
  }
  pool.connect = listening as typeof pool.connect
  return () => {
    pool.connect = connect as typeof pool.connect
  }
}

async function send(pool: pg.Pool, statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect()
  try {
    for (const { text, values } of statements) await client.query(text, values)
  } finally {
    client.release()
  }
}
