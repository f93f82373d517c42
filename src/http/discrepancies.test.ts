import { beforeEach, expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeLocked, orderNow, work } from '../../test/factories/charging.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { adoptRefunds } from '../domain/refunds/adopt-refunds.ts'
import { inTransaction } from '../domain/shared/tx.ts'

/* What the gateway reports and the books do not expect, through the API: read in words, and decided once. */

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

/** A paid order whose payment was given back at the gateway, as the sweep brings it. */
async function refundedThere() {
  const { deps } = api.program
  const order = await makeLocked(deps, campaign)
  await api.post(`${base}/charge-runs`, { selection: { ids: [order.id] } })
  await work(deps)
  const { payment } = await deps.db
    .selectFrom('payment_attempts')
    .select('payment')
    .where('order_id', '=', order.id)
    .executeTakeFirstOrThrow()
  const refund = { id: `re_${order.id}`, payment, state: 'succeeded' as const, amount: 1300, currency: 'USD', code: null }
  await inTransaction(deps, (tx) => adoptRefunds(tx, [{ ...refund, metadata: {}, created_at: deps.clock.now() }]))
  return order
}

test('a refund made at the gateway is told in words, asked again, and can be charged by the next run', async () => {
  const order = await refundedThere()
  expect((await api.get(`${base}/discrepancies/counts`)).body).toEqual({
    open: 1,
    kinds: [{ kind: 'refunded_elsewhere', count: 1 }],
  })
  const { body } = await api.get(`${base}/discrepancies?state=open&order_id=${order.id}`)
  expect(body.data).toMatchObject([
    {
      kind: 'refunded_elsewhere',
      title: 'Refunded at the gateway',
      gateway: '$13.00 was given back there, not from here.',
      order: { id: order.id, status: 'paid', is_held: true },
      decisions: ['ask_again', 'settle'],
      resolution: null,
    },
  ])
  const [{ id }] = body.data
  const decide = (over: object = {}) =>
    api.post(`${base}/discrepancies/decide`, { ids: [id], resolution: 'ask_again', reason: 'By mistake', ...over })
  expect((await decide({ reason: '' })).body).toMatchObject({ status: 422, code: 'reason_missing' })
  expect((await decide({ resolution: 'noted' })).body).toEqual({
    settled: 0,
    left: [{ code: 'decision_unfit', count: 1, sample_ids: [id] }],
  })
  expect((await decide()).body).toEqual({ settled: 1, left: [] })
  expect((await decide()).body.left).toMatchObject([{ code: 'already_decided' }])
  expect((await api.get(`${base}/discrepancies/${id}`)).body).toMatchObject({
    state: 'settled',
    resolution: 'ask_again',
    decisions: [],
  })
  expect(await orderNow(api.program.deps, order.id)).toMatchObject({ status: 'locked', balance_due: 1300, held_at: null })
  const { body: timeline } = await api.get(`${base}/orders/${order.id}/timeline`)
  expect(JSON.stringify(timeline)).toContain('decided about “Refunded at the gateway”, $13.00: owed again')
  expect((await api.post(`${base}/charge-runs`, { dry_run: true })).body.charge).toEqual({ orders: 1, amount: 1300 })
})

test('what is of another campaign is not found', async () => {
  await refundedThere()
  const { body } = await api.get(`${base}/discrepancies`)
  const [{ id }] = body.data
  for (const path of ['', '/counts', `/${id}`]) expect((await api.stranger.get(`${base}/discrepancies${path}`)).status).toBe(404)
  const decision = { ids: [id], resolution: 'settle', reason: 'Mine' }
  expect((await api.stranger.post(`${base}/discrepancies/decide`, decision)).status).toBe(404)
  expect((await api.get(`${base}/discrepancies/${id}`)).body.state).toBe('open')
})
