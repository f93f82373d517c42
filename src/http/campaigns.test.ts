import { describe, expect, test } from 'vitest'
import { useTestApi } from '../../test/setup/api.ts'

const api = useTestApi()

const input = {
  name: 'Tidebreakers',
  creator_name: 'Lanternfish Games',
  currency: 'usd',
  ship_from_country: 'de',
  time_zone: 'Europe/Berlin',
  support_email: 'help@example.com',
  lockdown_on: '2026-11-30',
  mode: 'test',
}

async function makeCampaign(over: Record<string, unknown> = {}) {
  const made = await api.post('/campaigns', { ...input, ...over })
  expect(made.status).toBe(201)
  return made.body
}

describe('campaigns', () => {
  test('are made, listed, changed, and nobody else sees them', async () => {
    const made = await makeCampaign()
    expect(made).toMatchObject({ currency: 'USD', ship_from_country: 'DE', mode: 'test', version: 1, prices_saved_at: null })
    expect(made.account_id).toBeUndefined()
    const path = `/campaigns/${made.id}`
    expect((await api.get('/campaigns')).body.data[0]).toMatchObject({ id: made.id, backers: 0, orders: 0 })
    expect((await api.stranger.get('/campaigns')).body.data).toEqual([])
    const changed = await api.patch(path, { ship_from_country: 'FR', lockdown_on: null, expected_version: 1 })
    expect(changed.body).toMatchObject({ ship_from_country: 'FR', lockdown_on: null, version: 2 })
    const stale = await api.patch(path, { name: 'Other', expected_version: 1 })
    expect(stale).toMatchObject({ status: 409, body: { code: 'changed_meanwhile', version: 2 } })
    expect((await api.patch(path, { name: 'Tidebreakers' })).body.version).toBe(2)
    for (const answer of [await api.stranger.get(path), await api.stranger.patch(path, { name: 'Mine' })]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    const { db } = api.program.deps
    const events = await db.selectFrom('events').selectAll().where('campaign_id', '=', made.id).orderBy('seq').execute()
    expect(events.map(({ kind, data }) => [kind, data])).toEqual([
      ['campaign_created', { currency: 'USD', mode: 'test' }],
      ['campaign_changed', { fields: ['ship_from_country', 'lockdown_on'] }],
    ])
    const counters = await db.selectFrom('campaign_counters').selectAll().where('campaign_id', '=', made.id).execute()
    expect(counters).toEqual([{ campaign_id: made.id, last_order_number: 0 }])
  })

  test('keep their currency and mode', async () => {
    const { id } = await makeCampaign()
    expect((await api.patch(`/campaigns/${id}`, { currency: 'EUR' })).body.code).toBe('currency_fixed')
    expect((await api.patch(`/campaigns/${id}`, { mode: 'live' })).body.code).toBe('mode_fixed')
    expect((await api.patch(`/campaigns/${id}`, { currency: 'USD', mode: 'test' })).status).toBe(200)
  })

  test.each([
    ['currency', 'XXX'],
    ['currency', 'EURO'],
    ['ship_from_country', 'ZZ'],
    ['time_zone', 'Mars/Olympus'],
    ['time_zone', '+02:00'],
    ['support_email', 'nobody'],
    ['support_email', 'a@b.c, d@e.f'],
    ['lockdown_on', '2026-02-30'],
    ['lockdown_on', 'tomorrow'],
    ['mode', 'demo'],
    ['name', '  '],
    ['name', 'two\nlines'],
    ['is_demo', true],
  ])('are refused with %s %j, naming the field', async (field, value) => {
    const refused = await api.post('/campaigns', { ...input, [field]: value })
    expect(refused).toMatchObject({ status: 422, body: { fields: [{ field }] } })
  })
})
