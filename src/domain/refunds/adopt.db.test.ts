import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { orderNow, putCard, startRun, work } from '../../../test/factories/charging.ts'
import {
  adoptFrom,
  cancel,
  change,
  discrepanciesOf,
  giveBack,
  makeCharged,
  refund,
  refundsOf,
} from '../../../test/factories/refunds.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { clientOf } from '../../../test/setup/simulator-client.ts'
import type { OrderStatus, StaffTransition } from '../orders/lifecycle.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import type { GatewayDispute, GatewayRefund } from '../payments/gateway.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { adoptDisputes } from './adopt-disputes.ts'
import { adoptRefunds } from './adopt-refunds.ts'
import { findRefundable } from './refundable.ts'
import { takeRefunds } from './take-refunds.ts'

/* What the gateway reports that the books do not know: always booked, whatever the order's status, and only once. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const DAY = 86_400_000

async function balances(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

const move = (campaign: TestCampaign, name: StaffTransition, id: string) =>
  inTransaction(program.deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection: { ids: [id] } }),
  )

/** An order in this status that was charged, with at least a part of it still refundable at the gateway. */
async function chargedIn(status: OrderStatus): Promise<{ campaign: TestCampaign; id: string; payment: string }> {
  const { deps } = program
  const campaign = await makeCampaign(deps, { addon_price: 2000 })
  const { id, backer_id, payment } = await makeCharged(deps, campaign, { card: status === 'open' ? 'refund_fails' : 'visa' })
  if (status === 'open') {
    // Its own refund comes back after it was unlocked.
    await refund(deps, campaign, { order_id: id, amount: 1300, owes_again: true })
    await work(deps)
    await move(campaign, 'unlock', id)
    deps.clock.advance(DAY)
    await work(deps)
  }
  if (status === 'locked' || status === 'errored') await change(deps, campaign, id, { addons: { [campaign.addon_id]: 1 } })
  if (status === 'errored') {
    await putCard(deps, campaign, backer_id, 'later_insufficient_funds')
    await startRun(deps, campaign)
    await work(deps)
  }
  if (status === 'ready_to_ship' || status === 'shipped') await move(campaign, 'finalize_address', id)
  if (status === 'shipped') await move(campaign, 'ship', id)
  if (status === 'canceled') await cancel(deps, campaign, [id], 'keep')
  expect((await orderNow(deps, id)).status).toBe(status)
  return { campaign, id, payment }
}

const EVERY = ['open', 'locked', 'errored', 'paid', 'ready_to_ship', 'shipped', 'canceled'] as const

test.each(EVERY)('a refund made elsewhere of an order that is %s: outside the balance, held, told once', async (status) => {
  const { deps, simulator } = program
  const { id, payment } = await chargedIn(status)
  const before = await orderNow(deps, id)
  const { id: elsewhere } = await clientOf(simulator).refunds.create({ payment_intent: payment, amount: 400 })
  await adoptFrom(deps, payment)
  await adoptFrom(deps, payment)
  expect(await orderNow(deps, id)).toMatchObject({
    status,
    version: before.version + 1,
    balance_due: before.balance_due,
    refunded: before.refunded + 400,
    hold_reason: before.hold_reason ?? 'discrepancy',
  })
  const found = (await discrepanciesOf(deps, id)).filter(({ kind }) => kind === 'refunded_elsewhere')
  expect(found).toMatchObject([{ subject: elsewhere, amount: 400, state: 'open' }])
  await balances()
})

test.each(EVERY)(
  'a dispute of an order that is %s: held when it opens, settled by itself when won, booked when lost',
  async (status) => {
    const { deps } = program
    const { id, payment } = await chargedIn(status)
    const before = await orderNow(deps, id)
    const say = (state: GatewayDispute['state'], dispute: string) =>
      inTransaction(deps, (tx) =>
        adoptDisputes(tx, [
          { id: dispute, payment, state, amount: 1300, currency: 'USD', reason: 'fraudulent', created_at: deps.clock.now() },
        ]),
      )
    const kinds = async () =>
      (await discrepanciesOf(deps, id))
        .filter(({ kind }) => kind.startsWith('dispute'))
        .map(({ kind, subject, state }) => `${kind} ${subject.slice(0, 6)} ${state}`)
    const [first, second] = [`first_${id}`, `second_${id}`]
    for (const state of ['inquiry', 'open', 'open'] as const) await say(state, first)
    expect(await orderNow(deps, id)).toMatchObject({ status, version: before.version + 1, refunded: before.refunded })
    expect((await orderNow(deps, id)).hold_reason).not.toBeNull()
    for (const state of ['won', 'won'] as const) await say(state, first)
    expect(await kinds()).toEqual(['disputed first_ settled'])
    expect(await orderNow(deps, id)).toMatchObject({ hold_reason: before.hold_reason })

    await say('open', second)
    for (const state of ['lost', 'lost'] as const) await say(state, second)
    expect(await kinds()).toEqual(['disputed first_ settled', 'disputed second settled', 'dispute_lost second open'])
    expect(await orderNow(deps, id)).toMatchObject({
      status,
      balance_due: before.balance_due,
      refunded: before.refunded + 1300,
    })
    // Nothing of that payment can be given back any more.
    expect(await findRefundable(deps.db, { campaign_id: before.campaign_id, order_id: id })).toMatchObject([{ rest: 0 }])
    await balances()
  },
)

test('a refund made elsewhere that fails undoes itself, and nobody has to decide', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const { id, payment } = await makeCharged(deps, campaign, { card: 'refund_fails' })
  await clientOf(simulator).refunds.create({ payment_intent: payment, amount: 400 })
  await adoptFrom(deps, payment)
  expect(await orderNow(deps, id)).toMatchObject({ refunded: 400, hold_reason: 'discrepancy' })
  deps.clock.advance(DAY)
  await work(deps)
  expect(await orderNow(deps, id)).toMatchObject({ refunded: 0, hold_reason: null, balance_due: 0 })
  expect(await discrepanciesOf(deps, id)).toMatchObject([{ kind: 'refunded_elsewhere', state: 'settled' }])
  await balances()
})

/** A refund of ours that a restored backup does not know. */
const lost = (order: { campaign_id: string; id: string; payment: string }, amount: number): GatewayRefund => ({
  id: `re_lost_${order.id}`,
  payment: order.payment,
  state: 'succeeded',
  amount,
  currency: 'USD',
  code: null,
  metadata: {
    afterfund_campaign: order.campaign_id,
    afterfund_order: order.id,
    afterfund_attempt: order.id,
    afterfund_refund: order.id,
  },
  created_at: program.deps.clock.now(),
})

test('one of ours that a restored backup lost is booked as ours where there is credit for it', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await change(deps, campaign, order.id, { amount_off: 500 })
  for (const _ of [1, 2]) await inTransaction(deps, (tx) => adoptRefunds(tx, [lost(order, 500)]))
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: 0, refunded: 500, hold_reason: null })
  expect(await discrepanciesOf(deps, order.id)).toEqual([])
  expect(await refundsOf(deps, order.id)).toMatchObject([{ is_elsewhere: false, amount: 500 }])
  await balances()
})

test('where the books cannot bear it, it is told like one made elsewhere', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await inTransaction(deps, (tx) => adoptRefunds(tx, [lost(order, 500)]))
  expect(await orderNow(deps, order.id)).toMatchObject({ balance_due: 0, refunded: 500, hold_reason: 'discrepancy' })
  expect(await discrepanciesOf(deps, order.id)).toMatchObject([{ kind: 'refunded_elsewhere' }])
  await balances()
})

test('a refund of a payment that nobody knows is answered, not booked', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  const answer = await inTransaction(deps, (tx) => adoptRefunds(tx, [{ ...lost(order, 500), payment: 'pi_unknown' }]))
  expect(answer).toEqual({ unknown_payments: ['pi_unknown'] })
  expect(await refundsOf(deps, order.id)).toEqual([])
})

test.each([
  ['before it was sent', false],
  ['after the gateway took it', true],
])('a worker that dies %s: given back once', async (_when, isTaken) => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  await giveBack(deps, campaign, order.id, 800)
  const take = { lease_id: order.id, lease_ms: 20_000, limit: 10 }
  const [taken] = await inTransaction(deps, (tx) => takeRefunds(tx, take))
  if (isTaken && taken) {
    const metadata = { afterfund_order: order.id, afterfund_refund: taken.id }
    await deps.gateway.refund({ payment: order.payment, amount: 800, metadata }, { key: taken.key, is_repeat: false })
  }
  // The lease keeps others away; when it is over, the next worker asks before it sends.
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'sent' }])
  simulator.forgetKeys()
  deps.clock.advance(30_000)
  await work(deps)
  expect(await refundsOf(deps, order.id)).toMatchObject([{ state: 'succeeded' }])
  const given = simulator.refunds().filter(({ payment_intent }) => payment_intent === order.payment)
  expect(given.map(({ amount }) => amount)).toEqual([800])
  await balances()
})
