import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeLocked, startRun, work } from '../../test/factories/charging.ts'
import { useTestApi } from '../../test/setup/api.ts'
import type { Figures } from '../domain/campaigns/figures.ts'
import { settleOutside } from '../domain/orders/settle-outside.ts'
import { transitionOrders } from '../domain/orders/transition-orders.ts'
import { inTransaction } from '../domain/shared/tx.ts'

/* The figures through the API, and each of their numbers through the list that it leads to. */

const api = useTestApi()
let campaign: TestCampaign
let base: string

beforeAll(async () => {
  const { deps } = api.program
  const made = await makeCampaign(deps, { addon_price: 1500 })
  await deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', made.id).execute()
  campaign = { ...made, staff: { kind: 'staff', id: api.account_id } }
  base = `/campaigns/${campaign.id}`
})

async function figures(): Promise<Figures & { currency: string; time_zone: string }> {
  const { status, body } = await api.get(`${base}/figures`)
  expect(status).toBe(200)
  return body
}

async function ordersWith(query: string): Promise<number> {
  const { status, body } = await api.get(`${base}/orders?limit=200&${query}`)
  expect(status, query).toBe(200)
  return body.data.length
}

/** An order of a moment. */
async function orderAt(at: string, over: Parameters<typeof makeBacker>[2] = {}) {
  const { deps } = api.program
  const parts = { ...deps, clock: { ...deps.clock, now: () => new Date(at) } }
  return await makeOrder(parts, campaign, await makeBacker(parts, campaign, over))
}

test('a campaign without answers has figures of nothing', async () => {
  const { answers, money, countries, failures, asked, currency, time_zone } = await figures()
  expect({ asked, currency, time_zone, countries }).toEqual({
    asked: 0,
    currency: 'USD',
    time_zone: 'Europe/Berlin',
    countries: [],
  })
  expect(answers).toMatchObject({ answered: 0, days: [], mailings: [] })
  expect(Object.values(money)).toEqual([0, 0, 0, 0, 0, 0, 0])
  expect(failures).toEqual({ orders: 0, amount: 0, by_code: [] })
})

test('a day is one of the campaign’s time zone, also when the clocks change, and leads to its orders', async () => {
  // 25 October 2026 has 25 hours in Berlin: from 24 October 22:00 to 25 October 23:00 UTC.
  const moments = ['2026-10-24T21:59:59.999Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00Z']
  for (const at of moments) await orderAt(at)
  const { answers, asked } = await figures()
  expect(answers.days).toEqual([
    { day: '2026-10-24', answers: 1, total: 1 },
    { day: '2026-10-25', answers: 2, total: 3 },
    { day: '2026-10-26', answers: 1, total: 4 },
  ])
  for (const { day, answers: count } of answers.days) expect(await ordersWith(`answered=${day}`), day).toBe(count)
  expect(await ordersWith('answered=2026-10-27')).toBe(0)
  expect(answers.answered).toBe(4)
  expect(asked).toBe(4)
  const { body } = await api.get(`${base}/backers?answered=2026-10-25`)
  expect(body.data).toHaveLength(2)
  expect((await api.get(`${base}/orders?answered=2026-02-30`)).status).toBe(422)
})

test('countries sum to the orders that are not canceled, and each leads to its orders', async () => {
  const { deps } = api.program
  for (const [country, pledge_country] of [
    ['PT', 'DE'],
    ['PT', 'DE'],
    [null, 'PT'],
    [null, ''],
    [null, null],
  ]) {
    const { id } = await orderAt('2026-11-01T09:00:00Z', { pledge_country })
    await sql`update orders set country = ${country} where id = ${id}`.execute(deps.db)
    await sql`update backers set country = coalesce(${country}, nullif(${pledge_country}, ''))
      where id = (select backer_id from orders where id = ${id})`.execute(deps.db)
  }
  const { id } = await orderAt('2026-11-01T09:00:00Z')
  await sql`update orders set country = 'PT' where id = ${id}`.execute(deps.db)
  await sql`update backers set country = 'PT' where id = (select backer_id from orders where id = ${id})`.execute(deps.db)
  const selection = { ids: [id] }
  await inTransaction(deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'cancel', selection, reason: 'Asked for it.' }),
  )
  const { countries } = await figures()
  expect(countries).toEqual([
    { country: 'DE', orders: 4 },
    { country: 'PT', orders: 3 },
    { country: null, orders: 2 },
  ])
  const live = 'status=open,locked,paid,errored,ready_to_ship,shipped'
  for (const { country, orders } of countries) expect(await ordersWith(`country=${country ?? 'none'}&${live}`)).toBe(orders)
})

test('money is that of ledger and counts, to the cent, and failures lead to their orders', async () => {
  const { deps } = api.program
  await makeLocked(deps, campaign, { owed: 1301 })
  await makeLocked(deps, campaign, { owed: 777, card: 'later_insufficient_funds' })
  const elsewhere = await makeLocked(deps, campaign, { owed: 433, card: null })
  await inTransaction(deps, (tx) =>
    settleOutside(tx, campaign.staff, {
      campaign_id: campaign.id,
      order_id: elsewhere.id,
      amount: 400,
      how: 'paid_elsewhere',
      reason: 'In cash.',
    }),
  )
  await orderAt('2026-11-02T09:00:00Z', { pledge_amount: 7000, pledge_bonus: 900 })
  await startRun(deps, campaign)
  await work(deps)
  const { money, failures } = await figures()
  expect(money).toMatchObject({ collected: 1301, settled: 400, open: 777 + 33, added: 1301 + 400 + 777 + 33, credit: 900 })
  expect(money.canceled_kept).toBe(0)
  const { rows } = await sql<{ worth: number }>`select -sum(l.amount)::bigint as worth from ledger_entries l
    join orders o on o.campaign_id = l.campaign_id and o.id = l.order_id and o.status <> 'canceled'
    where l.campaign_id = ${campaign.id} and l.account in ('goods', 'shipping', 'tax', 'surcharge')`.execute(deps.db)
  expect(money.pledged + money.added - money.credit).toBe(rows[0]?.worth)
  const { body } = await api.get(`${base}/counts`)
  const stages = Object.entries(body.orders as Record<string, { owed: number; credit: number }>)
  expect(money.open).toBe(stages.reduce((sum, [status, { owed }]) => (status === 'canceled' ? sum : sum + owed), 0))
  expect(failures).toEqual({ orders: 1, amount: 777, by_code: [{ code: 'insufficient_funds', count: 1, amount: 777 }] })
  expect(await ordersWith('status=errored&failure=insufficient_funds')).toBe(1)
})

test('what was taken for an order that is canceled since stands apart', async () => {
  const { deps } = api.program
  const before = await figures()
  const { rows } = await sql<{ id: string }>`select id from orders where campaign_id = ${campaign.id} and captured > 0`.execute(
    deps.db,
  )
  // No command cancels a charged order yet: what a refund decision of later parts will leave.
  await sql`update orders set status = 'canceled', canceled_at = now() where id = ${rows[0]?.id}`.execute(deps.db)
  const { money } = await figures()
  expect(money).toMatchObject({ canceled_kept: 1301, collected: 0, added: before.money.added - 1301 })
})

test('of a campaign that is not yours there are none', async () => {
  const other = await makeCampaign(api.program.deps)
  expect((await api.get(`/campaigns/${other.id}/figures`)).status).toBe(404)
})
