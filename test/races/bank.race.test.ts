import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { connect } from '../../src/db/client.server.ts'
import type { Row } from '../../src/db/types.ts'
import { askBank, returnFromBank } from '../../src/domain/payments/ask-bank.ts'
import { isNotOver } from '../../src/domain/payments/attempts.ts'
import { beginVisit } from '../../src/domain/payments/bank-visits.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { settleAttempts } from '../../src/domain/payments/settle-attempts.ts'
import { startCharges } from '../../src/domain/payments/start-charge.ts'
import { RUN } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { answerBank, backerOf, makeAsked, pressOf } from '../factories/bank.ts'
import { makeCampaign } from '../factories/campaign.ts'
import { attemptsOf, orderNow, putCard, takenFor, work } from '../factories/charging.ts'
import { raceOf } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * A backer at their bank against everything else that may charge their order at the same moment. The gateway's ledger counts. Each race has
 * its control: made wrong in one place, it must end wrong.
 */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '1000', CHARGES_PER_SECOND: '200' } })
const ONE_AT_A_TIME = `create unique index payment_attempts_one_at_a_time on payment_attempts (campaign_id, order_id)
  where state in ('created', 'sent', 'unknown')`

/** Orders that a control left wrong on purpose. */
const wronged = new Set<string>()

afterAll(async () => {
  const found = await verifyBooks(program.deps.db, program.deps.clock.now())
  expect(found.filter(({ id }) => !wronged.has(id))).toEqual([])
})

async function asked() {
  const campaign = await makeCampaign(program.deps)
  const order = await makeAsked(program.deps, campaign)
  const [attempt] = await attemptsOf(program.deps, order.id)
  return { campaign, order, attempt_id: attempt?.id ?? '' }
}

const begin = (order: Row<'orders'>, attempt_id: string) => (tx: Tx) =>
  beginVisit(tx, backerOf(order), { campaign_id: order.campaign_id, attempt_id, lease_ms: 10_000 })
const charge = (order: Row<'orders'>) => (tx: Tx) =>
  startCharges(tx, RUN, { campaign_id: order.campaign_id, order_ids: [order.id], run_id: null, source: 'run' })
const apart =
  <T>(command: (tx: Tx) => Promise<T>) =>
  () =>
    inTransaction(program.deps, command)
const race = <A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>) => raceOf(program.deps, first, second)
const taken = (order: Row<'orders'>) => takenFor(program.simulator.ledger(), order.id)
const underWay = async (order: Row<'orders'>) => (await attemptsOf(program.deps, order.id)).filter(isNotOver)

async function toBank(order: Row<'orders'>, deps = program.deps): Promise<string> {
  const outcome = await askBank(deps, backerOf(order), pressOf(order))
  return outcome.outcome === 'asks' ? outcome.url : ''
}

async function asOwner(statement: string): Promise<void> {
  const owner = connect(program.ownerUrl)
  try {
    await sql.raw(statement).execute(owner.db)
  } finally {
    await owner.end()
  }
}

describe('a visit to the bank against a charge', () => {
  test('the charge comes too late: it leaves the order out', async () => {
    const { order, attempt_id } = await asked()
    const [, late] = await race(begin(order, attempt_id), apart(charge(order)))
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ attempt_id: null, code: 'changed_meanwhile' }] })
    expect(await apart(charge(order))()).toMatchObject([{ attempt_id: null, code: 'charge_in_progress' }])
    expect(await underWay(order)).toMatchObject([{ id: attempt_id, code: 'bank_asks' }])
  })

  test('the charge comes first: nobody is led to the bank', async () => {
    const { order, attempt_id } = await asked()
    const [, late] = await race(charge(order), apart(begin(order, attempt_id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'charge_in_progress' } })
    expect(await underWay(order)).toHaveLength(1)
    await work(program.deps)
    expect(taken(order)).toEqual([])
  })

  test('control: a visit without the order’s version, and without the rule in the database, is not seen by the charge', async () => {
    const { order, attempt_id } = await asked()
    wronged.add(order.id)
    await asOwner('drop index payment_attempts_one_at_a_time')
    await inTransaction(program.deps, async (tx) => {
      await sql`update payment_attempts set state = 'unknown', code = 'bank_asks', ask_until = now() + interval '1 hour'
        where id = ${attempt_id}`.execute(tx.db)
      await apart(charge(order))()
    })
    expect(await underWay(order)).toHaveLength(2)
    await sql`update payment_attempts set state = 'declined' where id = ${attempt_id}`.execute(program.deps.db)
    await asOwner(ONE_AT_A_TIME)
    await work(program.deps)
  })
})

test('pressed in two windows at once: the second waits for the first, and both lead to one visit', async () => {
  const { order, attempt_id } = await asked()
  const [first, late] = await race(begin(order, attempt_id), apart(begin(order, attempt_id)))
  expect(first).toMatchObject({ begun: true, is_repeat: false })
  expect(late).toMatchObject({ status: 'fulfilled', value: { begun: false, why: 'busy' } })
})

test('the answer is brought by two windows and the worker at once: it is booked once', async () => {
  const { order } = await asked()
  await answerBank(await toBank(order), 'yes')
  const [attempt] = await attemptsOf(program.deps, order.id)
  const answer = { answer: 'succeeded' as const, payment: attempt?.payment ?? '', amount: 1300 }
  const comeBack = () => returnFromBank(program.deps, backerOf(order), pressOf(order))
  const book = (tx: Tx) => settleAttempts(tx, order.campaign_id, [{ attempt_id: attempt?.id ?? '', lease_id: null, answer }])
  await race(book, async () => await Promise.all([comeBack(), comeBack(), comeBack()]))
  expect(await orderNow(program.deps, order.id)).toMatchObject({
    status: 'paid',
    captured: 1300,
    balance_due: 0,
    hold_reason: null,
  })
  expect(taken(order)).toEqual([1300])
})

describe('a late yes against another card, both at one moment', () => {
  /** Orders whose backer was at the bank for more than an hour; the yes and the other card arrive together. */
  async function lateYes(count: number): Promise<Row<'orders'>[]> {
    const { campaign, order } = await asked()
    const orders = [order]
    while (orders.length < count) orders.push(await makeAsked(program.deps, campaign))
    const pages = await Promise.all(orders.map((each) => toBank(each)))
    program.deps.clock.advance(61 * 60_000)
    await work(program.deps)
    for (const { backer_id } of orders) await putCard(program.deps, campaign, backer_id)
    await Promise.all([work(program.deps), ...pages.map((page) => answerBank(page, 'yes'))])
    await Promise.all(orders.map((each) => returnFromBank(program.deps, backerOf(each), pressOf(each))))
    await work(program.deps)
    return orders
  }

  test('the money is taken once', async () => {
    for (const order of await lateYes(6)) {
      expect(taken(order)).toEqual([1300])
      expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
    }
  })

  test('control: without canceling the payment at the bank it is taken twice', async () => {
    const { gateway } = program.deps
    const cancel = gateway.cancelPayment
    // It says that it did, and did nothing.
    const pretended: Gateway['cancelPayment'] = async (id) => {
      const reading = await gateway.readPayment(id)
      return reading.ok ? { ok: true, value: { ...reading.value, state: 'canceled' } } : reading
    }
    gateway.cancelPayment = pretended
    const orders = await lateYes(6)
    gateway.cancelPayment = cancel
    for (const { id } of orders) wronged.add(id)
    expect(orders.filter((order) => taken(order).length > 1).length).toBeGreaterThan(0)
  })
})
