import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeCampaign } from '../test/factories/campaign.ts'
import { makeManyOrders } from '../test/factories/many-orders.ts'
import { useTestProgram } from '../test/setup/deps.ts'
import { exportReady } from './domain/fulfilment/export-ready.ts'
import { exportLines } from './domain/orders/export-lines.ts'

const program = useTestProgram()

async function textOf(pieces: AsyncIterable<string | Uint8Array>): Promise<string> {
  const parts: string[] = []
  for await (const piece of pieces) parts.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'))
  return parts.join('')
}

/** Connections that are in the middle of a snapshot. */
async function openSnapshots(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and application_name = 'afterfund'`.execute(
    program.db,
  )
  return rows[0]?.count ?? 0
}

async function makeReady(orders: number) {
  const campaign = await makeCampaign(program.deps)
  await makeManyOrders(program.db, campaign.id, orders)
  await sql`insert into order_lines (campaign_id, order_id, position, sku_id, quantity, source, price)
    select campaign_id, id, 0, ${campaign.sku_id}::uuid, 1, 'staff', 0 from orders where campaign_id = ${campaign.id}`.execute(
    program.db,
  )
  await sql`update orders set status = 'ready_to_ship', address_finalized_at = now(), ships = true
    where campaign_id = ${campaign.id}`.execute(program.db)
  return campaign
}

test('a file that a thread writes is the one that is written here, to the byte', async () => {
  const { id } = await makeReady(2_300)
  const campaign = { id, currency: 'USD' }
  const lines = await textOf(program.deps.exportApart({ file: 'order_lines', campaign }))
  expect(lines.split('\r\n')).toHaveLength(2_300 + 2)
  expect(lines).toBe(await textOf(exportLines(program.db, campaign)))
  const input = { campaign_id: id, selection: { filter: {} }, form: 'lines', audience: 'people' } as const
  const ready = await textOf(program.deps.exportApart({ file: 'ready_orders', input }))
  expect(ready.split('\r\n')).toHaveLength(2_300 + 2)
  expect(ready).toBe(await textOf(exportReady(program.db, input)))
})

test('a reader that stops early leaves no connection behind', async () => {
  const { id } = await makeReady(9_000)
  const pieces = program.deps.exportApart({ file: 'order_lines', campaign: { id, currency: 'USD' } })
  for await (const piece of pieces) {
    expect(piece.length).toBeGreaterThan(0)
    expect(await openSnapshots()).toBe(1)
    break
  }
  expect(await openSnapshots()).toBe(0)
})

test('what goes wrong in the thread ends the file with an error', async () => {
  const input = { campaign_id: 'no id', selection: { filter: {} }, form: 'lines', audience: 'people' } as const
  await expect(textOf(program.deps.exportApart({ file: 'ready_orders', input }))).rejects.toThrow('invalid input syntax')
})

test('four are written at once; the others wait for their turn and come all the same', async () => {
  const { id } = await makeReady(9_000)
  const order = { file: 'order_lines', campaign: { id, currency: 'USD' } } as const
  const begun = Array.from({ length: 4 }, () => program.deps.exportApart(order)[Symbol.asyncIterator]())
  for (const pieces of begun) await pieces.next()
  let hasFifth = false
  const fifth = textOf(program.deps.exportApart(order)).then((text) => {
    hasFifth = true
    return text
  })
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(hasFifth).toBe(false)
  expect(await openSnapshots()).toBe(4)
  for (const pieces of begun) await pieces.return?.()
  expect((await fifth).split('\r\n')).toHaveLength(9_000 + 2)
  expect(await openSnapshots()).toBe(0)
})
