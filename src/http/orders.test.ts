import { beforeAll, expect, test } from 'vitest'
import { berlin, makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../test/factories/campaign.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { saveDraft } from '../domain/surveys/drafts.ts'

const api = useTestApi()
let campaign: TestCampaign
let base: string

/** A campaign of the API's own account. */
async function ownCampaignOf(options: Parameters<typeof makeCampaign>[1] = {}): Promise<TestCampaign> {
  const made = await makeCampaign(api.program.deps, options)
  await api.program.deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', made.id).execute()
  return { ...made, staff: { kind: 'staff', id: api.account_id } }
}

beforeAll(async () => {
  campaign = await ownCampaignOf({ addon_price: 1500 })
  base = `/campaigns/${campaign.id}`
  for (const name of ['Ærøe', 'bob', 'Bob', '小林', 'Zed', 'anna', 'Bob']) {
    const backer = await makeBacker(api.program.deps, campaign, { name })
    await makeOrder(api.program.deps, campaign, backer, { addons: { [campaign.addon_id]: name === 'Zed' ? 2 : 0 } })
  }
})

type ListRow = { number: number; backer: { name: string } }

async function walk(sort: string, limit: number) {
  const seen: { number: number; name: string }[] = []
  let cursor: string | null = null
  do {
    const after: string = cursor ? `&cursor=${cursor}` : ''
    const { body } = await api.get(`${base}/orders?sort=${sort}&limit=${limit}${after}`)
    seen.push(...body.data.map((each: ListRow) => ({ number: each.number, name: each.backer.name })))
    cursor = body.next_cursor
  } while (cursor)
  return seen
}

test('pages hold every order once, whatever they are sorted by', async () => {
  for (const sort of ['number', 'name', 'balance_due', 'updated_at', 'status', 'country']) {
    const up = await walk(sort, 2)
    expect(new Set(up.map(({ number }) => number)).size, sort).toBe(7)
    expect(await walk(`-${sort}`, 3), sort).toEqual(up.toReversed())
  }
})

test('a cursor that is none, or belongs to another sort, is refused', async () => {
  const { body } = await api.get(`${base}/orders?sort=name&limit=2`)
  for (const query of [`sort=number&cursor=${body.next_cursor}`, 'cursor=abc', `cursor=${btoa('["number","x","1"]')}`]) {
    expect((await api.get(`${base}/orders?${query}`)).body).toMatchObject({ status: 422, code: 'cursor_invalid' })
  }
})

test('filters narrow list and sums alike', async () => {
  const list = await api.get(`${base}/orders?balance=owed&status=open,locked`)
  expect(list.body.data).toHaveLength(1)
  expect(list.body.data[0]).toMatchObject({ balance_due: 3000, currency: 'USD', backer: { name: 'Zed' } })
  expect((await api.get(`${base}/orders/count?balance=owed`)).body).toMatchObject({ orders: 1, owed: 3000, credit: 0 })
  expect((await api.get(`${base}/orders/count`)).body).toMatchObject({ orders: 7, owed: 3000 })
  expect((await api.get(`${base}/orders?colour=red`)).body).toMatchObject({ status: 422, code: 'invalid' })
})

test('an order answers the fields that scripts rely on, and its money explains the balance', async () => {
  const { body: list } = await api.get(`${base}/orders?q=Zed`)
  const { body: order } = await api.get(`${base}/orders/${list.data[0].id}`)
  for (const field of 'id number version status balance_due captured refunded currency lines address payment_method hold'.split(
    ' ',
  )) {
    expect(order).toHaveProperty(field)
  }
  expect(
    order.lines.map((line: { sku: string; quantity: number; price: number }) => [line.sku, line.quantity, line.price]),
  ).toEqual([
    ['CORE', 1, 4900],
    ['CORE', 2, 3000],
  ])
  expect(order.money.lines.reduce((sum: number, line: { amount: number }) => sum + line.amount, 0)).toBe(order.balance_due)
  expect(order.may_change).toMatchObject({ choices: { allowed: true } })
  expect(order.transitions).toContainEqual({
    name: 'lock',
    verb: 'Lock',
    to: 'locked',
    possible: false,
    code: 'payment_method_missing',
  })
  expect(order.transitions).toContainEqual(expect.objectContaining({ name: 'cancel', possible: true, code: null }))
})

test('to a stranger nothing of it exists', async () => {
  const { body } = await api.get(`${base}/orders?limit=1`)
  const paths = [
    '/orders',
    '/orders/count',
    `/orders/${body.data[0].id}`,
    `/orders/${body.data[0].id}/timeline`,
    '/operations',
    '/notices',
  ]
  for (const path of paths) expect((await api.stranger.get(`${base}${path}`)).status, path).toBe(404)
  const posts: [string, unknown][] = [
    ['/transitions', { name: 'lock', selection: { filter: {} } }],
    ['/transitions', { name: 'lock', selection: { filter: {} }, dry_run: true }],
    ['/transitions', { name: 'lock', selection: { filter: {} }, notice_hours: 48 }],
    ['/holds', { selection: { filter: {} }, reason: 'x' }],
    ['/releases', { selection: { filter: {} } }],
    [`/orders/${body.data[0].id}/changes`, { data: {} }],
    [`/orders/${body.data[0].id}/changes`, { data: {}, dry_run: true }],
    [`/orders/${body.data[0].id}/address`, { address: berlin }],
    [`/orders/${body.data[0].id}/address`, { address: berlin, dry_run: true }],
    [`/orders/${body.data[0].id}/settlements`, { amount: 1, how: 'waived', reason: 'x' }],
  ]
  for (const [path, input] of posts) expect((await api.stranger.post(`${base}${path}`, input)).status, path).toBe(404)
})

test('choices change from the order as it stands, with the price agreed to, and leave a draft alone', async () => {
  const backer = await makeBacker(api.program.deps, campaign, { name: 'Draft' })
  const made = await makeOrder(api.program.deps, campaign, backer)
  const path = `${base}/orders/${made.id}`
  const draft = { address: { ...berlin, line1: 'Half-filled 1' } } as never
  await inTransaction(api.program.deps, (tx) =>
    saveDraft(tx, campaign.staff, { campaign_id: campaign.id, backer_id: backer.id, data: draft }),
  )
  const data = { addons: { [campaign.addon_id]: 1 } }
  const { body: preview } = await api.post(`${path}/changes`, { data, dry_run: true })
  expect(preview).toMatchObject({ dry_run: true, balance_before: 0, balance_after: 1500, problems: [] })
  expect((await api.post(`${path}/changes`, { data, agreed_total: 1 })).body).toMatchObject({
    status: 409,
    code: 'price_changed',
  })
  expect((await api.post(`${path}/changes`, { data, expected_version: 9 })).body).toMatchObject({ code: 'changed_meanwhile' })
  const input = { data, agreed_total: preview.total, expected_version: 1, reason: 'asked by phone' }
  const { body: changed } = await api.post(`${path}/changes`, input)
  expect(changed).toMatchObject({ version: 2, balance_due: 1500, address: { line1: berlin.line1 }, draft: { state: 'active' } })
  const { body: timeline } = await api.get(`${path}/timeline`)
  expect(timeline.data[0]).toMatchObject({ kind: 'order_changed', reason: 'asked by phone', order_version: 2 })
  expect(timeline.data[0].text).toBe('owner@example.com changed the add-ons for the backer: asked by phone · $15.00 more to pay.')
})

test('an address that costs more is agreed to first', async () => {
  const backer = await makeBacker(api.program.deps, campaign, { name: 'Mover', pledge_shipping: 500, pledge_amount: 5400 })
  const made = await makeOrder(api.program.deps, campaign, backer)
  const path = `${base}/orders/${made.id}`
  const address = { ...berlin, country: 'AT', postcode: '1010', city: 'Wien' }
  const { body: preview } = await api.post(`${path}/address`, { address, dry_run: true })
  expect(preview).toMatchObject({ dry_run: true, balance_before: 0, balance_after: 700, warnings: [] })
  expect((await api.post(`${path}/address`, { address })).body).toMatchObject({ code: 'price_changed', balance_after: 700 })
  const { body: changed } = await api.post(`${path}/address`, { address, agreed_balance: preview.balance_after })
  expect(changed).toMatchObject({ address: { city: 'Wien' }, country: 'AT', version: 2 })
  expect((await api.post(`${path}/address`, { address: { country: 'AT' } })).body).toMatchObject({
    status: 422,
    code: 'address_missing',
  })
  const settled = await api.post(`${path}/settlements`, { amount: 700, how: 'paid_elsewhere', reason: 'bank transfer' })
  expect(settled.body.money).toMatchObject({ settled_outside: 700, balance_due: 0 })
  expect(settled.body.money.lines.at(-1)).toMatchObject({ kind: 'settled_outside', reason: 'paid_elsewhere', amount: -700 })
})

test('a lock tells who moved, who was left out and why, and its operation is found again', async () => {
  const own = await ownCampaignOf({ addon_price: 1500 })
  const path = `/campaigns/${own.id}`
  const orders = []
  for (const addons of [0, 0, 1]) {
    const backer = await makeBacker(api.program.deps, own)
    orders.push(await makeOrder(api.program.deps, own, backer, { addons: { [own.addon_id]: addons } }))
  }
  const held = { selection: { ids: [orders[1]?.id] }, reason: 'wrong size?' }
  expect((await api.post(`${path}/holds`, held)).body).toMatchObject({ moved: 1 })
  const request = { name: 'lock', selection: { filter: { status: ['open'] } } }
  const { body: preview } = await api.post(`${path}/transitions`, { ...request, dry_run: true })
  expect(preview).toMatchObject({ state: 'preview', total: 3, moved: 1, operation: null, warnings: ['no_lockdown_date'] })
  const { body: done } = await api.post(`${path}/transitions`, request, { 'idempotency-key': 'lock-1' })
  expect(done).toMatchObject({ state: 'done', total: 3, moved: 1 })
  expect(new Map(done.left.map((each: { code: string; sample_ids: string[] }) => [each.code, each.sample_ids]))).toEqual(
    new Map([
      ['payment_method_missing', [orders[2]?.id]],
      ['on_hold', [orders[1]?.id]],
    ]),
  )
  const again = await api.post(`${path}/transitions`, request, { 'idempotency-key': 'lock-1' })
  expect(again.body).toEqual(done)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const { body: operation } = await api.get(`${path}/operations/${done.operation}`)
  expect(operation).toMatchObject({ kind: 'lock', state: 'done', moved: 1, left: done.left })
  expect((await api.get(`${path}/orders?operation=${done.operation}`)).body.data).toMatchObject([
    { id: orders[0]?.id, status: 'locked' },
  ])
  expect((await api.get(`${path}/operations/${done.operation}/events`)).body.data).toMatchObject([
    { kind: 'lock', from: 'open', to: 'locked' },
  ])
  expect((await api.get(`${path}/orders/${orders[1]?.id}`)).body.hold).toMatchObject({ code: 'staff', reason: 'wrong size?' })
  const kinds = (await api.get(`${path}/operations?limit=1`)).body
  expect(kinds.data).toMatchObject([{ kind: 'lock' }])
  expect((await api.get(`${path}/operations?cursor=${kinds.next_cursor}`)).body.data).toMatchObject([{ kind: 'hold' }])
  expect((await api.post(`${path}/transitions`, { name: 'cancel', selection: { ids: [orders[0]?.id] } })).body).toMatchObject({
    status: 422,
    code: 'reason_missing',
  })
  expect((await api.post(`${path}/releases`, { selection: { ids: [orders[1]?.id] } })).body).toMatchObject({ moved: 1 })
})

test('a lock with notice names the open orders, and can be moved and withdrawn', async () => {
  const own = await ownCampaignOf()
  const path = `/campaigns/${own.id}`
  const order = await makeOrder(api.program.deps, own, await makeBacker(api.program.deps, own))
  const refused = await api.post(`${path}/transitions`, { name: 'unlock', selection: { filter: {} }, notice_hours: 48 })
  expect(refused.body).toMatchObject({ status: 422, fields: [{ field: 'notice_hours' }] })
  const { body: scheduled } = await api.post(`${path}/transitions`, { name: 'lock', selection: { filter: {} }, notice_hours: 48 })
  expect(scheduled).toMatchObject({ state: 'scheduled', total: 1, moved: 0, notice: { state: 'scheduled', waiting: 1 } })
  expect((await api.get(`${path}/operations/${scheduled.operation}`)).body).toMatchObject({ kind: 'lock_notice', moved: 1 })
  expect((await api.get(`${path}/orders/${order.id}`)).body.notice).toEqual({
    id: scheduled.notice.id,
    kind: 'lock',
    due_at: scheduled.notice.due_at,
  })
  const notice = `${path}/notices/${scheduled.notice.id}`
  expect((await api.post(`${notice}/move`, { due_at: '2020-01-01T00:00:00Z' })).status).toBe(422)
  const due_at = new Date(api.program.deps.clock.now().getTime() + 100 * 3_600_000).toISOString()
  expect((await api.post(`${notice}/move`, { due_at })).body).toMatchObject({ due_at, moves: 1 })
  expect((await api.get(`${path}/notices?state=scheduled`)).body.data).toHaveLength(1)
  expect((await api.post(`${notice}/withdraw`)).body).toMatchObject({ state: 'withdrawn', waiting: 0 })
  expect((await api.post(`${notice}/withdraw`)).body).toMatchObject({ status: 409, code: 'notice_over' })
  expect((await api.get(notice)).body).toMatchObject({ state: 'withdrawn' })
})

test('an order that a larger step holds is answered as being locked, with nothing lost', async () => {
  const own = await ownCampaignOf({ addon_price: 100 })
  const order = await makeOrder(api.program.deps, own, await makeBacker(api.program.deps, own))
  const holder = await api.program.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('select 1 from orders where campaign_id = $1 for update', [own.id])
    const answer = await api.post(`/campaigns/${own.id}/orders/${order.id}/changes`, { data: { addons: { [own.addon_id]: 1 } } })
    expect(answer.body).toMatchObject({ status: 409, code: 'being_locked' })
  } finally {
    await holder.query('rollback')
    holder.release()
  }
})

test('over a thousand orders are queued, and the worker carries them out', async () => {
  const own = await ownCampaignOf()
  const path = `/campaigns/${own.id}`
  const { deps, pool } = api.program
  await makeOrder(deps, own, await makeBacker(deps, own))
  const copies = (table: string, changes: string) => `insert into ${table} select (jsonb_populate_record(t, ${changes})).*
    from ${table} t, generate_series(1, 1000) g where t.campaign_id = $1`
  const idOf = (g: string) => `('01890000-0000-7000-8000-' || lpad(${g}::text, 12, '0'))`
  await pool.query(copies('backers', `jsonb_build_object('id', ${idOf('g')}, 'platform_uid', g::text)`), [own.id])
  await pool.query(copies('orders', `jsonb_build_object('id', ${idOf('g')}, 'backer_id', ${idOf('g')}, 'number', g + 1)`), [
    own.id,
  ])
  const { body: queued } = await api.post(`${path}/transitions`, { name: 'lock', selection: { filter: {} } })
  expect(queued).toMatchObject({ state: 'queued', total: 1001, moved: 0 })
  expect((await api.get(`${path}/orders/count?status=locked`)).body.orders).toBe(0)
  await deps.worker.runDue(deps.clock.now())
  expect((await api.get(`${path}/operations/${queued.operation}`)).body).toMatchObject({
    state: 'done',
    total: 1001,
    moved: 1001,
    left: [],
  })
  const page = (await api.get(`${path}/orders?operation=${queued.operation}&limit=200`)).body
  expect(page.data).toHaveLength(200)
  expect((await api.get(`${path}/orders/count?operation=${queued.operation}&status=locked`)).body.orders).toBe(1001)
})
