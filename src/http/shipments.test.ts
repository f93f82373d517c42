import { beforeAll, describe, expect, test } from 'vitest'
import { type MadeOrder, makeShippingDesk, type ShippingDesk } from '../../test/factories/shipping-desk.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { verifyBooks } from '../domain/verify.ts'

/* Parcels: marked as shipped, corrected, told of, taken back. */

const api = useTestApi()
let desk: ShippingDesk
let base: string

beforeAll(async () => {
  desk = await makeShippingDesk(api.program.deps, api.account_id)
  base = `/campaigns/${desk.campaign.id}`
})

const ship = (selection: unknown, more: object = {}) => api.post(`${base}/transitions`, { name: 'ship', selection, ...more })
const parcelsOf = async (order: MadeOrder) => (await api.get(`${base}/shipments?order_id=${order.id}`)).body.data
const mailsOf = async (order: MadeOrder, kind: string) => {
  const { body } = await api.get(`${base}/messages?backer_id=${order.backer.id}&kind=${kind}&limit=200`)
  return body.data
}
const mail = (ids: string[], more: object = {}) => api.post(`${base}/tracking-mails`, { selection: { ids }, ...more })
const hours = (count: number) => api.program.deps.clock.advance(count * 3_600_000)
const balanced = async () => expect(await verifyBooks(api.program.deps.db, api.program.deps.clock.now())).toEqual([])

describe('mark as shipped', () => {
  test('makes one parcel of all physical lines, digital ones left out; digital orders have none', async () => {
    const { campaign } = desk
    const order = await desk.make('ready_to_ship', {
      data: { ...desk.withPlaymat, addons: { [campaign.addons.playmat]: 1, [campaign.addons.wallpaper]: 2 } },
    })
    const digital = await desk.make('ready_to_ship', {
      backer: { level_id: campaign.levels.pdf },
      data: { options: {}, answers: {} },
    })
    const { body } = await ship({ ids: [order.id, digital.id] })
    expect(body).toMatchObject({ moved: 2, left: [] })
    const [parcel, ...others] = await parcelsOf(order)
    expect(others).toEqual([])
    expect(parcel).toMatchObject({ state: 'left', tracking_number: '', tracking_link: null, operation_id: body.operation })
    expect(parcel.lines.map((line: { name: string }) => line.name)).toEqual([
      'Tidebreakers core game',
      'Captain’s log, cloth bound',
      'Neoprene playmat',
    ])
    expect(await parcelsOf(digital)).toEqual([])
    expect((await desk.row(digital.id)).status).toBe('shipped')
    expect((await api.get(`${base}/shipments?operation_id=${body.operation}`)).body.data).toHaveLength(1)
    await balanced()
  })

  test('a hold stops it, other statuses are reported, and a number goes with one order only', async () => {
    const held = await desk.make('ready_to_ship')
    await api.post(`${base}/holds`, { selection: { ids: [held.id] }, reason: 'wait' })
    const paid = await desk.make('paid')
    const { body } = await ship({ ids: [held.id, paid.id] })
    expect(body).toMatchObject({ moved: 0 })
    expect(body.left.map((each: { code: string }) => each.code).toSorted()).toEqual(['on_hold', 'wrong_status'])
    const tracking = { carrier: 'DHL', tracking_number: '00340434161094042557' }
    expect((await ship({ ids: [held.id, paid.id] }, { tracking })).body).toMatchObject({ status: 422 })
    const order = await desk.make('ready_to_ship')
    expect((await ship({ ids: [order.id] }, { tracking: { tracking_number: '9.25E+11' } })).body).toMatchObject({
      status: 422,
      code: 'number_damaged',
    })
    await ship({ ids: [order.id] }, { tracking })
    expect((await parcelsOf(order))[0]).toMatchObject({ ...tracking, tracking_link: expect.stringContaining('dhl.com') })
  })
})

describe('a parcel corrected', () => {
  test('has one event and one version; nothing changes twice; a spoiled number or address is refused', async () => {
    const order = await desk.make('shipped')
    const [parcel] = await parcelsOf(order)
    const path = `${base}/shipments/${parcel.id}`
    const { version } = await desk.row(order.id)
    const wanted = { carrier: 'Evri', tracking_number: ' H00X ', tracking_url: 'https://parcels.example/H00X' }
    expect((await api.patch(path, wanted)).body).toMatchObject({ tracking_number: 'H00X', tracking_link: wanted.tracking_url })
    await api.patch(path, wanted)
    expect((await desk.row(order.id)).version).toBe(version + 1)
    expect((await api.patch(path, { tracking_number: '9,25E+11' })).body).toMatchObject({ code: 'number_damaged' })
    for (const tracking_url of ['javascript:alert(1)', 'parcels.example', 'https://a:b@parcels.example/'])
      expect((await api.patch(path, { tracking_url })).body, tracking_url).toMatchObject({ code: 'tracking_url_invalid' })
    expect((await api.get(`${base}/orders/${order.id}/timeline`)).body.data[0]).toMatchObject({
      kind: 'shipment_changed',
      data: { fields: ['carrier', 'tracking_number', 'tracking_url'] },
    })
    await balanced()
  })
})

describe('tracking mails', () => {
  test('go out in a step of their own, once for each number; a corrected number can be mailed again', async () => {
    const [one, two] = [await desk.make('shipped'), await desk.make('shipped')]
    const [parcel] = await parcelsOf(one)
    await api.patch(`${base}/shipments/${parcel.id}`, { carrier: 'UPS', tracking_number: '1Z999' })
    const ids = [one.id, two.id]
    expect(await mailsOf(one, 'tracking')).toHaveLength(0)
    const counts = { total: 2, mails: 1, without_number: 1, mailed_before: 0, left: [] }
    expect((await mail(ids, { dry_run: true })).body).toEqual({ ...counts, state: 'preview', operation: null })
    expect(await mailsOf(one, 'tracking')).toHaveLength(0)
    expect((await mail(ids)).body).toMatchObject({ ...counts, state: 'done' })
    expect((await mail(ids)).body).toMatchObject({ mails: 0, mailed_before: 1 })
    expect(await mailsOf(one, 'tracking')).toHaveLength(1)
    expect((await parcelsOf(one))[0]).toMatchObject({ mailed_number: '1Z999', mailed_at: expect.any(String) })
    await api.patch(`${base}/shipments/${parcel.id}`, { tracking_number: '1Z888' })
    expect((await mail(ids)).body).toMatchObject({ mails: 1, mailed_before: 0 })
    expect(await mailsOf(one, 'tracking')).toHaveLength(2)
  })

  test('what has not shipped is not meant, and an address that bounces gets none', async () => {
    const ready = await desk.make('ready_to_ship')
    const order = await desk.make('shipped', { backer: { email_state: 'bounced' } })
    const [parcel] = await parcelsOf(order)
    await api.patch(`${base}/shipments/${parcel.id}`, { tracking_number: '1Z777' })
    const { body } = await mail([ready.id, order.id])
    expect(body).toMatchObject({ total: 1, mails: 0, left: [{ code: 'mail_bounced', count: 1, sample_ids: [order.id] }] })
  })
})

describe('taken back', () => {
  test('the parcel is undone, who was mailed its number is told, and it can be shipped again', async () => {
    const [told, untold] = [await desk.make('shipped'), await desk.make('shipped')]
    for (const order of [told, untold]) {
      const [parcel] = await parcelsOf(order)
      await api.patch(`${base}/shipments/${parcel.id}`, { carrier: 'GLS', tracking_number: `G-${order.number}` })
    }
    await mail([told.id])
    const undo = { name: 'undo_ship', selection: { ids: [told.id, untold.id] } }
    expect((await api.post(`${base}/transitions`, undo)).body).toMatchObject({ moved: 2 })
    expect(await desk.row(told.id)).toMatchObject({ status: 'ready_to_ship', shipped_at: null })
    expect((await parcelsOf(told))[0].state).toBe('undone')
    expect(await mailsOf(told, 'tracking_corrected')).toHaveLength(1)
    expect(await mailsOf(untold, 'tracking_corrected')).toHaveLength(0)
    const [undone] = await parcelsOf(told)
    expect((await api.patch(`${base}/shipments/${undone.id}`, { carrier: 'DPD' })).body).toMatchObject({
      code: 'shipment_undone',
    })
    await desk.move('ship', [told.id])
    expect((await parcelsOf(told)).map((each: { state: string }) => each.state)).toEqual(['left', 'undone'])
    expect((await api.get(`${base}/shipments?order_id=${told.id}&state=left`)).body.data).toHaveLength(1)
    await balanced()
  })

  test('within 24 hours, or as many as the campaign says', async () => {
    const order = await desk.make('shipped')
    const undo = { name: 'undo_ship', selection: { ids: [order.id] } }
    hours(25)
    expect((await api.post(`${base}/transitions`, undo)).body).toMatchObject({ moved: 0, left: [{ code: 'undo_window_over' }] })
    expect((await api.patch(base, { undo_ship_hours: 1_000 })).status).toBe(422)
    expect((await api.patch(base, { undo_ship_hours: 48 })).body).toMatchObject({ undo_ship_hours: 48 })
    expect((await api.post(`${base}/transitions`, undo)).body).toMatchObject({ moved: 1 })
    await api.patch(base, { undo_ship_hours: 24 })
  })

  test('a shipped order is not reopened; once it is taken back it is', async () => {
    const order = await desk.make('shipped')
    const reopen = { name: 'reopen_address', selection: { ids: [order.id] } }
    expect((await api.post(`${base}/transitions`, reopen)).body).toMatchObject({ moved: 0 })
    await desk.move('undo_ship', [order.id])
    expect((await api.post(`${base}/transitions`, reopen)).body).toMatchObject({ moved: 1 })
    expect((await desk.row(order.id)).status).toBe('paid')
    await balanced()
  })
})
