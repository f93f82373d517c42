import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { recordExchanges } from '../../test/setup/record-exchanges.ts'
import { startTestSimulator } from '../../test/setup/simulator.ts'
import {
  chargeOf,
  clientOf,
  errorOf,
  newCustomer,
  newSavedCard,
  newSession,
  sendCard,
} from '../../test/setup/simulator-client.ts'
import { readStripeDescription } from '../../test/setup/stripe-description.ts'
import { createStripeGateway } from '../adapters/stripe/stripe-gateway.ts'
import { TEST_CARDS } from './test-cards.ts'
import type { Simulator } from './types.ts'

/* Whatever the client and our adapter ask, and whatever the simulator answers, judged by Stripe's own description. */

const description = readStripeDescription()
let simulator: Simulator
let record: Awaited<ReturnType<typeof recordExchanges>>
let stripe: ReturnType<typeof clientOf>

beforeAll(async () => {
  simulator = await startTestSimulator()
  record = await recordExchanges(simulator.port)
  stripe = clientOf(record)
})
afterAll(async () => {
  record?.stop()
  await simulator?.stop()
})
beforeEach(() => {
  record.exchanges.length = 0
})

const findings = () => [...new Set(record.exchanges.flatMap(description.judge))]

test('customers, sessions, setups and cards', async () => {
  const customer = await newCustomer(stripe)
  await stripe.accounts.retrieveCurrent()
  await stripe.customers.update(customer.id, { name: 'Ada L.', metadata: { a: '' } })
  await stripe.customers.retrieve(customer.id)
  const session = await newSession(stripe, customer.id)
  await sendCard(String(session.url), { number: '4000000000000069' })
  await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent', 'customer'] })
  await sendCard(String(session.url), { test_card: 'amex', name: 'Ada' })
  const read = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method'] })
  const setup = read.setup_intent as { id: string; payment_method: { id: string } }
  await stripe.setupIntents.retrieve(setup.id, { expand: ['payment_method'] })
  await stripe.paymentMethods.retrieve(setup.payment_method.id)
  await stripe.paymentMethods.list({ customer: customer.id, type: 'card', limit: 3 })
  await stripe.customers.listPaymentMethods(customer.id, { limit: 3 })
  await stripe.paymentMethods.detach(setup.payment_method.id)
  await stripe.checkout.sessions.expire((await newSession(stripe, customer.id)).id)
  await errorOf(stripe.customers.retrieve('cus_none'))
  await errorOf(newSession(stripe, 'cus_none'))
  expect(record.exchanges).toHaveLength(16)
  expect(findings()).toEqual([])
  // The description is compiled at the first question, which takes its seconds.
}, 60_000)

test('charges of every card, declines, lists, refusals', async () => {
  const token = TEST_CARDS.filter(({ refused, charged }) => !refused && !charged.kind.startsWith('hang'))
  for (const card of token) {
    const saved = await newSavedCard(stripe, card.token)
    const payment = await stripe.paymentIntents.create(chargeOf(saved, { statement_descriptor_suffix: 'X' })).catch(() => null)
    if (payment) await stripe.paymentIntents.retrieve(payment.id, { expand: ['payment_method', 'customer'] })
    await stripe.paymentIntents.list({ customer: saved.customer, created: { gte: 1 }, limit: 5, expand: ['data.payment_method'] })
  }
  const card = await newSavedCard(stripe)
  const options = { idempotencyKey: 'described' }
  await stripe.paymentIntents.create(chargeOf(card), options)
  await errorOf(stripe.paymentIntents.create(chargeOf(card, { amount: 99 }), options))
  await errorOf(stripe.paymentIntents.create(chargeOf(card, { amount: 1 })))
  for (const status of [401, 403, 409, 429, 500]) {
    simulator.knobs({ next: [status] })
    await errorOf(stripe.paymentIntents.create(chargeOf(card, { allowed_payment_method_types: ['card'] })))
  }
  expect(record.exchanges.length).toBeGreaterThan(60)
  expect(findings()).toEqual([])
})

test('confirmations, refunds, disputes and events', async () => {
  const asking = await newSavedCard(stripe, 'pm_card_authenticationRequired')
  const declined = await errorOf(stripe.paymentIntents.create(chargeOf(asking)))
  const { id } = (declined.raw as { payment_intent: { id: string } }).payment_intent
  const { payment_method } = asking
  await stripe.paymentIntents.confirm(id, { payment_method, return_url: 'http://127.0.0.1:9/back', off_session: false })
  await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })
  await errorOf(stripe.paymentIntents.confirm(id, { payment_method, return_url: 'http://127.0.0.1:9/back' }))
  for (const token of ['pm_card_visa', 'pm_card_pendingRefund', 'pm_card_refundFail']) {
    const { id: payment_intent } = await stripe.paymentIntents.create(chargeOf(await newSavedCard(stripe, token)))
    const refund = await stripe.refunds.create({
      payment_intent,
      amount: 50,
      reason: 'requested_by_customer',
      metadata: { a: 'b' },
    })
    simulator.knobs({ clock_ahead_ms: simulator.knobs({}).clock_ahead_ms + 6_000 })
    await stripe.refunds.retrieve(refund.id)
    await stripe.refunds.list({ payment_intent, limit: 3 })
    await stripe.charges.list({ payment_intent, limit: 3 })
    await errorOf(stripe.refunds.create({ payment_intent, amount: 5000 }))
  }
  const { id: payment_intent } = await stripe.paymentIntents.create(chargeOf(await newSavedCard(stripe, 'pm_card_createDispute')))
  const [dispute] = (await stripe.disputes.list({ payment_intent })).data
  await stripe.disputes.update(String(dispute?.id), { evidence: { uncategorized_text: 'we sent it' }, submit: true })
  await stripe.disputes.close(String(dispute?.id))
  const events = await stripe.events.list({ limit: 100 })
  await stripe.events.list({ types: ['refund.failed', 'refund.updated'], created: { gte: 1 } })
  await stripe.events.retrieve(String(events.data[0]?.id))
  expect(record.exchanges.length).toBeGreaterThan(30)
  expect(findings()).toEqual([])
})

test('whatever our adapter asks', async () => {
  const { port } = record
  const gateway = createStripeGateway({
    key: 'sk_test_1',
    protocol: 'http',
    host: '127.0.0.1',
    port,
    timeout_ms: 5_000,
    mode: 'test',
  })
  const whom = { campaign_id: 'c1', backer_id: 'b1' }
  const customer = await gateway.createCustomer({ ...whom, name: 'Ada', email: 'ada@example.com', key: 'customer' })
  if (!customer.ok) throw new Error(customer.failure.code)
  const urls = { success_url: 'http://127.0.0.1:9/done', cancel_url: 'http://127.0.0.1:9/back' }
  const session = await gateway.openCardSession({ ...whom, ...urls, customer: customer.value, currency: 'EUR', key: 'session' })
  if (!session.ok) throw new Error(session.failure.code)
  await sendCard(session.value.url, { test_card: 'visa' })
  const reading = await gateway.readCardSession(session.value.gateway_id)
  if (!reading.ok || reading.value.state !== 'complete') throw new Error('The card is not saved.')
  const metadata = { afterfund_campaign: 'c1', afterfund_order: 'o1', afterfund_attempt: 'a1' }
  const payment_method = reading.value.card.gateway_id
  const request = { amount: 4250, currency: 'EUR', customer: customer.value, payment_method, description: 'Order 1', metadata }
  expect(await gateway.charge(request, { key: 'charge', is_repeat: false })).toMatchObject({ answer: 'succeeded', amount: 4250 })
  expect(await gateway.listPayments(customer.value, new Date(Date.now() - 60_000))).toMatchObject({
    value: [{ state: 'succeeded' }],
  })
  expect((await gateway.account()).ok).toBe(true)
  gateway.close()
  expect(record.exchanges.length).toBeGreaterThanOrEqual(6)
  expect(findings()).toEqual([])
})

test('the judge judges, and forgives no more than it must', async () => {
  await newCustomer(stripe)
  const [exchange] = record.exchanges
  if (!exchange) throw new Error('Nothing was said.')
  const judged = (over: Partial<typeof exchange>) => description.judge({ ...exchange, ...over }).join('\n')
  expect(judged({})).toBe('')
  expect(judged({ request: `${exchange.request}&nmae=x` })).toContain('nmae')
  expect(judged({ answer: exchange.answer.replace('"livemode":false', '"livemode":"no"') })).toContain('/livemode')
  expect(judged({ answer: exchange.answer.replace('"livemode":false,', '') })).toContain("'livemode'")
  expect(judged({ answer: exchange.answer.replace('"livemode":', '"live_mode":1,"livemode":') })).toContain('live_mode')
  expect(description.unused()).toEqual([])
})
