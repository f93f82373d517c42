import { beforeAll, describe, expect, test } from 'vitest'
import { makeShippingDesk, type ShippingDesk } from '../../test/factories/shipping-desk.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { verifyBooks } from '../domain/verify.ts'

/* Final addresses through the API: one, some, only these SKUs, with notice; who is left behind, and what they are mailed. */

const api = useTestApi()
let desk: ShippingDesk
let base: string

beforeAll(async () => {
  desk = await makeShippingDesk(api.program.deps, api.account_id)
  base = `/campaigns/${desk.campaign.id}`
})

/** A postcode that no German town has: a remark that nobody has answered. */
const odd = { postcode: '1' }
const addressOf = (over: Record<string, string> = {}) => ({
  name: 'Mei-Ling Okonkwo-Fairweather',
  line1: 'Musterstraße 7',
  city: 'Berlin',
  postcode: '10115',
  country: 'DE',
  ...over,
})
const withOdd = { data: { address: addressOf(odd) as never } }
const finalize = (selection: unknown, more: object = {}) =>
  api.post(`${base}/transitions`, { name: 'finalize_address', selection, ...more })
const mailsOf = async (order: { backer: { id: string } }, kind: string) => {
  const { body } = await api.get(`${base}/messages?backer_id=${order.backer.id}&limit=200`)
  return (body.data as { kind: string }[]).filter((each) => each.kind === kind)
}
const statusOf = async (id: string) => (await desk.row(id)).status
const run = async () => await api.program.deps.worker.runDue(api.program.deps.clock.now())

describe('finalize', () => {
  test('those that pass become ready; the invalid stay paid and are mailed once while nothing changes', async () => {
    const good = await desk.make('paid')
    const bad = await desk.make('paid', withOdd)
    const selection = { ids: [good.id, bad.id] }
    const seen = await finalize(selection, { dry_run: true })
    expect(seen.body).toMatchObject({ moved: 1, left: [{ code: 'address_invalid', count: 1, sample_ids: [bad.id] }] })
    expect(await mailsOf(bad, 'address_invalid')).toHaveLength(0)
    const done = await finalize(selection)
    expect(done.body).toMatchObject({ moved: 1, left: [{ code: 'address_invalid', count: 1 }] })
    expect([await statusOf(good.id), await statusOf(bad.id)]).toEqual(['ready_to_ship', 'paid'])
    expect((await desk.row(good.id)).address_finalized_at).not.toBeNull()
    expect(await mailsOf(bad, 'address_invalid')).toHaveLength(1)
    expect(await mailsOf(good, 'address_invalid')).toHaveLength(0)
    await finalize(selection)
    expect(await mailsOf(bad, 'address_invalid')).toHaveLength(1)

    const accepted = { address: addressOf(odd), address_accepted: true }
    expect((await api.post(`${base}/orders/${bad.id}/address`, accepted)).body).toMatchObject({ address_warning: false })
    expect((await finalize({ ids: [bad.id] })).body).toMatchObject({ moved: 1, left: [] })
    const listed = await api.get(`${base}/orders?operation=${done.body.operation}`)
    expect(listed.body.data.map((each: { id: string }) => each.id)).toEqual([good.id])
    expect((await api.get(`${base}/operations/${done.body.operation}`)).body).toMatchObject({
      kind: 'finalize_address',
      moved: 1,
    })
  })

  test('a hold stays behind, and so does what still owes', async () => {
    const held = await desk.make('paid')
    const owing = await desk.make('locked')
    await api.post(`${base}/holds`, { selection: { ids: [held.id] }, reason: 'wait' })
    const { body } = await finalize({ ids: [held.id, owing.id] })
    expect(body.moved).toBe(0)
    expect(body.left).toEqual(
      expect.arrayContaining([
        { code: 'on_hold', count: 1, sample_ids: [held.id] },
        { code: 'wrong_status', count: 1, sample_ids: [owing.id] },
      ]),
    )
  })

  test('only the orders that contain just what is in stock; digital lines do not count', async () => {
    const { campaign } = desk
    const plain = await desk.make('paid')
    const withPdf = await desk.make('paid', { data: { addons: { [campaign.addons.wallpaper]: 1 } } })
    const withMat = await desk.make('paid', { data: desk.withPlaymat })
    const digital = await desk.make('paid', { backer: { level_id: campaign.levels.pdf }, data: { options: {}, answers: {} } })
    const choices = (await api.get(`${base}/finalize/choices`)).body.data as {
      sku_id: string
      name: string
      paid_orders: number
      paid_quantity: number
      ready_quantity: number
      stock_on_hand: number | null
    }[]
    const byName = (name: string) => choices.find((each) => each.name === name)
    const log = byName('Captain’s log, cloth bound')?.sku_id ?? ''
    expect(choices.map(({ name }) => name)).not.toContain('Wallpaper')
    expect(choices.find(({ sku_id }) => sku_id === campaign.skus.deep)).toMatchObject({ paid_orders: 1, paid_quantity: 1 })
    expect(choices.find(({ sku_id }) => sku_id === campaign.skus.english)).toMatchObject({ paid_orders: 3, ready_quantity: 2 })

    expect((await api.put(`${base}/stock`, { skus: { [log]: 12, [campaign.skus.english]: 0 } })).body).toEqual({ changed: 2 })
    expect((await api.put(`${base}/stock`, { skus: { [log]: 12 } })).body).toEqual({ changed: 0 })
    expect((await api.put(`${base}/stock`, { skus: { [campaign.id]: 1 } })).body).toMatchObject({ status: 422, code: 'unknown' })
    const after = (await api.get(`${base}/finalize/choices`)).body.data as typeof choices
    expect(after.find(({ sku_id }) => sku_id === log)?.stock_on_hand).toBe(12)

    const selection = { filter: { status: ['paid'], only_sku: [log, campaign.skus.english] } }
    const { body } = await finalize(selection)
    expect(body.moved).toBe(2)
    expect(await Promise.all([plain, withPdf, withMat, digital].map(({ id }) => statusOf(id)))).toEqual([
      'ready_to_ship',
      'ready_to_ship',
      'paid',
      'paid',
    ])
  })

  test('reopened, the backer may change the address again; nobody is mailed', async () => {
    const order = await desk.make('ready_to_ship')
    const before = (await api.get(`${base}/messages?backer_id=${order.backer.id}&limit=200`)).body.data.length
    await desk.move('reopen_address', [order.id])
    expect(await desk.row(order.id)).toMatchObject({ status: 'paid', address_finalized_at: null })
    expect((await api.get(`${base}/messages?backer_id=${order.backer.id}&limit=200`)).body.data).toHaveLength(before)
    expect((await api.get(`${base}/orders/${order.id}`)).body.may_change.address).toEqual({ allowed: true, code: null })
  })
})

describe('finalize with notice', () => {
  test('48 hours unless told: the backers are mailed, may still mend, and the clock carries it out', async () => {
    const good = await desk.make('paid')
    const mended = await desk.make('paid', withOdd)
    const bad = await desk.make('paid', withOdd)
    const owing = await desk.make('paid', { backer: { pledge_amount: 9400, pledge_bonus: 0 } })
    const late = await desk.make('paid', { backer: { name: 'Late' } })
    const named = [good, mended, bad, owing].map(({ id }) => id)
    const now = api.program.deps.clock.now().getTime()
    const { body } = await finalize({ ids: named }, { notice_hours: 48 })
    expect(body).toMatchObject({ state: 'scheduled', total: 4, notice: { kind: 'finalize_address', orders: 4, waiting: 4 } })
    expect(Math.abs(new Date(body.notice.due_at).getTime() - now - 48 * 3_600_000)).toBeLessThan(60_000)
    for (const each of [good, mended, bad, owing]) expect(await mailsOf(each, 'finalize_notice')).toHaveLength(1)
    expect((await api.get(`${base}/orders/${good.id}`)).body.notice).toMatchObject({ kind: 'finalize_address' })
    expect((await finalize({ filter: { status: ['open'] } }, { notice_hours: 1 })).body.code).toBe('nothing_to_do')

    const accepted = { address: addressOf(odd), address_accepted: true }
    await api.post(`${base}/orders/${mended.id}/address`, accepted)
    const paris = { address: addressOf({ country: 'FR', postcode: '75001', city: 'Paris' }), agreed_balance: 1650 }
    expect((await api.post(`${base}/orders/${owing.id}/address`, paris)).body).toMatchObject({ status: 'locked', notice: null })

    api.program.deps.clock.advance(47 * 3_600_000)
    await run()
    expect(await statusOf(good.id)).toBe('paid')
    const moved = await api.post(`${base}/notices/${body.notice.id}/move`, {
      due_at: new Date(api.program.deps.clock.now().getTime() + 2 * 3_600_000).toISOString(),
    })
    expect(moved.body).toMatchObject({ moves: 1, waiting: 3 })
    expect(await mailsOf(good, 'finalize_notice_moved')).toHaveLength(1)
    api.program.deps.clock.advance(3 * 3_600_000)
    await run()
    expect(await Promise.all([good, mended, bad, owing, late].map(({ id }) => statusOf(id)))).toEqual([
      'ready_to_ship',
      'ready_to_ship',
      'paid',
      'locked',
      'paid',
    ])
    expect(await mailsOf(bad, 'address_invalid')).toHaveLength(1)
    const over = (await api.get(`${base}/notices/${body.notice.id}`)).body
    expect(over).toMatchObject({ state: 'done', waiting: 0 })
    expect((await api.get(`${base}/operations/${over.operation_id}`)).body).toMatchObject({
      kind: 'finalize_address',
      moved: 2,
      left: [{ code: 'address_invalid', count: 1 }],
      actor: { kind: 'clock' },
    })
    const told = (await api.get(`${base}/orders/${bad.id}/timeline`)).body.data.map((each: { text: string }) => each.text)
    expect(told[0]).toMatch(/left the address as it is when the notice ran out/)
    expect(await verifyBooks(api.program.deps.db, api.program.deps.clock.now())).toEqual([])
  })

  test('withdrawn, the orders stay paid and their backers are told', async () => {
    const order = await desk.make('paid')
    const { body } = await finalize({ ids: [order.id] }, { notice_hours: 5 })
    expect((await api.post(`${base}/notices/${body.notice.id}/withdraw`)).body).toMatchObject({ state: 'withdrawn' })
    expect(await mailsOf(order, 'finalize_notice_withdrawn')).toHaveLength(1)
    api.program.deps.clock.advance(6 * 3_600_000)
    await run()
    expect(await statusOf(order.id)).toBe('paid')
  })

  test('what the clock cannot do cannot be given notice of', async () => {
    const { body } = await api.post(`${base}/transitions`, { name: 'ship', selection: { filter: {} }, notice_hours: 1 })
    expect(body).toMatchObject({ status: 422, code: 'invalid' })
  })
})
