import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeEmptyCampaign } from '../../../test/factories/account.ts'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { readCsv } from '../../lib/csv-read.ts'
import { newId } from '../../lib/id.ts'
import { saveItem } from '../catalog/save-item.ts'
import { inTransaction } from '../shared/tx.ts'
import { countLifecycle, countSkus, type SkuCount } from './counts.ts'
import { beginLineExport, exportLines, LINE_COLUMNS } from './export-lines.ts'
import { ORDER_STATUSES } from './lifecycle.ts'
import { transitionOrders } from './transition-orders.ts'

const program = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })

type ExportedLine = Record<(typeof LINE_COLUMNS)[number], string>

async function readExport(campaign: { id: string; currency: string }): Promise<ExportedLine[]> {
  const lines: ExportedLine[] = []
  let head: string[] | null = null
  for await (const { cells } of readCsv(withoutMark(exportLines(program.db, campaign)), {
    delimiter: ',',
    maxRecordSize: 100_000,
  })) {
    if (head) lines.push(Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])) as ExportedLine)
    else head = cells
  }
  expect(head).toEqual([...LINE_COLUMNS])
  return lines
}

async function* withoutMark(text: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of text) yield piece.replace('\ufeff', '')
}

/** Pieces by SKU code and status, from the file and from the counts: the two must be one. */
function sumsOfExport(lines: ExportedLine[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { sku, status, quantity } of lines) sums[`${sku} ${status}`] = (sums[`${sku} ${status}`] ?? 0) + Number(quantity)
  return sums
}

function sumsOfCounts(counts: SkuCount[]): Record<string, number> {
  return Object.fromEntries(
    counts.flatMap(({ code, by_status }) =>
      Object.entries(by_status).flatMap(([status, quantity]) => (quantity > 0 ? [[`${code} ${status}`, quantity]] : [])),
    ),
  )
}

const line = fc.record({ sku: fc.integer({ min: 0, max: 3 }), quantity: fc.integer({ min: 1, max: 5 }) })
const order = fc.record({ status: fc.constantFrom(...ORDER_STATUSES), lines: fc.array(line, { maxLength: 4 }) })
const pledge = fc.record({
  survey: fc.constantFrom('not_sent', 'sent', 'started', 'waiting', 'withdrawn'),
  level: fc.boolean(),
  addons: fc.integer({ min: 0, max: 3 }),
})

test('the counts are the sums of the export, and pledges are counted by what they hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(order, { maxLength: 8 }), fc.array(pledge, { maxLength: 6 }), async (orders, pledges) => {
      const { campaign, sku_ids, item_ids, level_id, addon_id } = await makeCatalogue()
      for (const [index, each] of orders.entries()) await writeOrder(campaign.id, index, each, sku_ids)
      for (const each of pledges) {
        const backer = await makeBackerOf(campaign.id, each.level ? level_id : null, each.survey)
        if (each.addons > 0) {
          const row = { campaign_id: campaign.id, backer_id: backer, addon_id, quantity: each.addons }
          await program.db.insertInto('pledged_addons').values(row).execute()
        }
      }
      const counts = await countSkus(program.db, campaign.id)
      expect(sumsOfCounts(counts)).toEqual(sumsOfExport(await readExport(campaign)))
      const needed = (waits: boolean, of: (each: (typeof pledges)[number]) => number) =>
        pledges
          .filter(({ survey }) => survey !== 'withdrawn' && (survey === 'waiting') === waits)
          .reduce((sum, each) => sum + of(each), 0)
      const pledged = (item: number, key: 'not_answered' | 'waiting') =>
        counts.filter(({ item_id }) => item_id === item_ids[item]).reduce((sum, row) => sum + row[key], 0)
      for (const key of ['not_answered', 'waiting'] as const) {
        const waits = key === 'waiting'
        expect(pledged(0, key)).toBe(needed(waits, ({ level, addons }) => (level ? 1 : 0) + addons))
        expect(pledged(1, key)).toBe(needed(waits, ({ level }) => (level ? 2 : 0)))
      }
      // The second item has three SKUs: nobody knows yet which one.
      const chosen = counts.filter(({ item_id, sku_id }) => item_id === item_ids[1] && sku_id !== null)
      expect(chosen.every(({ not_answered, waiting }) => not_answered + waiting === 0)).toBe(true)
    }),
    { numRuns: 30 },
  )
}, 120_000)

/** One item with one SKU, one with three; a level of the first and two of the second; an add-on of the first. */
async function makeCatalogue() {
  const { campaign, staff } = await makeEmptyCampaign(parts())
  const campaign_id = campaign.id
  const sku = { weight_g: 100 }
  const items = await inTransaction(parts(), async (tx) => [
    await saveItem(tx, staff, { campaign_id, name: 'Core Game', kind: 'physical', skus: [{ ...sku, option_name: '' }] }),
    await saveItem(tx, staff, {
      campaign_id,
      name: '=Sleeves',
      kind: 'physical',
      skus: ['Red', 'Blue', '+Green'].map((option_name) => ({ ...sku, option_name })),
    }),
  ])
  const [level_id, addon_id] = [newId(), newId()]
  const [first, second] = items.map(({ id }) => id) as [string, string]
  const named = { campaign_id, position: 0, created_at: now }
  await program.db
    .insertInto('levels')
    .values({ ...named, id: level_id, name: 'Core', platform_reward_id: null, report_name: null, price: 1, proposed_price: 1 })
    .execute()
  const level_items = [
    { campaign_id, level_id, item_id: first, quantity: 1 },
    { campaign_id, level_id, item_id: second, quantity: 2 },
  ]
  await program.db.insertInto('level_items').values(level_items).execute()
  const addon = { platform_addon_id: null, platform_price: 1, price: 1, limit_per_backer: null, stock: null }
  await program.db
    .insertInto('addons')
    .values({ ...named, ...addon, id: addon_id, name: 'Second game' })
    .execute()
  await program.db.insertInto('addon_items').values({ campaign_id, addon_id, item_id: first, quantity: 1 }).execute()
  const sku_ids = items.flatMap(({ skus }) => skus.map(({ id }) => id))
  return { campaign, staff, level_id, addon_id, sku_ids, item_ids: [first, second] }
}

async function makeBackerOf(campaign_id: string, level_id: string | null, survey: string): Promise<string> {
  const id = newId()
  const row = { campaign_id, id, platform_uid: id, name: '=cmd()', email: 'a@example.com', level_id, pledge_status: 'collected' }
  const rest = { pledge_amount: 0, survey, created_at: now, updated_at: now }
  await program.db
    .insertInto('backers')
    .values({ ...row, ...rest } as never)
    .execute()
  return id
}

type RandomOrder = typeof order extends fc.Arbitrary<infer T> ? T : never

/** Rows by hand: statuses that part 1 has no command for are counted too. */
async function writeOrder(campaign_id: string, index: number, { status, lines }: RandomOrder, sku_ids: string[]): Promise<void> {
  const backer_id = await makeBackerOf(campaign_id, null, 'completed')
  const order_id = newId()
  await sql`insert into orders (campaign_id, id, backer_id, number, version, status, ships, answers, options, quote, balance_due,
      confirmed_version, confirmed_at, address_finalized_at, created_at, updated_at)
    values (${campaign_id}, ${order_id}, ${backer_id}, ${index + 1}, 1, ${status}, true, '{}', '{}', '{}', 0, 1, ${now}, ${now}, ${now}, ${now})`.execute(
    program.db,
  )
  for (const [position, { sku, quantity }] of lines.entries()) {
    const row = {
      campaign_id,
      order_id,
      position,
      sku_id: sku_ids[sku] ?? '',
      quantity,
      source: 'staff' as const,
      source_id: null,
      price: 0,
    }
    await program.db.insertInto('order_lines').values(row).execute()
  }
}

test('the export is one moment, neutralises formulas, and writes down who made it', async () => {
  const campaign = await makeCampaign(parts(), { addon_price: 3000 })
  const backer = await makeBacker(parts(), campaign, { name: '=HYPERLINK("http://x")' })
  const order = await makeOrder(parts(), campaign, backer, { addons: { [campaign.addon_id]: 2 } })
  const allowed = await inTransaction(parts(), (tx) => beginLineExport(tx, campaign.staff, campaign.id))
  const pieces = exportLines(program.db, allowed)
  const first = await pieces.next()
  expect(String(first.value).startsWith('\ufefforder_number,')).toBe(true)
  const later = await makeBacker(parts(), campaign)
  await makeOrder(parts(), campaign, later)
  const second = String((await pieces.next()).value)
  expect(second.trimEnd().split('\r\n')).toEqual([
    `${order.number},,"'=HYPERLINK(""http://x"")",${backer.email},open,no,DE,Core Pledge,CORE,Core Game,,1,1500,level,Core Pledge,49.00,USD,${order.id}`,
    `${order.number},,"'=HYPERLINK(""http://x"")",${backer.email},open,no,DE,Core Pledge,CORE,Core Game,,2,1500,addon,Playmat,60.00,USD,${order.id}`,
  ])
  expect((await pieces.next()).done).toBe(true)
  expect(await readExport(allowed)).toHaveLength(3)
  const events = await program.db.selectFrom('events').selectAll().where('kind', '=', 'lines_exported').execute()
  expect(events).toMatchObject([{ campaign_id: campaign.id, actor_kind: 'staff', actor_id: campaign.staff.id }])
})

test('a reader that stops gives its connection back', async () => {
  const campaign = await makeCampaign(parts())
  for await (const piece of exportLines(program.db, { id: campaign.id, currency: 'USD' })) {
    expect(piece).toContain('order_number')
    break
  }
  expect(program.pool.idleCount).toBe(program.pool.totalCount)
})

test('the lifecycle in numbers: stages, what is owed, and what can be locked', async () => {
  const campaign = await makeCampaign(parts(), { addon_price: 3000 })
  const backer = (over = {}) => makeBacker(parts(), campaign, over)
  await backer({ survey: 'not_sent' })
  await backer({ survey: 'waiting', pledge_status: 'errored' })
  const locked = await makeOrder(parts(), campaign, await backer())
  await makeOrder(parts(), campaign, await backer(), { addons: { [campaign.addon_id]: 1 } })
  const held = await makeOrder(parts(), campaign, await backer())
  await makeOrder(parts(), campaign, await backer({ pledge_amount: 7100 }))
  await sql`update orders set hold_reason = 'asked', held_at = ${now} where id = ${held.id}`.execute(program.db)
  await inTransaction(parts(), (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [locked.id] } }),
  )
  const counts = await countLifecycle(program.db, campaign.id, new Date())
  expect(counts.surveys).toEqual({ not_sent: 1, sent: 0, started: 0, waiting: 1, withdrawn: 0, completed: 4 })
  expect(counts.orders.open).toEqual({ count: 3, owed: 3000, credit: -1000, on_hold: 1 })
  expect(counts.orders.locked).toEqual({ count: 1, owed: 0, credit: 0, on_hold: 0 })
  expect(counts.orders.shipped).toEqual({ count: 0, owed: 0, credit: 0, on_hold: 0 })
  expect(counts.lock).toMatchObject({ can: 1, payment_method_missing: 1, on_hold: 1 })
})
