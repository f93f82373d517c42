import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { connect } from '../../src/db/client.server.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { findRefundable, shareOut } from '../../src/domain/refunds/refundable.ts'
import { startRefund } from '../../src/domain/refunds/start-refund.ts'
import { writeRefunds } from '../../src/domain/refunds/write-refunds.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { orderNow, work } from '../factories/charging.ts'
import { change, makeCharged, refundsOf } from '../factories/refunds.ts'
import { raceOf } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * Money given back from two sides at once. The first side pauses inside its transaction until the second one waits for it. The control is
 * the product made wrong in one place; the gateway's ledger counts.
 */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })

const race = <A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>) => raceOf(program.deps, first, second)
const apart =
  <T>(command: (tx: Tx) => Promise<T>) =>
  () =>
    inTransaction(program.deps, command)

const giveBack = (campaign: TestCampaign, order_id: string) => (tx: Tx) =>
  startRefund(tx, campaign.staff, { campaign_id: campaign.id, order_id, amount: 600, reason: 'A test.' })
const cancel =
  (campaign: TestCampaign, id: string, refund_decision: 'refund' | 'keep' = 'refund') =>
  (tx: Tx) =>
    transitionOrders(tx, campaign.staff, {
      ...{ campaign_id: campaign.id, name: 'cancel', selection: { ids: [id] }, reason: 'A test.' },
      refund_decision,
    })

/** As the product, but it looks at what is left before it takes the order's row. */
const wrongRefund = (campaign: TestCampaign, order_id: string) => async (tx: Tx) => {
  const shares = shareOut(await findRefundable(tx.db, { campaign_id: campaign.id, order_id }), 600) ?? []
  return await writeRefunds(tx, campaign.staff, {
    ...{ campaign_id: campaign.id, operation_id: null, reason_id: null, hold: null },
    shares: shares.map((share) => ({ ...share, order_id })),
  })
}

const given = (order_id: string) =>
  program.simulator
    .refunds()
    .filter(({ metadata }) => metadata.afterfund_order === order_id)
    .reduce((sum, { amount }) => sum + amount, 0)

/** Charged 13.00, of which 6.00 is credit now. */
async function credited() {
  const campaign = await makeCampaign(program.deps)
  const order = await makeCharged(program.deps, campaign)
  await change(program.deps, campaign, order.id, { amount_off: 600 })
  return { campaign, order }
}

describe('two staff give the same credit back at once', () => {
  test('one refund is made, the other is told, and the money leaves once', async () => {
    const { campaign, order } = await credited()
    const [, late] = await race(giveBack(campaign, order.id), apart(giveBack(campaign, order.id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'refund_in_progress' } })
    await work(program.deps)
    expect(given(order.id)).toBe(600)
    expect(await refundsOf(program.deps, order.id)).toHaveLength(1)
    expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
  })

  test('without taking the order first, the rule in the database still keeps the second one out', async () => {
    const { campaign, order } = await credited()
    const [, late] = await race(wrongRefund(campaign, order.id), apart(wrongRefund(campaign, order.id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: '23505' } })
    await work(program.deps)
    expect(given(order.id)).toBe(600)
  })
})

describe('an order is canceled with a refund while a refund is made', () => {
  test('the cancel came first: the refund is not added to it', async () => {
    const { campaign, order } = await credited()
    const [, late] = await race(cancel(campaign, order.id), apart(giveBack(campaign, order.id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'refund_in_progress' } })
    await work(program.deps)
    expect(given(order.id)).toBe(1300)
    expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'canceled', refunded: 1300 })
  })

  test('the refund came first: the cancel leaves the order out', async () => {
    const { campaign, order } = await credited()
    const [, late] = await race(giveBack(campaign, order.id), apart(cancel(campaign, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    await work(program.deps)
    expect(given(order.id)).toBe(600)
    await inTransaction(program.deps, cancel(campaign, order.id))
    await work(program.deps)
    expect(given(order.id)).toBe(1300)
  })
})

// The last one, since it leaves the database without the rule.
test('control: without both, the same credit is given back twice', async () => {
  const { campaign, order } = await credited()
  const owner = connect(program.ownerUrl)
  await sql`drop index refunds_one_at_a_time`.execute(owner.db)
  await sql`alter table refunds drop constraint refunds_campaign_id_order_id_number_key`.execute(owner.db)
  await owner.end()
  // An order that is canceled bears any balance, so that nothing else stands in the way.
  await inTransaction(program.deps, cancel(campaign, order.id, 'keep'))
  await race(wrongRefund(campaign, order.id), apart(wrongRefund(campaign, order.id)))
  expect((await refundsOf(program.deps, order.id)).map(({ amount }) => amount)).toEqual([600, 600])
  expect((await orderNow(program.deps, order.id)).balance_due).toBe(600)
})
