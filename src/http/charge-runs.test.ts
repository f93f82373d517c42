import { beforeEach, describe, expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeLocked, orderNow, putCard, takenFor, work } from '../../test/factories/charging.ts'
import { useTestApi } from '../../test/setup/api.ts'

/* Charging through the API alone, against the real simulator. */

const api = useTestApi()
let campaign: TestCampaign
let base: string

beforeEach(async () => {
  const { deps } = api.program
  const made = await makeCampaign(deps)
  await deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', made.id).execute()
  campaign = { ...made, staff: { kind: 'staff', id: api.account_id } }
  base = `/campaigns/${campaign.id}`
})

const lock = (over: Parameters<typeof makeLocked>[2] = {}) => makeLocked(api.program.deps, campaign, over)
const start = (body: object = {}, headers: Record<string, string> = {}) => api.post(`${base}/charge-runs`, body, headers)

describe('a run', () => {
  test('is previewed, started as it was looked at, and read to its end', async () => {
    const good = await lock()
    await lock({ card: 'later_insufficient_funds', owed: 2_000 })
    await lock({ owed: 0, card: null })
    await lock({ owed: 20 })
    const { body: seen } = await start({ dry_run: true })
    expect(seen).toMatchObject({
      charge: { orders: 2, amount: 3_300 },
      nothing_owed: 1,
      left: [{ code: 'below_minimum', count: 1 }],
      below_minimum: { orders: 1, amount: 20 },
      run_under_way: null,
      run: null,
    })
    expect((await api.get(`${base}/charge-runs`)).body.data).toEqual([])

    const changed = await start({ expected: { orders: 1, amount: 1_300 } })
    expect(changed.body).toMatchObject({ status: 409, code: 'preview_changed', now: seen.charge })
    const { body: started } = await start({ expected: seen.charge })
    expect(started.run).toMatchObject({ state: 'running', total: 4, orders: { waiting: 2, nothing_owed: 1, left_out: 1 } })
    await work(api.program.deps)

    const path = `${base}/charge-runs/${started.run.id}`
    const { body: run } = await api.get(path)
    expect(run).toMatchObject({
      state: 'done',
      orders: { succeeded: 1, declined: 1, nothing_owed: 1, left_out: 1, waiting: 0, charging: 0, unknown: 0 },
      amounts: { succeeded: 1_300, declined: 2_000 },
      failures: [{ outcome: 'declined', code: 'insufficient_funds', count: 1, amount: 2_000 }],
      left: [{ code: 'below_minimum', count: 1, amount: 20 }],
      ends_at: null,
    })
    expect(run.latest).toHaveLength(2)
    expect((await api.get(`${base}/charge-runs`)).body.data.map(({ id }: { id: string }) => id)).toEqual([run.id])
    expect(takenFor(api.program.simulator.ledger(), good.id)).toEqual([1_300])

    const first = await api.get(`${path}/orders?limit=3`)
    const second = await api.get(`${path}/orders?limit=3&cursor=${first.body.next_cursor}`)
    expect([...first.body.data, ...second.body.data].map(({ state }) => state)).toEqual([
      'succeeded',
      'declined',
      'nothing_owed',
      'left_out',
    ])
    expect((await api.get(`${path}/orders?state=declined&code=insufficient_funds`)).body.data).toHaveLength(1)
    expect((await api.get(`${path}/orders?cursor=nonsense`)).body.code).toBe('cursor_invalid')

    const { body: attempts } = await api.get(`${base}/attempts?run=${run.id}&state=succeeded,unknown`)
    expect(attempts.data).toMatchObject([{ number: 1, state: 'succeeded', order: { id: good.id }, run_id: run.id }])
    expect(attempts.data[0].age_seconds).toBeGreaterThanOrEqual(0)
    expect((await api.get(`${base}/orders/${good.id}/attempts`)).body.data).toEqual(attempts.data)
    expect((await api.get(`${base}/operations/${run.id}`)).body).toMatchObject({ kind: 'charge', state: 'done', moved: 2 })
  })

  test('is started from its preview as it was written down, once, and never from one that is over', async () => {
    const order = await lock()
    const { body: seen } = await start({ dry_run: true })
    expect(seen).toMatchObject({ charge: { orders: 1, amount: 1_300 }, run: null })
    const path = `${base}/charge-runs/${seen.preview}`
    expect((await api.get(path)).body).toMatchObject({ state: 'previewed', started_at: null, orders: { waiting: 1 } })
    expect((await api.get(`${path}/orders`)).body.data).toMatchObject([{ order: { id: order.id }, amount: 1_300 }])
    expect((await start({ preview: seen.preview, selection: { ids: [order.id] } })).body).toMatchObject({
      ...{ status: 422, code: 'invalid' },
    })
    await lock()
    const { body: first } = await start({ preview: seen.preview })
    expect(first).toMatchObject({
      ...{ preview: seen.preview, charge: seen.charge, run: { id: seen.preview, state: 'running', total: 1 } },
    })
    expect((await start({ preview: seen.preview })).body).toMatchObject({ code: 'charge_run_under_way', run_id: seen.preview })
    expect((await start({ dry_run: true })).body).toMatchObject({ preview: null, run_under_way: seen.preview })
    await work(api.program.deps)
    expect((await start({ preview: seen.preview })).body).toMatchObject({ code: 'charge_run_state', state: 'done' })
    const { body: next } = await start({ dry_run: true })
    expect(next).toMatchObject({ charge: { orders: 1 } })
    api.program.deps.clock.advance(25 * 3_600_000)
    expect((await start({ preview: next.preview })).body).toMatchObject({ status: 409, code: 'preview_too_old' })
    expect((await api.stranger.post(`${base}/charge-runs`, { preview: next.preview })).status).toBe(404)
    expect((await start({ preview: '01900000-0000-7000-8000-000000000000' })).status).toBe(404)
  })

  test('is started once by a repeated request, and by two who press at once', async () => {
    await lock()
    const key = { 'idempotency-key': 'press-once' }
    const { body: first } = await start({}, key)
    expect((await start({}, key)).body).toEqual(first)
    const second = await start()
    expect(second.body).toMatchObject({ status: 409, code: 'charge_run_under_way', run_id: first.run.id })
    await work(api.program.deps)
    expect((await start()).body).toMatchObject({ status: 422, code: 'nothing_to_do' })
  })

  test('is paused, goes on and is stopped; a state that does not fit is said', async () => {
    const order = await lock()
    const { body: started } = await start()
    const path = `${base}/charge-runs/${started.run.id}`
    expect((await api.post(`${path}/resume`)).body).toMatchObject({ code: 'charge_run_state', state: 'running' })
    expect((await api.post(`${path}/pause`)).body).toMatchObject({ state: 'paused', pause_code: null })
    await work(api.program.deps)
    expect(takenFor(api.program.simulator.ledger(), order.id)).toEqual([])
    expect((await api.post(`${path}/resume`)).body).toMatchObject({ state: 'running' })
    expect((await api.post(`${path}/stop`)).body).toMatchObject({
      state: 'stopped',
      left: [{ code: 'run_stopped', count: 1, amount: 1_300 }],
    })
    expect((await api.post(`${path}/pause`)).status).toBe(409)
    await work(api.program.deps)
    expect((await orderNow(api.program.deps, order.id)).status).toBe('locked')
    expect((await api.stranger.get(path)).status).toBe(404)
  })
})

test('one order is charged by a run over it alone, or the answer says why not', async () => {
  const errored = await lock({ card: 'funds_arrive' })
  await lock()
  const { body: bare } = await api.post(`${base}/orders/${(await lock({ card: null })).id}/retry`)
  expect(bare.code).toBe('wrong_status')
  const { body: run } = await api.post(`${base}/orders/${errored.id}/retry`)
  expect(run).toMatchObject({ total: 1, retry_errored: true })
  await work(api.program.deps)
  expect((await orderNow(api.program.deps, errored.id)).status).toBe('errored')
  await api.post(`${base}/orders/${errored.id}/retry`)
  await work(api.program.deps)
  expect((await orderNow(api.program.deps, errored.id)).status).toBe('paid')
  const { body: attempts } = await api.get(`${base}/attempts?order=${errored.id}`)
  expect(attempts.data.map(({ state }: { state: string }) => state)).toEqual(['succeeded', 'declined'])
})

test('small balances are counted, and waived with a reason', async () => {
  const tiny = await lock({ owed: 20 })
  const preview = await api.post(`${base}/waivers`, { dry_run: true })
  expect(preview.body).toEqual({ state: 'preview', moved: 1, amount: 20, operation: null })
  expect((await api.post(`${base}/waivers`, {})).body).toMatchObject({ status: 422, code: 'reason_missing' })
  const { body: done } = await api.post(`${base}/waivers`, { reason: 'Not worth a letter' })
  expect(done).toMatchObject({ state: 'done', moved: 1, amount: 20 })
  expect(await orderNow(api.program.deps, tiny.id)).toMatchObject({ status: 'paid', balance_due: 0 })
  expect((await api.get(`${base}/operations/${done.operation}`)).body).toMatchObject({
    kind: 'waive',
    reason: 'Not worth a letter',
  })
})

test('a card on file says whether it is usable and expired, here and on the order', async () => {
  const { deps } = api.program
  const backer = await makeBacker(deps, campaign, { pledge_amount: 5_000 })
  const path = `${base}/backers/${backer.id}/payment-method`
  expect((await api.get(path)).body).toEqual({ payment_method: null })
  const { id } = await makeOrder(deps, campaign, backer)
  await putCard(deps, campaign, backer.id)
  expect((await api.get(path)).body.payment_method).toMatchObject({ last4: '4242', state: 'usable', is_expired: false })
  await deps.db.updateTable('payment_methods').set({ exp_year: 2020 }).where('backer_id', '=', backer.id).execute()
  expect((await api.get(path)).body.payment_method).toMatchObject({ is_expired: true })
  const { body: order } = await api.get(`${base}/orders/${id}`)
  expect(order.payment_method).toMatchObject({ state: 'usable', is_usable: true, is_expired: true })
  const { body: list } = await api.get(`${base}/orders`)
  expect(list.data[0].payment_method).toEqual(order.payment_method)
})

test('what failed is found by its reason', async () => {
  await lock({ card: 'later_expired_card' })
  await lock({ card: 'later_insufficient_funds' })
  await start()
  await work(api.program.deps)
  const { body } = await api.get(`${base}/orders?failure=expired_card`)
  expect(body.data).toHaveLength(1)
  expect((await api.get(`${base}/next-actions`)).body.data).toMatchObject([{ code: 'look_at_failed', count: 2, amount: 2_600 }])
})
