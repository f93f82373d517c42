import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { answerBank, backerOf, makeAsked, pressOf } from '../../../test/factories/bank.ts'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { attemptsOf, orderNow, putCard, startRun, takenFor, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { clientOf } from '../../../test/setup/simulator-client.ts'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { holdOrders } from '../orders/hold-orders.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { askBank, leaveBank, returnFromBank } from './ask-bank.ts'
import { findBankQuestion } from './bank-visits.ts'
import type { ChargeRequest } from './gateway.ts'
import { startCharge } from './start-charge.ts'

/* A backer's visit to their bank, judged by the gateway's ledger: whatever happens on the way, the money is taken once or not at all. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '1000', CHARGES_PER_SECOND: '200' } })

const press = (order: Row<'orders'>) => askBank(program.deps, backerOf(order), pressOf(order))
const comeBack = (order: Row<'orders'>) => returnFromBank(program.deps, backerOf(order), pressOf(order))
const taken = (order: Row<'orders'>) => takenFor(program.simulator.ledger(), order.id)
const last = async (order: Row<'orders'>) => (await attemptsOf(program.deps, order.id)).at(-1)
const now = (order: Row<'orders'>) => orderNow(program.deps, order.id)

async function asked(card?: string) {
  const campaign = await makeCampaign(program.deps)
  return { campaign, order: await makeAsked(program.deps, campaign, card ? { card } : {}) }
}

/** Presses, and answers the bank's page that it leads to. */
async function toBank(order: Row<'orders'>): Promise<string> {
  const outcome = await press(order)
  if (outcome.outcome !== 'asks') throw new Error(`The press came to ${outcome.outcome}`)
  return outcome.url
}

async function sound(): Promise<void> {
  expect(await verifyBooks(program.deps.db, program.deps.clock.now())).toEqual([])
}

const mailsOf = (order: Row<'orders'>) =>
  program.deps.db
    .selectFrom('messages')
    .select(['kind', 'occasion'])
    .where('backer_id', '=', order.backer_id)
    .where('kind', 'in', ['charge_failed', 'receipt'])
    .orderBy('created_at')
    .execute()

/** Lets time pass, and the worker do what became due. */
async function pass(minutes: number): Promise<void> {
  program.deps.clock.advance(minutes * 60_000)
  await work(program.deps)
}

describe('the bank’s question', () => {
  test('yes: the same payment is confirmed and taken once, the order is paid, a receipt leaves', async () => {
    const { order } = await asked()
    const [before] = await attemptsOf(program.deps, order.id)
    expect(before).toMatchObject({ state: 'declined', code: 'authentication_required', payment_open: true })
    const page = await toBank(order)
    expect(await last(order)).toMatchObject({
      state: 'unknown',
      code: 'bank_asks',
      confirmations: 1,
      ask_url: page,
      lease_id: null,
    })
    expect(await now(order)).toMatchObject({ status: 'errored', version: order.version + 1 })
    expect(taken(order)).toEqual([])
    const back = await answerBank(page, 'yes')
    expect(back?.pathname).toBe(new URL(pressOf(order).return_url).pathname)
    expect(await comeBack(order)).toEqual({ outcome: 'answered' })
    expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300, balance_due: 0 })
    expect(await last(order)).toMatchObject({
      number: 1,
      state: 'succeeded',
      payment: before?.payment,
      ask_url: null,
      ask_until: null,
    })
    expect(taken(order)).toEqual([1300])
    // Coming back again, and the worker, change nothing.
    expect(await comeBack(order)).toEqual({ outcome: 'over' })
    await pass(90)
    expect(taken(order)).toEqual([1300])
    expect((await mailsOf(order)).map(({ kind }) => kind)).toEqual(['charge_failed', 'receipt'])
    await sound()
  })

  test('no: nothing is taken, it is mailed, and the bank can be asked again, under a key of its own', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'no')
    expect(await comeBack(order)).toEqual({ outcome: 'answered' })
    expect(await last(order)).toMatchObject({
      state: 'declined',
      code: 'payment_intent_authentication_failure',
      payment_open: true,
    })
    expect((await now(order)).status).toBe('errored')
    expect(await mailsOf(order)).toMatchObject([{}, { kind: 'charge_failed', occasion: `${(await last(order))?.id}:1` }])
    await answerBank(await toBank(order), 'yes')
    await comeBack(order)
    expect(await last(order)).toMatchObject({ number: 1, state: 'succeeded', confirmations: 2 })
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('yes, and then there is not enough money: a decline like any other', async () => {
    const { order } = await asked('asks_then_insufficient_funds')
    await answerBank(await toBank(order), 'yes')
    expect(await comeBack(order)).toEqual({ outcome: 'answered' })
    expect(await last(order)).toMatchObject({ state: 'declined', code: 'insufficient_funds', decline_class: 'soft' })
    expect(await findBankQuestion(program.deps.db, await now(order), program.deps.clock.now())).toBeNull()
    expect(await press(order)).toEqual({ outcome: 'over' })
    expect(taken(order)).toEqual([])
    await sound()
  })

  test('never answered: an hour later the order is free again, and a late yes is booked all the same', async () => {
    const { order } = await asked()
    const page = await toBank(order)
    await pass(30)
    expect(await last(order)).toMatchObject({ state: 'unknown', code: 'bank_asks' })
    await pass(31)
    expect(await last(order)).toMatchObject({ state: 'declined', code: 'bank_not_answered', payment_open: true })
    expect((await now(order)).status).toBe('errored')
    expect(await mailsOf(order)).toHaveLength(1)
    await sound()
    await answerBank(page, 'yes')
    expect(await comeBack(order)).toEqual({ outcome: 'answered' })
    expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300 })
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('a tab that is closed after the yes: the worker finds it within minutes', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'yes')
    await pass(2)
    expect((await now(order)).status).toBe('paid')
    expect(taken(order)).toEqual([1300])
  })

  test('a tab that is closed after the no: the worker finds it, and the backer is mailed', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'no')
    await pass(2)
    expect(await last(order)).toMatchObject({ state: 'declined', code: 'payment_intent_authentication_failure' })
    expect(await mailsOf(order)).toHaveLength(2)
  })

  test('coming back without an answer changes nothing', async () => {
    const { order } = await asked()
    const page = await toBank(order)
    expect(await comeBack(order)).toEqual({ outcome: 'waiting' })
    expect(await last(order)).toMatchObject({ state: 'unknown', ask_url: page })
  })

  test('leaving it cancels the payment, and another card is charged at once', async () => {
    const { campaign, order } = await asked()
    const page = await toBank(order)
    expect(await leaveBank(program.deps, backerOf(order), pressOf(order))).toEqual({ outcome: 'over' })
    expect(await last(order)).toMatchObject({ state: 'declined', code: 'bank_question_canceled', payment_open: false })
    expect(await answerBank(page, 'yes')).toBeNull()
    await putCard(program.deps, campaign, order.backer_id)
    await work(program.deps)
    expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300 })
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('leaving it after the yes books the yes', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'yes')
    expect(await leaveBank(program.deps, backerOf(order), pressOf(order))).toEqual({ outcome: 'answered' })
    expect((await now(order)).status).toBe('paid')
    expect(taken(order)).toEqual([1300])
  })
})

describe('pressed more than once', () => {
  test('twice in a moment, and in a second window later: the same page, one visit', async () => {
    const { order } = await asked()
    const pages = await Promise.all([toBank(order), toBank(order), toBank(order)])
    expect(new Set([...pages, await toBank(order)]).size).toBe(1)
    expect(await last(order)).toMatchObject({ confirmations: 1 })
    await answerBank(pages[0] ?? '', 'yes')
    const backs = await Promise.all([comeBack(order), comeBack(order), comeBack(order)])
    for (const { outcome } of backs) expect(['answered', 'over']).toContain(outcome)
    expect(taken(order)).toEqual([1300])
    expect(await mailsOf(order)).toHaveLength(2)
    await sound()
  })

  test('in a second window after the no of the first: the no is told, and not asked over', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'no')
    expect(await press(order)).toEqual({ outcome: 'answered' })
    expect(await last(order)).toMatchObject({
      state: 'declined',
      code: 'payment_intent_authentication_failure',
      confirmations: 1,
    })
  })

  test('in a second window after the yes of the first: it is booked', async () => {
    const { order } = await asked()
    await answerBank(await toBank(order), 'yes')
    expect(await press(order)).toEqual({ outcome: 'answered' })
    expect((await now(order)).status).toBe('paid')
    expect(taken(order)).toEqual([1300])
  })

  test('five times a day', async () => {
    const { order } = await asked()
    for (let visit = 0; visit < 5; visit++) {
      await answerBank(await toBank(order), 'no')
      await comeBack(order)
    }
    await expect(press(order)).rejects.toMatchObject({ code: 'bank_asked_too_often', status: 429 })
    await pass(24 * 60)
    await toBank(order)
  })
})

describe('a call that is cut', () => {
  test.each(['cut_before', 'cut_after', 500, 429] as const)(
    '%s: the backer comes to their bank all the same, or may press again',
    async (fault) => {
      const { order } = await asked()
      program.simulator.knobs({ next: [fault] })
      let outcome = await press(order)
      program.simulator.knobs({ next: [] })
      if (fault === 500) {
        // The gateway keeps its failure for that key: the bank was not asked, and the next press has another.
        expect(outcome).toEqual({ outcome: 'answered' })
        expect(await last(order)).toMatchObject({ state: 'declined', code: 'bank_not_asked', payment_open: true })
        expect(await mailsOf(order)).toHaveLength(1)
        outcome = await press(order)
      }
      if (outcome.outcome !== 'asks') throw new Error(`It came to ${outcome.outcome}`)
      await answerBank(outcome.url, 'yes')
      await comeBack(order)
      expect(taken(order)).toEqual([1300])
      await sound()
    },
  )

  test('cut again and again: the next press goes on with the same visit, under the same key', async () => {
    const { order } = await asked()
    program.simulator.knobs({ next: ['cut_before', 'cut_before'] })
    expect(await press(order)).toEqual({ outcome: 'waiting' })
    expect(await last(order)).toMatchObject({
      state: 'unknown',
      code: 'bank_asks',
      ask_url: null,
      lease_id: null,
      confirmations: 1,
    })
    await toBank(order)
    expect(await last(order)).toMatchObject({ confirmations: 1 })
  })

  test('cut again and again, and nobody presses: the order is free again after minutes', async () => {
    const { order } = await asked()
    program.simulator.knobs({ next: ['cut_before', 'cut_before'] })
    await press(order)
    await pass(3)
    expect(await last(order)).toMatchObject({ state: 'unknown' })
    await pass(3)
    expect(await last(order)).toMatchObject({ state: 'declined', payment_open: true })
    expect(taken(order)).toEqual([])
    await sound()
  })

  test('a gateway that is away: nothing is changed', async () => {
    const { order } = await asked()
    program.simulator.knobs({ is_down: true })
    await expect(press(order)).rejects.toMatchObject({ code: 'gateway_unreachable', status: 503 })
    program.simulator.knobs({ is_down: false })
    expect(await now(order)).toMatchObject({ version: order.version })
    expect(await last(order)).toMatchObject({ state: 'declined', confirmations: 0 })
  })

  test('a program that dies after it began: the next press, or the worker, finds what became of it', async () => {
    const { order } = await asked()
    const attempt = await last(order)
    const { gateway } = program.deps
    const dead = { ...program.deps, gateway: { ...gateway, confirmPayment: () => Promise.reject(new Error('killed')) } }
    await expect(askBank(dead, backerOf(order), pressOf(order))).rejects.toThrow('killed')
    expect(await last(order)).toMatchObject({ state: 'unknown', confirmations: 1, ask_url: null })
    await expect(
      inTransaction(program.deps, (tx) =>
        startCharge(tx, backerOf(order), { campaign_id: order.campaign_id, order_id: order.id }),
      ),
    ).rejects.toMatchObject({ code: 'charge_in_progress' })
    // While its hands are taken to be alive a press waits; then it goes on.
    program.deps.clock.advance(60_000)
    const page = await toBank(order)
    await answerBank(page, 'yes')
    await comeBack(order)
    expect(await last(order)).toMatchObject({ id: attempt?.id, state: 'succeeded', confirmations: 1 })
    expect(taken(order)).toEqual([1300])
  })
})

test('a yes that comes late, with nobody back and nothing told: the next look through the gateway books it', async () => {
  const { order } = await asked()
  const page = await toBank(order)
  for (let minutes = 0; minutes < 70; minutes += 10) await pass(10)
  expect(await last(order)).toMatchObject({ state: 'declined', payment_open: true })
  await answerBank(page, 'yes')
  // Days later its payment is long out of any listing by time.
  await pass(3 * 24 * 60)
  expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(taken(order)).toEqual([1300])
  await sound()
})

test('books that do not know what was paid since (a restored backup): it is booked, and the bank is not asked', async () => {
  const { campaign, order } = await asked()
  const [attempt] = await attemptsOf(program.deps, order.id)
  if (!attempt) throw new Error('It was not charged.')
  const { customer } = attempt.request as ChargeRequest
  const card = await clientOf(program.simulator).paymentMethods.attach('pm_card_visa', { customer })
  const metadata = { afterfund_campaign: campaign.id, afterfund_order: order.id, afterfund_attempt: newId() }
  const rest = { currency: 'USD', description: 'Order', customer, payment_method: card.id, metadata }
  await program.deps.gateway.charge({ amount: order.balance_due, ...rest }, { key: newId(), is_repeat: false })
  expect(await press(order)).toEqual({ outcome: 'answered' })
  expect(await now(order)).toMatchObject({ status: 'paid', captured: order.balance_due })
  expect(taken(order)).toEqual([order.balance_due])
  await sound()
})

test('books that know nothing of the visit (a restored backup): the charge counts as declined, and leads to the same page', async () => {
  const { order } = await asked()
  const page = await toBank(order)
  await program.deps.db
    .updateTable('payment_attempts')
    .set({
      state: 'unknown',
      code: 'timeout',
      payment: null,
      payment_open: false,
      confirmations: 0,
      ask_url: null,
      ask_until: null,
    })
    .where('order_id', '=', order.id)
    .execute()
  await pass(2)
  expect(await last(order)).toMatchObject({ state: 'declined', code: 'authentication_required', payment_open: true })
  expect(await toBank(order)).toBe(page)
  await answerBank(page, 'yes')
  await comeBack(order)
  expect(taken(order)).toEqual([1300])
  await sound()
})

describe('what happens meanwhile', () => {
  test('another card that is entered is saved and not charged; staff’s charge and a run leave the order out', async () => {
    const { campaign, order } = await asked()
    const page = await toBank(order)
    await putCard(program.deps, campaign, order.backer_id, 'mastercard')
    await startRun(program.deps, campaign, { selection: { ids: [order.id] }, retry_errored: true }).catch((error) => {
      expect(error).toMatchObject({ code: 'nothing_to_do' })
    })
    await work(program.deps)
    for (const name of ['unlock', 'cancel'] as const) {
      const moved = await inTransaction(program.deps, (tx) =>
        transitionOrders(tx, campaign.staff, {
          campaign_id: campaign.id,
          name,
          selection: { ids: [order.id] },
          reason: 'A test.',
        }),
      )
      expect(moved).toMatchObject({ moved: 0, left: [{ code: 'charge_in_progress' }] })
    }
    expect(await attemptsOf(program.deps, order.id)).toHaveLength(1)
    expect(taken(order)).toEqual([])
    await answerBank(page, 'yes')
    await comeBack(order)
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('an order that is charged again first: its payment at the bank can take nothing any more', async () => {
    const { campaign, order } = await asked()
    const page = await toBank(order)
    await pass(61)
    await putCard(program.deps, campaign, order.backer_id)
    await work(program.deps)
    expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300 })
    expect(await answerBank(page, 'yes')).toBeNull()
    await pass(90)
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('a yes that was given and not seen before another charge: that one is not made', async () => {
    const { campaign, order } = await asked()
    const page = await toBank(order)
    await pass(61)
    await answerBank(page, 'yes')
    await putCard(program.deps, campaign, order.backer_id)
    await work(program.deps)
    expect(await now(order)).toMatchObject({ status: 'paid', captured: 1300 })
    expect(taken(order)).toEqual([1300])
    await sound()
  })

  test('another amount is owed: the question is not asked, and a fresh charge takes what is owed', async () => {
    const { order } = await asked()
    const { db } = program.deps
    await sql`insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
      values (${order.campaign_id}, ${order.id}, ${order.version + 1}, 'owed', -300, 'USD', 'test', now()),
        (${order.campaign_id}, ${order.id}, ${order.version + 1}, 'settled_outside', 300, 'USD', 'test', now())`.execute(db)
    await db
      .updateTable('orders')
      .set({ balance_due: 1000, version: order.version + 1 })
      .where('id', '=', order.id)
      .execute()
    await expect(press(order)).rejects.toMatchObject({ code: 'amount_changed' })
    expect(await last(order)).toMatchObject({ state: 'declined', confirmations: 0 })
    await inTransaction(program.deps, (tx) =>
      startCharge(tx, backerOf(order), { campaign_id: order.campaign_id, order_id: order.id }),
    )
    await work(program.deps)
    const [first, second] = await attemptsOf(program.deps, order.id)
    expect(first).toMatchObject({ state: 'declined', payment_open: false })
    expect(second).toMatchObject({ amount: 1000, state: 'declined', payment_open: true })
    await answerBank(await toBank(order), 'yes')
    await comeBack(order)
    expect(taken(order)).toEqual([1000])
  })

  test('an order on hold is not led to the bank', async () => {
    const { campaign, order } = await asked()
    await inTransaction(program.deps, (tx) =>
      holdOrders(tx, campaign.staff, { campaign_id: campaign.id, selection: { ids: [order.id] }, reason: 'A test.' }),
    )
    await expect(press(order)).rejects.toMatchObject({ code: 'on_hold' })
  })

  test('nobody answers for somebody else', async () => {
    const { campaign, order } = await asked()
    const other = await makeAsked(program.deps, campaign)
    await expect(askBank(program.deps, backerOf(other), pressOf(order))).rejects.toMatchObject({ status: 404 })
    await expect(returnFromBank(program.deps, backerOf(other), pressOf(order))).rejects.toMatchObject({ status: 404 })
    expect(await last(order)).toMatchObject({ state: 'declined', confirmations: 0 })
  })
})
