import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { newId } from '../../lib/id.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { adoptPayments } from './adopt-payments.ts'
import type { ChargeRequest, GatewayPayment } from './gateway.ts'

/* What the gateway has taken and the books do not know, as after an old backup was put back: it is booked, once, and nobody is charged again. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '1500', CHARGES_PER_SECOND: '200' } })

async function balances(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

/** Charges an order as an attempt that these books have never heard of: what the weeks after a backup did. */
async function chargeUnheard(order_id: string, over: { amount?: number; order?: string } = {}): Promise<GatewayPayment> {
  const { deps } = program
  const { rows } = await sql<{ campaign_id: string; customer: string; payment_method: string; balance_due: number }>`select
      o.campaign_id, p.gateway_customer as customer, p.gateway_id as payment_method, o.balance_due
    from orders o join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
    where o.id = ${order_id}`.execute(deps.db)
  const row = rows[0] as NonNullable<(typeof rows)[0]>
  const request: ChargeRequest = {
    amount: over.amount ?? row.balance_due,
    currency: 'USD',
    customer: row.customer,
    payment_method: row.payment_method,
    description: 'Order',
    metadata: { afterfund_campaign: row.campaign_id, afterfund_order: over.order ?? order_id, afterfund_attempt: newId() },
  }
  const answer = await deps.gateway.charge(request, { key: newId(), is_repeat: false })
  if (answer.answer !== 'succeeded' && answer.answer !== 'declined') throw new Error(answer.answer)
  const read = await deps.gateway.readPayment(answer.payment)
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

const adopt = (payments: GatewayPayment[]) => inTransaction(program.deps, (tx) => adoptPayments(tx, payments))
const discrepancies = async (campaign: TestCampaign) =>
  await program.deps.db.selectFrom('discrepancies').selectAll().where('campaign_id', '=', campaign.id).execute()

test('a run looks through the gateway first: what was taken is booked, and the card is not asked again', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  const payment = await chargeUnheard(order.id)
  const mails = await countMails(campaign)
  await startRun(program.deps, campaign)
  await work(program.deps)
  expect(await orderNow(program.deps, order.id)).toMatchObject({
    status: 'paid',
    captured: 1300,
    balance_due: 0,
    hold_reason: null,
  })
  expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
  expect(await attemptsOf(program.deps, order.id)).toMatchObject([{ source: 'adopted', payment: payment.id, state: 'succeeded' }])
  expect(await discrepancies(campaign)).toEqual([])
  // Whoever paid was told so, before the backup was put back.
  expect(await countMails(campaign)).toBe(mails)
  await balances()
})

const countMails = async (campaign: TestCampaign) =>
  (await program.deps.db.selectFrom('messages').select('id').where('campaign_id', '=', campaign.id).execute()).length

test('for an order in another status, or one that owes more, it is booked, held and told', async () => {
  const campaign = await makeCampaign(program.deps)
  const part = await makeLocked(program.deps, campaign)
  const payment = await chargeUnheard(part.id, { amount: 500 })
  await adopt([payment])
  expect(await orderNow(program.deps, part.id)).toMatchObject({
    ...{ status: 'locked', captured: 500, balance_due: 800, hold_reason: 'discrepancy' },
  })
  expect(await discrepancies(campaign)).toMatchObject([
    { kind: 'paid_late', subject: payment.id, amount: 500, order_id: part.id },
  ])
  await balances()
})

test('brought again, and by several at once, it is booked once', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  const payment = await chargeUnheard(order.id)
  await Promise.all(Array.from({ length: 8 }, () => adopt([payment])))
  await adopt([payment])
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(await attemptsOf(program.deps, order.id)).toHaveLength(1)
  await balances()
})

test('two payments for one order are both booked: the second is credit, and told', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  const first = await chargeUnheard(order.id)
  const second = await chargeUnheard(order.id)
  await adopt([first])
  await adopt([second])
  expect(await orderNow(program.deps, order.id)).toMatchObject({ captured: 2600, balance_due: -1300, hold_reason: 'discrepancy' })
  expect(await discrepancies(campaign)).toMatchObject([{ kind: 'paid_late', subject: second.id }])
  await balances()
})

test('an order that the books do not know is told and not booked; what is of others is passed over', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  const unknown = newId()
  const payment = await chargeUnheard(order.id, { order: unknown })
  const foreign = {
    ...payment,
    id: 'pi_foreign',
    metadata: { afterfund_campaign: newId(), afterfund_order: newId(), afterfund_attempt: newId() },
  }
  const others: GatewayPayment[] = [
    { ...payment, id: 'pi_other', metadata: {} },
    { ...payment, id: 'pi_odd', metadata: { afterfund_campaign: "x'" } },
  ]
  expect(await adopt([payment, foreign, ...others])).toEqual({ settled: 0, adopted: 0, reported: 1 })
  expect(await adopt([payment])).toMatchObject({ reported: 0 })
  expect(await discrepancies(campaign)).toMatchObject([
    { kind: 'paid_unknown_order', order_id: null, subject: payment.id, data: { order_id: unknown } },
  ])
  expect((await orderNow(program.deps, order.id)).captured).toBe(0)
})

test('an unheard try that failed takes its number and is canceled before the next one', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign, { card: 'later_insufficient_funds' })
  const payment = await chargeUnheard(order.id)
  expect(payment.state).toBe('declined')
  await adopt([payment])
  expect((await orderNow(program.deps, order.id)).status).toBe('locked')
  await startRun(program.deps, campaign)
  await work(program.deps)
  const attempts = await attemptsOf(program.deps, order.id)
  expect(attempts).toMatchObject([
    { number: 1, source: 'adopted', state: 'declined', payment_open: false },
    { number: 2, source: 'run', state: 'declined', payment_open: true },
  ])
  expect(await program.deps.gateway.readPayment(payment.id)).toMatchObject({ value: { state: 'canceled' } })
  await balances()
})

test('a success of an attempt that was held for over is booked, and its successor is not sent', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign, { card: 'later_insufficient_funds' })
  await startRun(program.deps, campaign)
  await work(program.deps)
  const [failed] = await attemptsOf(program.deps, order.id)
  const read = await program.deps.gateway.readPayment(String(failed?.payment))
  if (!read.ok) throw new Error(read.failure.code)
  await adopt([{ ...read.value, state: 'succeeded', amount: 1300, decline: null }])
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(await attemptsOf(program.deps, order.id)).toMatchObject([{ state: 'succeeded', is_booked: true, payment_open: false }])
  await balances()
})

test('nothing is sent while the gateway cannot be looked through', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makeLocked(program.deps, campaign)
  await startRun(program.deps, campaign)
  program.simulator.knobs({ is_down: true })
  await work(program.deps)
  expect(await attemptsOf(program.deps, order.id)).toEqual([])
  program.simulator.knobs({ is_down: false })
  await work(program.deps)
  expect((await orderNow(program.deps, order.id)).status).toBe('paid')
})

test.each([
  ['gone', sql`delete from gateway_sweeps`],
  ['an older one of its own', sql`update gateway_sweeps set swept_at = swept_at - interval '1 minute'`],
])('a database put back beneath a running program is noticed: its mark is %s', async (_mark, putBack) => {
  const campaign = await makeCampaign(program.deps)
  const before = await makeLocked(program.deps, campaign)
  await startRun(program.deps, campaign)
  await work(program.deps)
  expect((await orderNow(program.deps, before.id)).status).toBe('paid')
  const order = await makeLocked(program.deps, campaign)
  await startRun(program.deps, campaign)
  // The run as it stood after its sweep, and a payment of a life that is gone.
  await chargeUnheard(order.id)
  await program.deps.db.updateTable('charge_runs').set({ swept_at: program.deps.clock.now() }).execute()
  await putBack.execute(program.deps.db)
  await work(program.deps)
  expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
  expect((await orderNow(program.deps, order.id)).status).toBe('paid')
})
