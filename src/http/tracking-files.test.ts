import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { type MadeOrder, makeShippingDesk, type ShippingDesk } from '../../test/factories/shipping-desk.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { verifyBooks } from '../domain/verify.ts'

/* Tracking numbers that come back by file: looked at, applied, applied again. */

const api = useTestApi()
let desk: ShippingDesk
let base: string

beforeAll(async () => {
  desk = await makeShippingDesk(api.program.deps, api.account_id)
  base = `/campaigns/${desk.campaign.id}`
})

const HEADER = 'Order number,Carrier,Tracking number,Tracking URL'
const upload = (body: string, name = 'tracking.csv') =>
  api.post(`${base}/tracking-files?file_name=${name}`, body, { 'content-type': 'text/csv' })
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const parcelsOf = async (order: MadeOrder) => (await api.get(`${base}/shipments?order_id=${order.id}`)).body.data
const statusOf = async (order: MadeOrder) => (await desk.row(order.id)).status
const counts = async () => {
  const { rows } =
    await sql<object>`select (select count(*)::int from events) as events, (select count(*)::int from operations) as operations,
    (select count(*)::int from shipments) as shipments, (select coalesce(sum(version), 0)::int from orders) as versions`.execute(
      api.program.deps.db,
    )
  return rows[0]
}

describe('a file with every kind of row', () => {
  test('previews what ships and what is reported, ships exactly that, and does nothing the second time', async () => {
    const ready = await Promise.all(Array.from({ length: 8 }, () => desk.make('ready_to_ship')))
    const [plain, url, missing, damaged, twice, differs, held, badUrl] = ready as [MadeOrder, ...MadeOrder[]] & MadeOrder[]
    const paid = await desk.make('paid')
    const shipped = await desk.make('shipped')
    const digital = await desk.make('ready_to_ship', {
      backer: { level_id: desk.campaign.levels.pdf },
      data: { options: {}, answers: {} },
    })
    await api.post(`${base}/holds`, { selection: { ids: [held?.id] }, reason: 'wait' })
    const file = fileOf(
      `#${plain.number},DHL,00340434161094042557,`,
      `${url?.number},Own van,VAN-7,https://van.example/7`,
      `${missing?.number},DHL,,`,
      `${damaged?.number},DHL,9.25E+11,`,
      `${twice?.number},UPS,1Z999,`,
      `${twice?.number},UPS,1z999,`,
      `${differs?.number},UPS,1Z111,`,
      `${differs?.number},UPS,1Z222,`,
      `${held?.number},UPS,1Z333,`,
      `${badUrl?.number},UPS,1Z444,parcels.example`,
      `${paid.number},UPS,1Z555,`,
      `${shipped.number},UPS,1Z666,`,
      `${digital.number},UPS,1Z777,`,
      '999999,UPS,1Z888,',
      ',UPS,1Z999,',
    )
    const before = await counts()
    const { status, body } = await upload(file)
    expect(status).toBe(201)
    const problems = {
      order_missing: 1,
      order_unknown: 1,
      number_missing: 1,
      number_damaged: 1,
      tracking_url_invalid: 1,
      repeated_differently: 2,
      repeated: 1,
      already_shipped: 1,
      not_ready: 1,
      on_hold: 1,
      nothing_ships: 1,
    }
    expect(body).toMatchObject({ state: 'previewed', rows_total: 15, ships: 3, reported: 12, fault: null })
    expect(Object.fromEntries(body.problems.map((each: { code: string; count: number }) => [each.code, each.count]))).toEqual(
      problems,
    )
    expect(await counts()).toEqual(before)
    const notReady = await api.get(`${base}/tracking-files/${body.id}/rows?show=not_ready`)
    expect(notReady.body.data).toMatchObject([{ line: 12, order: { number: paid.number, status: 'paid' }, outcome: null }])
    const reported = await api.get(`${base}/tracking-files/${body.id}/rows?show=reported&limit=5`)
    expect(reported.body.data).toHaveLength(5)
    expect(reported.body.next_cursor).not.toBeNull()

    const applied = await api.post(`${base}/tracking-files/${body.id}/apply`)
    expect(applied.body).toMatchObject({ state: 'applied', rows_total: 15, ships: 3, reported: 12 })
    expect(await Promise.all([plain, url as MadeOrder, twice as MadeOrder].map(statusOf))).toEqual(Array(3).fill('shipped'))
    expect(await parcelsOf(plain)).toMatchObject([{ carrier: 'DHL', tracking_number: '00340434161094042557' }])
    expect(await parcelsOf(url as MadeOrder)).toMatchObject([{ tracking_link: 'https://van.example/7' }])
    expect(await parcelsOf(twice as MadeOrder)).toMatchObject([{ tracking_number: '1Z999' }])
    for (const order of [missing, damaged, differs, held, badUrl, digital] as MadeOrder[])
      expect(await statusOf(order)).toBe('ready_to_ship')
    const operation = (await api.get(`${base}/operations/${applied.body.operation_id}`)).body
    expect(operation).toMatchObject({ kind: 'ship', total: 15, moved: 3, state: 'done' })
    expect(operation.left.reduce((sum: number, each: { count: number }) => sum + each.count, 0)).toBe(12)

    const after = await counts()
    expect((await api.post(`${base}/tracking-files/${body.id}/apply`)).body).toEqual(applied.body)
    const again = (await upload(file)).body
    expect(again).toMatchObject({ ships: 0, reported: 15 })
    expect((await api.post(`${base}/tracking-files/${again.id}/apply`)).body).toMatchObject({ state: 'applied', ships: 0 })
    const { operations, ...rest } = after as { operations: number }
    expect(await counts()).toEqual({ ...rest, operations: operations + 1 })
    expect((await api.post(`${base}/tracking-files/${body.id}/discard`)).body.code).toBe('tracking_applied')
    expect(await verifyBooks(api.program.deps.db, api.program.deps.clock.now())).toEqual([])

    const csv = await api.get(`${base}/tracking-files/${body.id}/problems.csv`)
    expect(csv.body.split('\r\n')).toHaveLength(14)
    expect(csv.body).toContain('a spreadsheet has spoiled the tracking number')
  })
})

describe('as things stand now', () => {
  test('what changed between preview and apply is asked again, and reported', async () => {
    const [stays, reopened] = [await desk.make('ready_to_ship'), await desk.make('ready_to_ship')]
    const { body } = await upload(fileOf(`${stays.number},UPS,1Z1,`, `${reopened.number},UPS,1Z2,`))
    expect(body).toMatchObject({ ships: 2, reported: 0 })
    await desk.move('reopen_address', [reopened.id])
    expect((await api.get(`${base}/tracking-files/${body.id}`)).body).toMatchObject({
      ships: 1,
      problems: [{ code: 'not_ready', count: 1 }],
    })
    expect((await api.post(`${base}/tracking-files/${body.id}/apply`)).body).toMatchObject({
      ships: 1,
      problems: [{ code: 'not_ready', count: 1 }],
    })
    expect([await statusOf(stays), await statusOf(reopened)]).toEqual(['shipped', 'paid'])
  })

  test('its tracking mails are a step of their own over the operation', async () => {
    const order = await desk.make('ready_to_ship')
    const { body } = await upload(fileOf(`${order.number},UPS,1Z3,`))
    const { operation_id } = (await api.post(`${base}/tracking-files/${body.id}/apply`)).body
    const mail = () => api.post(`${base}/tracking-mails`, { selection: { filter: { operation: operation_id } } })
    expect((await api.get(`${base}/messages?kind=tracking&backer_id=${order.backer.id}`)).body.data).toHaveLength(0)
    expect((await mail()).body).toMatchObject({ total: 1, mails: 1 })
    expect((await mail()).body).toMatchObject({ total: 1, mails: 0, mailed_before: 1 })
  })

  test('over a thousand rows are queued, and the worker ships them', async () => {
    const order = await desk.make('ready_to_ship')
    const rows = Array.from({ length: 1_200 }, (_, at) => `${5_000_000 + at},UPS,X${at},`)
    const { body } = await upload(fileOf(...rows, `${order.number},UPS,1Z4,`))
    expect((await api.post(`${base}/tracking-files/${body.id}/apply`)).body).toMatchObject({
      state: 'applying',
      rows_total: 1_201,
    })
    expect((await api.post(`${base}/tracking-files/${body.id}/discard`)).body.code).toBe('tracking_applied')
    await api.program.deps.worker.runDue(api.program.deps.clock.now())
    expect((await api.get(`${base}/tracking-files/${body.id}`)).body).toMatchObject({
      state: 'applied',
      ships: 1,
      reported: 1_200,
    })
    expect(await statusOf(order)).toBe('shipped')
  })
})

describe('a bad file', () => {
  test('is refused with its place and the way out, and changes nothing', async () => {
    const before = await counts()
    const { status, body } = await upload('Carrier,Tracking number\nDHL,0034\n', 'wrong.csv')
    expect(status).toBe(201)
    expect(body).toMatchObject({
      state: 'refused',
      file_name: 'wrong.csv',
      rows_total: 0,
      fault: { code: 'order_column_missing', line: 1, column: 'Order number' },
    })
    expect((await api.post(`${base}/tracking-files/${body.id}/apply`)).body.code).toBe('tracking_refused')
    const late = await upload(`${fileOf('1,DHL,0034,')}2,"DHL,0035,\n`)
    expect(late.body).toMatchObject({ state: 'refused', rows_total: 0, fault: { code: 'unclosed_quote', line: 3 } })
    expect((await api.get(`${base}/tracking-files/${late.body.id}/rows`)).body.data).toEqual([])
    expect(await counts()).toEqual(before)
  })

  test('a preview can be thrown away; the template is what the upload takes', async () => {
    const { body } = await upload(fileOf('1,DHL,0034,'))
    expect((await api.post(`${base}/tracking-files/${body.id}/discard`)).body).toMatchObject({ state: 'discarded' })
    expect((await api.post(`${base}/tracking-files/${body.id}/apply`)).body.code).toBe('tracking_discarded')
    const template = (await api.get(`${base}/tracking-files/template.csv`)).body
    expect((await upload(`${template}1,DHL,0034,\r\n`)).body).toMatchObject({ state: 'previewed', rows_total: 1 })
    const list = (await api.get(`${base}/tracking-files?limit=2`)).body
    expect(list.data).toHaveLength(2)
  })
})
