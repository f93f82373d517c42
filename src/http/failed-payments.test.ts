import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeLocked, startRun, work } from '../../test/factories/charging.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { dateText } from '../lib/time-text.ts'

const api = useTestApi()

async function makeFailed(): Promise<{ campaign: TestCampaign; base: string; ids: string[] }> {
  const { deps } = api.program
  const campaign = await makeCampaign(deps)
  await deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', campaign.id).execute()
  const own = { ...campaign, staff: { kind: 'staff' as const, id: api.account_id } }
  const ids: string[] = []
  for (const card of ['later_insufficient_funds', 'later_lost_card']) ids.push((await makeLocked(deps, own, { card })).id)
  await startRun(deps, own)
  await work(deps)
  return { campaign: own, base: `/campaigns/${campaign.id}`, ids }
}

const dayAhead = (days: number) => dateText(new Date(api.program.deps.clock.now().getTime() + days * 86_400_000), 'UTC')

test('failed payments by reason, what follows each, and as filters of the orders', async () => {
  const { base, ids } = await makeFailed()
  const { status, body } = await api.get(`${base}/failed-payments`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ orders: 2, amount: 2600, retry_failed_cards: true })
  const of = (code: string) => body.reasons.find((one: { code: string }) => one.code === code)
  expect(of('insufficient_funds')).toMatchObject({
    decline_class: 'soft',
    orders: 1,
    retries: { orders: 1 },
    reminders: { orders: 1 },
  })
  expect(of('lost_card')).toMatchObject({ decline_class: 'hard', retries: { orders: 0, next_at: null }, nothing_follows: 0 })
  const listed = async (query: string) => (await api.get(`${base}/orders?${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await listed('failure=hard')).toEqual([ids[1]])
  expect(await listed('failure=insufficient_funds')).toEqual([ids[0]])
  expect(await listed('failure=soft,hard')).toHaveLength(2)
  const order = (await api.get(`${base}/orders/${ids[0]}`)).body
  expect(order.follow_up).toMatchObject({ code: 'insufficient_funds', reminders: 0, remind_on: null })
  expect(order.follow_up.retry_at).not.toBeNull()
  expect((await api.stranger.get(`${base}/failed-payments`)).status).toBe(404)
})

test('the switch turns automatic tries off, and says so', async () => {
  const { base, ids } = await makeFailed()
  expect((await api.patch(base, { retry_failed_cards: false })).body).toMatchObject({ retry_failed_cards: false })
  const { body } = await api.get(`${base}/failed-payments`)
  expect(body.retry_failed_cards).toBe(false)
  expect(body.reasons.map(({ retries }: { retries: { orders: number } }) => retries.orders)).toEqual([0, 0])
  expect((await api.get(`${base}/orders/${ids[0]}`)).body.follow_up.retry_at).toBeNull()
})

test('a day is named, shows as a filter, and is taken back; a day that cannot be names its field', async () => {
  const { base, ids } = await makeFailed()
  const at = `${base}/orders/${ids[0]}/remind-on`
  expect((await api.put(at, { date: dayAhead(5) })).body.follow_up).toMatchObject({ remind_on: dayAhead(5) })
  const named = await api.get(`${base}/orders?remind_on=yes`)
  expect(named.body.data.map(({ id }: { id: string }) => id)).toEqual([ids[0]])
  const { status, body } = await api.put(at, { date: dayAhead(60) })
  expect([status, body.code, body.fields[0].field]).toEqual([422, 'remind_on_range', 'date'])
  expect((await api.put(at, { date: null })).body.follow_up.remind_on).toBeNull()
  expect((await api.stranger.put(at, { date: dayAhead(5) })).status).toBe(404)
})

test('reminding now: a dry run counts, and who was mailed today is left out', async () => {
  const { base, ids } = await makeFailed()
  const remind = (body: object) => api.post(`${base}/failed-payments/remind`, body)
  expect((await remind({})).body).toMatchObject({ moved: 0, left: [{ code: 'mailed_today', count: 2 }] })
  api.program.deps.clock.advance(2 * 86_400_000)
  expect((await remind({ selection: { ids: [ids[1]] }, dry_run: true })).body).toMatchObject({ total: 1, moved: 1 })
  expect((await remind({ selection: { ids: [ids[1]] } })).body).toMatchObject({ moved: 1, left: [] })
  await work(api.program.deps)
  expect((await api.get(`${base}/orders/${ids[1]}`)).body.follow_up).toMatchObject({ reminders: 1 })
})
