import { expect, test } from 'vitest'
import { makeCampaign } from '../../test/factories/campaign.ts'
import { work } from '../../test/factories/charging.ts'
import { makeCharged } from '../../test/factories/refunds.ts'
import { useTestApi } from '../../test/setup/api.ts'

const api = useTestApi()

/** A charged order of the account that the key belongs to. */
async function charged() {
  const { deps } = api.program
  const campaign = await makeCampaign(deps, { addon_price: 2000 })
  const order = await makeCharged(deps, campaign)
  await deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', campaign.id).execute()
  const at = `/campaigns/${campaign.id}`
  return { campaign, order, at, refunds: `${at}/orders/${order.id}/refunds` }
}

test('a dry run tells every figure and changes nothing; the step itself keeps to the balance that was agreed to', async () => {
  const { refunds } = await charged()
  const seen = await api.post(refunds, { amount_off: 500, to_card: 500, dry_run: true })
  expect(seen.status).toBe(200)
  expect(seen.body).toMatchObject({
    ...{ dry_run: true, balance_before: 0, items: 0, amount_off: 500, to_card: 500, balance_after: 0, rest: 1300, problems: [] },
    payments: [{ amount: 1300, rest: 1300, card: { brand: 'visa', last4: '4242' } }],
  })
  const ask = { amount_off: 500, to_card: 500, reason: 'A card was missing' }
  expect((await api.post(refunds, { ...ask, agreed_balance: 100 })).body).toMatchObject({
    code: 'price_changed',
    balance_after: 0,
  })
  const done = await api.post(refunds, { ...ask, agreed_balance: 0 })
  expect(done.body).toMatchObject({ dry_run: false, status: 'paid', balance_due: 0, refunded: 0 })
  await work(api.program.deps)
  const { body } = await api.get(refunds)
  expect(body).toMatchObject({
    data: [{ state: 'succeeded', amount: 500, number: 1, is_elsewhere: false, reason: 'A card was missing', code: null }],
    next_cursor: null,
  })
})

test('what stops it is told by its code', async () => {
  const { refunds, campaign } = await charged()
  const code = async (ask: object) => (await api.post(refunds, { reason: 'A test', ...ask })).body.code
  expect(await code({ to_card: 1301 })).toBe('refund_above_captured')
  expect(await code({ to_card: 1 })).toBe('refund_above_credit')
  expect(await code({})).toBe('nothing_to_do')
  expect(await code({ amount_off: 100, reason: '' })).toBe('reason_missing')
  expect(await code({ amount_off: 100, expected_version: 1 })).toBe('changed_meanwhile')
  expect(await code({ amount_off: 100, to_card: 100 })).toBeUndefined()
  expect(await code({ amount_off: 100, to_card: 100 })).toBe('refund_in_progress')
  expect(await code({ addons: { [campaign.id]: 1 } })).toBe('addon_unknown')
})

test('a cancel says what becomes of the money; the list is narrowed by state', async () => {
  const { at, order } = await charged()
  const ask = { name: 'cancel', selection: { ids: [order.id] }, reason: 'Asked for' }
  const dry = await api.post(`${at}/transitions`, { ...ask, dry_run: true })
  expect(dry.body).toMatchObject({ moved: 0, left: [{ code: 'refund_decision_missing' }], taken: { orders: 1, amount: 1300 } })
  expect((await api.post(`${at}/transitions`, { ...ask, name: 'lock', refund_decision: 'keep' })).status).toBe(422)
  expect((await api.post(`${at}/transitions`, { ...ask, refund_decision: 'refund' })).body).toMatchObject({ moved: 1 })
  expect((await api.get(`${at}/refunds?state=created,sent`)).body.data).toMatchObject([{ amount: 1300, order: { id: order.id } }])
  expect((await api.get(`${at}/refunds?state=refused`)).body.data).toEqual([])
})

test('nobody else reads them or makes them', async () => {
  const { at, refunds } = await charged()
  expect((await api.stranger.get(`${at}/refunds`)).status).toBe(404)
  expect((await api.stranger.get(refunds)).status).toBe(404)
  expect((await api.stranger.post(refunds, { amount_off: 100, reason: 'Mine' })).status).toBe(404)
})
