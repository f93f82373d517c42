import { beforeAll, describe, expect, test } from 'vitest'
import { type MadeOrder, makeShippingDesk, type ShippingDesk } from '../../test/factories/shipping-desk.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { verifyBooks } from '../domain/verify.ts'

/* What a backer asks for once the address is final, and staff's answers. */

const api = useTestApi()
let desk: ShippingDesk
let base: string

beforeAll(async () => {
  desk = await makeShippingDesk(api.program.deps, api.account_id)
  base = `/campaigns/${desk.campaign.id}`
})

const berlin = { name: 'Mei-Ling', line1: 'Neue Straße 1', city: 'Berlin', postcode: '10117', country: 'DE' }
const paris = { name: 'Mei-Ling', line1: '1 rue de Rivoli', city: 'Paris', postcode: '75001', country: 'FR' }
/** A pledge that covers Germany exactly: France costs 16.50 more. */
const exact = { backer: { pledge_amount: 9400, pledge_bonus: 0 } }
const ask = (order: MadeOrder, body: object) => api.post(`${base}/orders/${order.id}/change-requests`, body)
const mailsOf = async (order: MadeOrder) => {
  const { body } = await api.get(`${base}/messages?backer_id=${order.backer.id}&limit=200`)
  return (body.data as { kind: string }[]).map(({ kind }) => kind)
}
const kindsOf = async (order: MadeOrder) => {
  const { body } = await api.get(`${base}/orders/${order.id}/timeline?limit=200`)
  return (body.data as { kind: string }[]).map(({ kind }) => kind)
}
const balanced = async () => expect(await verifyBooks(api.program.deps.db, api.program.deps.clock.now())).toEqual([])

describe('asking', () => {
  test('an order that is not final yet is changed directly; one that shipped or was canceled not at all', async () => {
    const codes = {
      open: 'change_directly',
      locked: 'change_directly',
      paid: 'change_directly',
      shipped: 'already_shipped',
    } as const
    for (const [status, code] of Object.entries(codes)) {
      const order = await desk.make(status as keyof typeof codes)
      expect((await ask(order, { address: berlin })).body, status).toMatchObject({ status: 409, code })
    }
    const canceled = await desk.make('paid')
    await desk.move('cancel', [canceled.id])
    expect((await ask(canceled, { address: berlin })).body).toMatchObject({ code: 'order_canceled' })
  })

  test('the address is checked like one that is saved, and another price is agreed to', async () => {
    const order = await desk.make('ready_to_ship', exact)
    expect((await ask(order, { address: { ...berlin, city: '' } })).body).toMatchObject({ status: 422 })
    expect((await ask(order, { address: { ...berlin, country: 'BR', region: 'SP' } })).body).toMatchObject({ status: 422 })
    const { address } = (await api.get(`${base}/orders/${order.id}`)).body
    expect((await ask(order, { address })).body).toMatchObject({ status: 422, code: 'nothing_to_do' })
    expect((await ask(order, { address: paris, dry_run: true })).body).toMatchObject({ balance_before: 0, balance_after: 1650 })
    expect((await ask(order, { address: paris })).body).toMatchObject({ code: 'price_changed', balance_after: 1650 })
    const { body } = await ask(order, { address: paris, agreed_balance: 1650, note: 'I moved' })
    expect(body).toMatchObject({ state: 'open', agreed_balance: 1650, note: 'I moved', address: { city: 'Paris' } })
    expect(await desk.row(order.id)).toMatchObject({ status: 'ready_to_ship', balance_due: 0 })
    expect((await ask(order, { address: berlin })).body).toMatchObject({ code: 'change_request_open' })
    expect((await api.post(`${base}/change-requests/${body.id}/withdraw`)).body).toMatchObject({ state: 'withdrawn' })
    expect((await api.post(`${base}/change-requests/${body.id}/withdraw`)).body).toMatchObject({ code: 'change_request_over' })
    expect((await ask(order, { address: berlin })).body).toMatchObject({ state: 'open' })
    const list = await api.get(`${base}/change-requests?state=open&order_id=${order.id}`)
    expect(list.body.data).toHaveLength(1)
    await balanced()
  })
})

describe('the answer', () => {
  test('approved at the same price, the order is ready again with the new address, and one mail says so', async () => {
    const order = await desk.make('ready_to_ship')
    const { body } = await ask(order, { address: berlin })
    const before = await mailsOf(order)
    expect((await api.get(`${base}/change-requests/${body.id}/preview`)).body).toMatchObject({ leads_to: 'ready_to_ship' })
    const answered = await api.post(`${base}/change-requests/${body.id}/approve`, { answer: 'Of course.' })
    expect(answered.body).toMatchObject({ state: 'approved', answer: 'Of course.', order: { status: 'ready_to_ship' } })
    expect(await desk.row(order.id)).toMatchObject({ status: 'ready_to_ship', address: { line1: 'Neue Straße 1' } })
    expect((await mailsOf(order)).toSorted()).toEqual(['change_request_answered', ...before].toSorted())
    expect((await kindsOf(order)).slice(0, 5)).toEqual([
      'change_request_answered',
      'finalize_address',
      'address_changed',
      'reopen_address',
      'change_requested',
    ])
    expect((await api.post(`${base}/change-requests/${body.id}/decline`, {})).body).toMatchObject({ code: 'change_request_over' })
    await balanced()
  })

  test('dearer, the order owes again, and its backer is mailed how much', async () => {
    const order = await desk.make('ready_to_ship', exact)
    const { body } = await ask(order, { address: paris, agreed_balance: 1650 })
    expect((await api.get(`${base}/change-requests/${body.id}/preview`)).body).toMatchObject({ leads_to: 'locked' })
    await api.post(`${base}/change-requests/${body.id}/approve`, {})
    expect(await desk.row(order.id)).toMatchObject({ status: 'locked', balance_due: 1650, address_finalized_at: null })
    expect(await mailsOf(order)).toEqual(expect.arrayContaining(['owe_again', 'change_request_answered']))
    await balanced()
  })

  test('at another price than the one agreed to it cannot be approved, and nothing changes', async () => {
    const order = await desk.make('ready_to_ship', exact)
    const { body } = await ask(order, { address: paris, agreed_balance: 1650 })
    await api.program.deps.db
      .updateTable('level_shipping_fees')
      .set({ fee: 2500 })
      .where('campaign_id', '=', desk.campaign.id)
      .where('fee', '=', 2150)
      .execute()
    const before = await desk.row(order.id)
    const refused = await api.post(`${base}/change-requests/${body.id}/approve`, {})
    expect(refused.body).toMatchObject({ code: 'price_changed', agreed_balance: 1650, balance_after: 2000 })
    expect(await desk.row(order.id)).toEqual(before)
    expect((await api.get(`${base}/change-requests/${body.id}`)).body.state).toBe('open')
    await api.program.deps.db
      .updateTable('level_shipping_fees')
      .set({ fee: 2150 })
      .where('campaign_id', '=', desk.campaign.id)
      .where('fee', '=', 2500)
      .execute()
  })

  test('unusual and not accepted, the order stays paid and its backer is asked to correct it; staff may accept it', async () => {
    const one = await desk.make('ready_to_ship')
    const two = await desk.make('ready_to_ship')
    const odd = { ...berlin, postcode: '1' }
    for (const [order, address_accepted, status] of [
      [one, false, 'paid'],
      [two, true, 'ready_to_ship'],
    ] as const) {
      const { body } = await ask(order, { address: odd })
      await api.post(`${base}/change-requests/${body.id}/approve`, { address_accepted })
      expect((await desk.row(order.id)).status).toBe(status)
    }
    expect(await mailsOf(one)).toContain('address_invalid')
    expect(await mailsOf(two)).not.toContain('address_invalid')
  })

  test('declined, nothing changes and the words are mailed', async () => {
    const order = await desk.make('ready_to_ship')
    const { body } = await ask(order, { address: berlin })
    const before = await desk.row(order.id)
    const answered = await api.post(`${base}/change-requests/${body.id}/decline`, { answer: 'It has left our hands.' })
    expect(answered.body).toMatchObject({ state: 'declined', answer: 'It has left our hands.', code: null })
    expect(await desk.row(order.id)).toEqual(before)
    expect(await mailsOf(order)).toContain('change_request_answered')
  })

  test('shipping closes what waits, after a warning; so does a cancel', async () => {
    const shipped = await desk.make('ready_to_ship')
    const canceled = await desk.make('ready_to_ship')
    const requests = []
    for (const order of [shipped, canceled]) requests.push((await ask(order, { address: berlin })).body.id)
    const request = { name: 'ship', selection: { ids: [shipped.id] }, dry_run: true }
    expect((await api.post(`${base}/transitions`, request)).body.warnings).toEqual(['change_requests_open'])
    await desk.move('ship', [shipped.id])
    await desk.move('cancel', [canceled.id])
    const [one, two] = await Promise.all(requests.map(async (id) => (await api.get(`${base}/change-requests/${id}`)).body))
    expect(one).toMatchObject({ state: 'declined', code: 'already_shipped', answered_by: null })
    expect(two).toMatchObject({ state: 'declined', code: 'order_canceled' })
    expect(await mailsOf(shipped)).toContain('change_request_answered')
    expect(await mailsOf(canceled)).not.toContain('change_request_answered')
    await balanced()
  })
})
