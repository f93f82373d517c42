import { expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { orderNow, startRun, work } from '../../../test/factories/charging.ts'
import { cancel, change, discrepanciesOf, giveBack, makeCharged, refund, refundsOf } from '../../../test/factories/refunds.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { clientOf } from '../../../test/setup/simulator-client.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'

/* Against the real simulator over HTTP; its ledger says what went back. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const MINUTE = 60_000
const DAY = 86_400_000

const givenBack = (order_id: string) =>
  program.simulator
    .refunds()
    .filter(({ metadata, status }) => metadata.afterfund_order === order_id && status !== 'failed')
    .map(({ amount }) => amount)

async function mailsTo(backer_id: string, kind: string): Promise<number> {
  const rows = await program.db
    .selectFrom('messages')
    .select('id')
    .where('backer_id', '=', backer_id)
    .where('kind', '=', kind)
    .execute()
  return rows.length
}

async function balances(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

test('a part goes back to the card: decided, sent, booked, mailed once, and marked as ours at the gateway', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  const decided = await giveBack(deps, campaign, order.id, 500)
  expect(decided).toMatchObject({ status: 'paid', balance_due: 0, refunded: 0 })
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'created', amount: 500, key: `order:${order.id}:refund:1` }])
  await balances()

  await work(deps)
  const [row] = await refundsOf(deps, order.id)
  expect(row).toMatchObject({ state: 'succeeded', number: 1, sendings: 1 })
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', balance_due: 0, captured: 1300, refunded: 500 })
  expect(givenBack(order.id)).toEqual([500])
  expect(simulator.refunds().find(({ refund: id }) => id === row?.gateway_refund)?.metadata).toEqual({
    afterfund_campaign: campaign.id,
    afterfund_order: order.id,
    afterfund_attempt: row?.attempt_id,
    afterfund_refund: row?.id,
  })
  expect(await mailsTo(order.backer_id, 'refunded')).toBe(1)
  await balances()
})

test('never more than was captured, and more than the credit only on purpose; then it can be unlocked', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await expect(refund(deps, campaign, { order_id: order.id, amount: 1301 })).rejects.toMatchObject({
    code: 'refund_above_captured',
  })
  await expect(refund(deps, campaign, { order_id: order.id, amount: 1 })).rejects.toMatchObject({ code: 'refund_above_credit' })
  await expect(refund(deps, campaign, { order_id: order.id, amount: 0 })).rejects.toMatchObject({ code: 'amount_invalid' })

  const unlock = () =>
    inTransaction(deps, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'unlock', selection: { ids: [order.id] } }),
    )
  expect((await unlock()).left).toMatchObject([{ code: 'already_charged', count: 1 }])
  const owing = await refund(deps, campaign, { order_id: order.id, amount: 1300, owes_again: true })
  expect(owing).toMatchObject({ status: 'locked', balance_due: 1300, hold_reason: 'refunded' })
  // What is on its way is not given back yet.
  expect((await unlock()).left).toMatchObject([{ code: 'already_charged', count: 1 }])
  await work(deps)
  expect((await unlock()).moved).toBe(1)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'open', balance_due: 1300, refunded: 1300, hold_reason: null })
  await balances()
})

test('of two payments the newest goes back first, and both when it takes both', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps, { addon_price: 2000 })
  const order = await makeCharged(deps, campaign)
  await change(deps, campaign, order.id, { addons: { [campaign.addon_id]: 1 } })
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'locked', balance_due: 2000 })
  await startRun(deps, campaign)
  await work(deps)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 3300, balance_due: 0 })
  await giveBack(deps, campaign, order.id, 2500)
  expect((await refundsOf(deps, order.id)).map(({ amount }) => amount)).toEqual([2000, 500])
  await work(deps)
  expect(givenBack(order.id).toSorted((a, b) => a - b)).toEqual([500, 2000])
  expect(await orderNow(deps, order.id)).toMatchObject({ refunded: 2500, captured: 3300 })
  await balances()
})

test('items out: their price is credit, given back or kept; stock and lines follow, and only the difference is charged', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps, { addon_price: 2000, stock: 3 })
  const order = await makeCharged(deps, campaign)
  const held = async () =>
    (await deps.db.selectFrom('addons').select('held').where('id', '=', campaign.addon_id).executeTakeFirst())?.held
  const dearer = await change(deps, campaign, order.id, { addons: { [campaign.addon_id]: 2 } })
  expect(dearer).toMatchObject({ status: 'locked', balance_due: 4000 })
  expect(await held()).toBe(2)
  expect(await mailsTo(order.backer_id, 'owe_again')).toBe(1)
  const cheaper = await change(deps, campaign, order.id, { addons: { [campaign.addon_id]: 0 } })
  // Nothing is owed any more, so it is paid without the gateway.
  expect(cheaper).toMatchObject({ status: 'paid', balance_due: 0 })
  expect(await held()).toBe(0)
  await change(deps, campaign, order.id, { amount_off: 300, outside: 200 })
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: -100 })
  await expect(change(deps, campaign, order.id, { addons: { [campaign.addon_id]: 4 } })).rejects.toMatchObject({
    code: 'out_of_stock',
  })
  await expect(change(deps, campaign, order.id, {})).rejects.toMatchObject({ code: 'nothing_to_do' })
  await balances()
})

test('a pending refund is followed until it has arrived', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign, { card: 'refund_pending' })
  await giveBack(deps, campaign, order.id, 1300)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'pending' }])
  expect(await orderNow(deps, order.id)).toMatchObject({ refunded: 1300 })
  expect(await mailsTo(order.backer_id, 'refunded')).toBe(1)
  deps.clock.advance(2 * MINUTE)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'succeeded' }])
  expect(await mailsTo(order.backer_id, 'refunded')).toBe(1)
  await balances()
})

test('money that comes back later is outside the balance, holds the order and is told; it is looked for without a webhook', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign, { card: 'refund_fails' })
  await giveBack(deps, campaign, order.id, 1300)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'succeeded' }])
  deps.clock.advance(DAY)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'failed', code: 'expired_or_canceled_card' }])
  expect(await orderNow(deps, order.id)).toMatchObject({ refunded: 0, balance_due: 0, hold_reason: 'discrepancy' })
  expect(await discrepanciesOf(deps, order.id)).toMatchObject([{ kind: 'refund_failed', state: 'open', amount: 1300 }])
  await balances()
})

test('what the gateway refuses is credit again, and can be decided anew', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await giveBack(deps, campaign, order.id, 700)
  simulator.knobs({ next: [400] })
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'refused' }])
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: -700, refunded: 0 })
  expect(givenBack(order.id)).toEqual([])
  await refund(deps, campaign, { order_id: order.id, amount: 700 })
  await work(deps)
  expect(givenBack(order.id)).toEqual([700])
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: 0, refunded: 700 })
  await balances()
})

test.each([
  ['keys that may not refund', 403],
  ['too many calls', 429],
] as const)('%s: it waits, and leaves once', async (_what, status) => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await giveBack(deps, campaign, order.id, 700)
  simulator.knobs({ next: [status] })
  await work(deps)
  expect(givenBack(order.id)).toEqual([])
  expect(['created', 'unknown']).toContain((await refundsOf(deps, order.id))[0]?.state)
  deps.clock.advance(MINUTE)
  await work(deps)
  expect(givenBack(order.id)).toEqual([700])
  await balances()
})

test.each(['cut_before', 'cut_after', 'hang_before', 'hang_after'] as const)(
  'an answer lost (%s): given back exactly once',
  async (how) => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const order = await makeCharged(deps, campaign)
    await giveBack(deps, campaign, order.id, 900)
    simulator.knobs({ next: [how] })
    await work(deps)
    expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'unknown' }])
    expect(await orderNow(deps, order.id)).toMatchObject({ refunded: 0 })
    await expect(refund(deps, campaign, { order_id: order.id, amount: 100 })).rejects.toMatchObject({
      code: 'refund_in_progress',
    })
    deps.clock.advance(MINUTE)
    await work(deps)
    expect(givenBack(order.id)).toEqual([900])
    expect(await orderNow(deps, order.id)).toMatchObject({ refunded: 900 })
    await balances()
  },
)

test('a broken answer that is kept for the key ends the refund, and the next one has a key of its own', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await giveBack(deps, campaign, order.id, 900)
  simulator.knobs({ next: [500] })
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'unknown' }])
  deps.clock.advance(MINUTE)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'refused', code: 'gateway_error' }])
  await refund(deps, campaign, { order_id: order.id, amount: 900 })
  await work(deps)
  expect(givenBack(order.id)).toEqual([900])
  await balances()
})

test('canceled with a refund: all of it goes back, by one decision for many; kept only with one on record', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const orders = [await makeCharged(deps, campaign), await makeCharged(deps, campaign, { owed: 2100 })]
  const kept = await makeCharged(deps, campaign)
  const ids = orders.map(({ id }) => id)
  expect((await cancel(deps, campaign, ids)).left).toMatchObject([{ code: 'refund_decision_missing', count: 2 }])
  await giveBack(deps, campaign, ids[0] ?? '', 300)
  await work(deps)
  expect(await cancel(deps, campaign, ids, 'refund')).toMatchObject({ moved: 2, left: [] })
  expect(await cancel(deps, campaign, [kept.id], 'keep')).toMatchObject({ moved: 1 })
  await work(deps)
  expect(givenBack(ids[0] ?? '').toSorted((a, b) => a - b)).toEqual([300, 1000])
  expect(givenBack(ids[1] ?? '')).toEqual([2100])
  expect(givenBack(kept.id)).toEqual([])
  for (const { id } of orders) {
    const order = await orderNow(deps, id)
    expect(order).toMatchObject({ status: 'canceled', refund_decision: 'refund', refunded: order.captured, hold_reason: null })
  }
  expect(await orderNow(deps, kept.id)).toMatchObject({ status: 'canceled', refund_decision: 'keep', refunded: 0 })
  // What was kept can still be given back.
  await refund(deps, campaign, { order_id: kept.id, amount: 1300 })
  await work(deps)
  expect(givenBack(kept.id)).toEqual([1300])
  await balances()
})

test('a refund made elsewhere before ours leaves is taken over first, and ours is not sent', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await giveBack(deps, campaign, order.id, 900)
  await clientOf(simulator).refunds.create({ payment_intent: order.payment, amount: 400 })
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([
    { state: 'refused', code: 'refunded_elsewhere', amount: 900 },
    { state: 'succeeded', is_elsewhere: true, amount: 400 },
  ])
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: -900, refunded: 400, hold_reason: 'discrepancy' })
  expect(givenBack(order.id)).toEqual([])
  await balances()
})
