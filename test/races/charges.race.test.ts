import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { connect } from '../../src/db/client.server.ts'
import { changeAddress, previewAddress } from '../../src/domain/orders/change-address.ts'
import { moveEachStatement } from '../../src/domain/orders/move-orders.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { findAttemptUnderWay } from '../../src/domain/payments/attempts.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { startCharge, startCharges } from '../../src/domain/payments/start-charge.ts'
import { RUN } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { newId } from '../../src/lib/id.ts'
import { berlin, makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, putCard, startRun, takenFor, work } from '../factories/charging.ts'
import { executeWrong, gate, raceOf } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * Charges against everything else that may happen to an order at the same moment. The first side pauses inside its transaction until the
 * second one waits for it. Each race has its control: made wrong in one place, it must end wrong. The gateway's ledger counts.
 */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const VERSION_COMPARED = 'o.version = p.version'

const race = <A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>) => raceOf(program.deps, first, second)

const run = (campaign: TestCampaign) => (tx: Tx) =>
  startChargeRun(tx, campaign.staff, { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: true })
const charge = (campaign: TestCampaign, id: string) => (tx: Tx) =>
  startCharges(tx, RUN, { campaign_id: campaign.id, order_ids: [id], run_id: null, source: 'backer' })
const move = (campaign: TestCampaign, name: 'unlock' | 'cancel', id: string) => (tx: Tx) =>
  transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection: { ids: [id] }, reason: 'A test.' })
const apart =
  <T>(command: (tx: Tx) => Promise<T>) =>
  () =>
    inTransaction(program.deps, command)

/** The product's own statement, without the comparison of versions. */
async function wrongMove(campaign: TestCampaign, name: 'start_charge' | 'unlock' | 'cancel', id: string) {
  const statement = moveEachStatement(program.deps.clock.now(), name === 'start_charge' ? RUN : campaign.staff, {
    campaign_id: campaign.id,
    name,
    selection: { ids: [id] },
    operation_id: null,
    reason_id: null,
  })
  return (await executeWrong(program.deps.db, statement, VERSION_COMPARED, 'true')).rows
}

async function asOwner(statement: string): Promise<void> {
  const owner = connect(program.ownerUrl)
  try {
    await sql.raw(statement).execute(owner.db)
  } finally {
    await owner.end()
  }
}

const runsOf = (campaign: TestCampaign) =>
  program.deps.db.selectFrom('charge_runs').select('id').where('campaign_id', '=', campaign.id).execute()

async function balance(): Promise<void> {
  expect(await verifyBooks(program.deps.db, program.deps.clock.now())).toEqual([])
}

describe('two staff start a charge at once', () => {
  test('one run starts, the other is told, and the card is charged once', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [first, late] = await race(run(campaign), apart(run(campaign)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'charge_run_under_way', details: { run_id: first.id } } })
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
    await balance()
  })

  test('control: without the rule in the database both start', async () => {
    const campaign = await makeCampaign(program.deps)
    await makeLocked(program.deps, campaign)
    await asOwner('drop index charge_runs_one_at_a_time')
    const wrote = gate()
    const first = inTransaction(program.deps, async (tx) => {
      await run(campaign)(tx)
      wrote.open()
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    await wrote.opened
    await Promise.all([first, apart(run(campaign))()])
    expect(await runsOf(campaign)).toHaveLength(2)
    await work(program.deps)
    await asOwner(
      `create unique index charge_runs_one_at_a_time on charge_runs (campaign_id) where state in ('running', 'paused')`,
    )
  })
})

describe('one order is charged from two sides', () => {
  test('the second side finds the first attempt and makes none', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [, late] = await race(charge(campaign, order.id), apart(charge(campaign, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ attempt_id: null, code: 'changed_meanwhile' }] })
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
    await balance()
  })

  test('control: without the comparison of versions the second side goes ahead', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [, late] = await race(charge(campaign, order.id), () => wrongMove(campaign, 'start_charge', order.id))
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ code: 'moved' }] })
    await work(program.deps)
  })
})

describe('a backer presses pay 20 times while a run passes', () => {
  async function erroredOrder() {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign, { card: 'funds_arrive' })
    await startRun(program.deps, campaign)
    await work(program.deps)
    expect((await orderNow(program.deps, order.id)).status).toBe('errored')
    return { campaign, order, key: { campaign_id: campaign.id, order_id: order.id } }
  }

  test('the money is taken once', async () => {
    const { campaign, order, key } = await erroredOrder()
    const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
    const presses = Array.from({ length: 20 }, () => inTransaction(program.deps, (tx) => startCharge(tx, backer, key)))
    const outcomes = await Promise.allSettled([
      startRun(program.deps, campaign, { retry_errored: true }),
      work(program.deps),
      ...presses,
    ])
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
    const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
    expect(refusals.length).toBeGreaterThanOrEqual(19)
    expect((await attemptsOf(program.deps, order.id)).map(({ state }) => state)).toEqual(['declined', 'succeeded'])
    expect((await orderNow(program.deps, order.id)).status).toBe('paid')
    await balance()
  })

  test('control: attempts without the conditions and without the rule in the database take it many times', async () => {
    const { order } = await erroredOrder()
    const [first] = await attemptsOf(program.deps, order.id)
    await asOwner('drop index payment_attempts_one_at_a_time')
    for (let number = 2; number < 7; number++) {
      const id = newId()
      const request = { ...(first?.request as object), metadata: { afterfund_order: order.id, afterfund_attempt: id } }
      await program.deps.db
        .insertInto('payment_attempts')
        .values({
          ...(first as NonNullable<typeof first>),
          id,
          number,
          key: `order:${order.id}:charge:${number}`,
          request: JSON.stringify(request),
          state: 'created',
          settled_at: null,
        })
        .execute()
    }
    await work(program.deps).catch(() => undefined)
    expect(takenFor(program.simulator.ledger(), order.id).length).toBeGreaterThan(1)
    await program.deps.db
      .deleteFrom('payment_attempts')
      .where('order_id', '=', order.id)
      .where('state', '<>', 'declined')
      .execute()
    await asOwner(`create unique index payment_attempts_one_at_a_time on payment_attempts (campaign_id, order_id)
      where state in ('created', 'sent', 'unknown')`)
  })
})

describe.each(['unlock', 'cancel'] as const)('%s against a charge', (name) => {
  const after = { unlock: 'open', cancel: 'canceled' }[name]

  test('it comes too late: the order stays, and is charged', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [, late] = await race(charge(campaign, order.id), apart(move(campaign, name, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    await work(program.deps)
    expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  })

  test('it comes first: nothing is charged', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [, late] = await race(move(campaign, name, order.id), apart(charge(campaign, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ attempt_id: null, code: 'changed_meanwhile' }] })
    await work(program.deps)
    expect((await orderNow(program.deps, order.id)).status).toBe(after)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([])
  })

  test('control: without the comparison of versions it is done to an order that is being charged', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    await race(charge(campaign, order.id), () => wrongMove(campaign, name, order.id))
    expect((await orderNow(program.deps, order.id)).status).toBe(after)
    expect(await findAttemptUnderWay(program.deps.db, { campaign_id: campaign.id, order_id: order.id })).not.toBeNull()
    await work(program.deps)
    // The last look before the sending is all that keeps the money where it is.
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([])
    expect(await attemptsOf(program.deps, order.id)).toMatchObject([{ state: 'refused', code: 'order_moved_on' }])
  })
})

describe('an address change that re-prices against a charge', () => {
  const abroad = { ...berlin, line1: '1 High St', city: 'London', postcode: 'SW1A 1AA', country: 'GB' } as never

  async function dearer() {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const { db } = program.deps
    const region = newId()
    const of = { campaign_id: campaign.id, region_id: region }
    await db
      .insertInto('shipping_regions')
      .values({ campaign_id: campaign.id, id: region, name: 'Britain', kind: 'countries', position: 1 })
      .execute()
    await db
      .insertInto('shipping_region_countries')
      .values({ ...of, country: 'GB' })
      .execute()
    await db
      .insertInto('level_shipping_fees')
      .values({ ...of, level_id: campaign.level_id, fee: 2_000 })
      .execute()
    const key = { campaign_id: campaign.id, order_id: order.id, address: abroad }
    const { balance_after } = await previewAddress(db, campaign.staff, key)
    const change = (tx: Tx) => changeAddress(tx, campaign.staff, { ...key, agreed_balance: balance_after })
    return { campaign, order, change, balance_after }
  }

  test('it comes too late: it is refused, and what was due is charged', async () => {
    const { campaign, order, change } = await dearer()
    const [, late] = await race(charge(campaign, order.id), apart(change))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'charge_in_progress' } })
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
    await balanceOf()
  })

  test('it comes first: the charge waits for the next look, and takes the new sum', async () => {
    const { campaign, order, change, balance_after } = await dearer()
    const [, late] = await race(change, apart(charge(campaign, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ code: 'changed_meanwhile' }] })
    await apart(charge(campaign, order.id))()
    await work(program.deps)
    expect(balance_after).toBe(2100)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([balance_after])
    expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', balance_due: 0, captured: 2100 })
    await balanceOf()
  })

  test('control: a look for an attempt before the row is taken lets the sum change beneath the charge', async () => {
    const { campaign, order } = await dearer()
    const seen = await findAttemptUnderWay(program.deps.db, { campaign_id: campaign.id, order_id: order.id })
    await race(charge(campaign, order.id), async () => {
      if (seen) throw new Error('A charge is under way')
      await sql`update orders set balance_due = balance_due + 800 where id = ${order.id}`.execute(program.deps.db)
    })
    const [attempt] = await attemptsOf(program.deps, order.id)
    expect(attempt?.amount).not.toBe((await orderNow(program.deps, order.id)).balance_due)
    await sql`update orders set balance_due = balance_due - 800 where id = ${order.id}`.execute(program.deps.db)
    await work(program.deps)
  })

  async function balanceOf(): Promise<void> {
    const found = await verifyBooks(program.deps.db, program.deps.clock.now())
    // The controls above left wrong orders of other campaigns behind, on purpose.
    expect(found.filter(({ rule }) => rule.includes('ledger') || rule.includes('owes'))).toEqual([])
  }
})

test('a card that is replaced while the old one is charged: one charge, on the old card', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  await apart(charge(campaign, order.id))()
  await putCard(program.deps, campaign, order.backer_id, 'mastercard')
  await work(program.deps)
  const [attempt] = await attemptsOf(program.deps, order.id)
  const now = await orderNow(program.deps, order.id)
  expect(now).toMatchObject({ status: 'paid', captured: 1300 })
  expect(now.payment_method_id).not.toBe(attempt?.payment_method_id)
  expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
})
