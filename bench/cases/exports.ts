import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { createExporter } from '../../src/export-thread.server.ts'
import { compare, type Result } from '../measure.ts'
import { drain } from '../setup/http.ts'
import { resetOrders } from '../setup/reset-orders.ts'
import type { LoopDelay } from '../setup/watch-loop.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

const LINES = `select o.number, b.platform_number, b.name, b.email, o.status, o.held_at is not null, o.country, v.name, s.code, i.name,
    s.option_name, l.quantity, s.weight_g, l.source, coalesce(a.name, v.name), l.price, 'USD', o.id
  from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
  join order_lines l on l.campaign_id = o.campaign_id and l.order_id = o.id
  join skus s on s.campaign_id = l.campaign_id and s.id = l.sku_id
  join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
  left join levels v on v.campaign_id = o.campaign_id and v.id = o.level_id
  left join addons a on a.campaign_id = l.campaign_id and a.id = l.source_id and l.source = 'addon'`

const READY = `select o.number, b.name, b.email, o.address->>'name', o.address->>'line1', o.address->>'line2', o.address->>'city',
    o.address->>'region', o.address->>'postcode', o.address->>'country', o.address->>'phone', s.code, i.name, s.option_name, l.quantity,
    s.weight_g
  from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
  join order_lines l on l.campaign_id = o.campaign_id and l.order_id = o.id
  join skus s on s.campaign_id = l.campaign_id and s.id = l.sku_id
  join items i on i.campaign_id = s.campaign_id and i.id = s.item_id`

/** Rows of a file a second, against one COPY TO of the same rows in the same order. Runs last: it makes all orders ready to ship. */
export async function benchExports(world: World): Promise<Result[]> {
  const campaign = await world.large()
  await resetOrders(world, campaign.id, 'ready_to_ship')
  const write = createExporter(world.database.url)
  const input = { campaign_id: campaign.id, selection: { filter: {} }, form: 'lines' as const, audience: 'machines' as const }
  const where = `where o.campaign_id = '${campaign.id}' order by o.number, l.position`
  const goal = { at_least: 0.3 }
  const unit = 'rows/s'
  return [
    await compare({
      ...{ name: 'export: order lines', unit, goal },
      ours: () => rowsPerSecond(() => countLines(write({ file: 'order_lines', campaign: { id: campaign.id, currency: 'USD' } }))),
      limit: () => rowsPerSecond(() => copyOut(world.owner, `${LINES} ${where}`)),
    }),
    ...loopResults('export: order lines', await throughTheProgram(world, `/campaigns/${campaign.id}/order-lines.csv`)),
    await compare({
      ...{ name: 'export: ready orders', unit, goal },
      ours: () => rowsPerSecond(() => countLines(write({ file: 'ready_orders', input }))),
      limit: () => rowsPerSecond(() => copyOut(world.owner, `${READY} ${where}`)),
    }),
    ...loopResults(
      'export: ready orders',
      await throughTheProgram(world, `/campaigns/${campaign.id}/exports/ready-orders?form=lines&audience=machines`),
    ),
  ]
}

async function rowsPerSecond(run: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const rows = await run()
  return (rows / (performance.now() - began)) * 1000
}

/** Rows without the head; no text of the bench has a line break in it. */
async function countLines(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let rows = -1
  for await (const chunk of chunks) rows += chunk.reduce((sum, byte) => (byte === 10 ? sum + 1 : sum), 0)
  return rows
}

async function copyOut(owner: pg.Client, query: string): Promise<number> {
  const stream = owner.query(copyTo(`copy (${query}) to stdout with (format csv)`))
  stream.resume()
  await new Promise((resolve, reject) => {
    stream.once('end', resolve)
    stream.once('error', reject)
  })
  return stream.rowCount
}

async function throughTheProgram(world: World, path: string): Promise<LoopDelay> {
  const program = await world.program()
  const { delay } = await program.watch(() => drain(`${program.url}/api/v1${path}`, { authorization: `Bearer ${world.key}` }))
  return delay
}
