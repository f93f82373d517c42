import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeStaff } from '../../../test/factories/account.ts'
import { type MadeOrder, makeShippingDesk, type ReachedStatus, type ShippingDesk } from '../../../test/factories/shipping-desk.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { countryName } from '../../lib/country-name.ts'
import { restoreFormula } from '../../lib/csv-write.ts'
import { holdOrders } from '../orders/hold-orders.ts'
import { inTransaction } from '../shared/tx.ts'
import { type Address, normaliseAddress, phoneE164 } from '../shipping/address.ts'
import {
  type ExportAudience,
  type ExportForm,
  type ExportInput,
  exportReady,
  previewExport,
  recordExport,
} from './export-ready.ts'

/* What a warehouse is handed: only what is ready, each order once, and every text as it was typed. */

const program = useTestProgram()
let desk: ShippingDesk
let ready: (MadeOrder & { address: Address })[]

/** What people type, and what a spreadsheet would run or break at. */
const texts = [
  '=HYPERLINK("http://x.example","free")',
  '+49 30 1234',
  '-1+1',
  '@SUM(A1)',
  'Łódź, "Zielona"; 7',
  'محمد ‏عبد الله',
  '小林 花子',
  "'quoted'",
  ' =1+1',
  '＝1+1',
  '00123',
  'O’Neill\ttab',
]

beforeAll(async () => {
  const staff = await makeStaff(program.deps)
  desk = await makeShippingDesk(program.deps, staff.id as string)
  for (const status of ['open', 'locked', 'paid', 'shipped'] as ReachedStatus[]) await desk.make(status)
  ready = []
  for (const [at, text] of texts.entries()) {
    const address = normaliseAddress({
      name: text,
      line1: texts[(at + 1) % texts.length] ?? '',
      line2: texts[(at + 2) % texts.length] ?? '',
      city: texts[(at + 3) % texts.length] ?? '',
      postcode: '10115',
      country: 'DE',
      phone: at % 2 ? '030 901820' : '',
      delivery_notes: `${text}\nsecond line`,
    })
    const data = at % 3 === 0 ? { ...desk.withPlaymat, address } : { address }
    const order = await desk.make('ready_to_ship', { data, backer: { name: text } })
    const row = await desk.row(order.id)
    ready.push({ ...order, address: row.address as Address })
  }
  const digital = { backer: { level_id: desk.campaign.levels.pdf }, data: { options: {}, answers: {} } }
  await desk.make('ready_to_ship', digital)
  const held = await desk.make('ready_to_ship')
  const hold = { campaign_id: desk.campaign.id, selection: { ids: [held.id] }, reason: 'wait' }
  await inTransaction(program.deps, (tx) => holdOrders(tx, desk.campaign.staff, hold))
})

async function fileOf(form: ExportForm, audience: ExportAudience, selection: ExportInput['selection'] = { filter: {} }) {
  let text = ''
  const input = { campaign_id: desk.campaign.id, selection, form, audience }
  for await (const part of exportReady(program.deps.db, input)) text += part
  const rows = parse(text, { columns: true, bom: true, relax_column_count: false }) as Record<string, string>[]
  return { text, rows: audience === 'people' ? rows.map(restored) : rows }
}

const restored = (row: Record<string, string>) =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, restoreFormula(cell)]))

describe.each(['people', 'machines'] as const)('for %s', (audience) => {
  test('a row for each order, once, with every text as it was typed', async () => {
    const { rows, text } = await fileOf('orders', audience)
    expect(rows.map((row) => Number(row.order_number))).toEqual(ready.map(({ number }) => number))
    expect(text.startsWith('\ufeff')).toBe(audience === 'people')
    for (const [at, row] of rows.entries()) {
      const { address, backer } = ready[at] as (typeof ready)[number]
      expect(row).toMatchObject({
        name: address.name,
        address_line_1: address.line1,
        address_line_2: address.line2,
        city: address.city,
        postcode: '10115',
        country: countryName('DE'),
        country_code: 'DE',
        phone: phoneE164(address) ?? '',
        email: backer.email,
        delivery_notes: address.delivery_notes,
      })
      const withMat = at % 3 === 0
      expect(row).toMatchObject({ pieces: withMat ? '3' : '2', weight_g: withMat ? '4500' : '3000' })
    }
  })

  test('a row for each order and SKU; the pieces are those of the other form', async () => {
    const { rows } = await fileOf('lines', audience)
    const orders = (await fileOf('orders', audience)).rows
    const counted: Record<string, Record<string, string>> = {}
    for (const row of rows)
      counted[row.order_number ?? ''] = { ...counted[row.order_number ?? ''], [row.sku ?? '']: row.quantity ?? '' }
    for (const order of orders) expect(order).toMatchObject(counted[order.order_number ?? ''] ?? { none: 'missing' })
    const mats = rows.filter((row) => row.item === 'Neoprene playmat')
    expect(mats).toHaveLength(Math.ceil(texts.length / 3))
    expect(mats[0]).toMatchObject({ option: 'North Deep', quantity: '1', weight_g: '1500', total_weight_g: '1500' })
  })
})

test('for people no cell is a formula; for machines every text is raw', async () => {
  const cells = (text: string) => (parse(text, { bom: true }) as string[][]).slice(1).flat()
  const formula = /^[\s'"]*[=+\-@＝]/u
  for (const cell of cells((await fileOf('orders', 'people')).text)) if (formula.test(cell)) expect(cell).toMatch(/^'/)
  expect(cells((await fileOf('orders', 'machines')).text)).toContain('-1+1')
})

test('whatever is selected, nothing else is handed over', async () => {
  const { db } = program.deps
  const all = await db
    .selectFrom('orders')
    .select(['id', 'status', 'number'])
    .where('campaign_id', '=', desk.campaign.id)
    .execute()
  const mayGo = new Set(ready.map(({ id }) => id))
  const selection = fc.oneof(
    fc.uniqueArray(fc.constantFrom(...all.map(({ id }) => id)), { minLength: 1 }).map((ids) => ({ ids })),
    fc
      .record(
        {
          status: fc.uniqueArray(fc.constantFrom('open', 'paid', 'ready_to_ship', 'shipped', 'canceled' as const)),
          only_sku: fc.subarray(Object.values(desk.campaign.skus)),
          hold: fc.constantFrom('yes', 'no' as const),
        },
        { requiredKeys: [] },
      )
      .map((filter) => ({ filter })),
  )
  await fc.assert(
    fc.asyncProperty(selection, fc.constantFrom('orders', 'lines' as const), async (picked, form) => {
      const { rows } = await fileOf(form, 'machines', picked)
      const numbers = [...new Set(rows.map((row) => Number(row.order_number)))]
      const handed = all.filter(({ number }) => numbers.includes(number))
      expect(handed).toHaveLength(numbers.length)
      for (const order of handed) expect([order.status, mayGo.has(order.id)]).toEqual(['ready_to_ship', true])
      if ('ids' in picked) expect(numbers).toHaveLength(picked.ids.filter((id) => mayGo.has(id)).length)
      const counts = await previewExport(db, desk.campaign.staff, { campaign_id: desk.campaign.id, selection: picked })
      expect(counts.orders).toBe(numbers.length)
    }),
    { numRuns: 40, seed: 2026 },
  )
})

test('what is left out is counted, and who took what is an event', async () => {
  const input = { campaign_id: desk.campaign.id, selection: { filter: {} }, form: 'lines', audience: 'people' } as const
  const counts = { orders: texts.length, on_hold: 1, nothing_ships: 1, pieces: texts.length * 2 + Math.ceil(texts.length / 3) }
  expect(await previewExport(program.deps.db, desk.campaign.staff, input)).toEqual(counts)
  expect(await inTransaction(program.deps, (tx) => recordExport(tx, desk.campaign.staff, input))).toEqual(counts)
  const event = await program.deps.db
    .selectFrom('events')
    .selectAll()
    .where('campaign_id', '=', desk.campaign.id)
    .where('kind', '=', 'ready_orders_exported')
    .executeTakeFirstOrThrow()
  expect(event).toMatchObject({ actor_kind: 'staff', actor_id: desk.campaign.staff.id, data: { form: 'lines', ...counts } })
})

test('a parcel of which one piece’s weight is not known has no weight', async () => {
  await program.deps.db.updateTable('skus').set({ weight_g: null }).where('id', '=', desk.campaign.skus.deep).execute()
  const { rows } = await fileOf('orders', 'machines')
  expect(rows.map(({ weight_g }) => weight_g)).toEqual(texts.map((_, at) => (at % 3 === 0 ? '' : '3000')))
  await program.deps.db.updateTable('skus').set({ weight_g: 1500 }).where('id', '=', desk.campaign.skus.deep).execute()
})
