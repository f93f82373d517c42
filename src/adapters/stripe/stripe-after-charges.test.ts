import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestSimulator } from '../../../test/setup/simulator.ts'
import { clientOf, newSavedCard } from '../../../test/setup/simulator-client.ts'
import type { Answered, ChargeRequest, Gateway } from '../../domain/payments/gateway.ts'
import type { Simulator } from '../../simulator/types.ts'
import { createStripeGateway } from './stripe-gateway.ts'

/* Whatever is asked about a payment after its charge, at the stand-in that the program itself starts. */
let simulator: Simulator
let gateway: Gateway

beforeAll(async () => {
  simulator = await startTestSimulator()
  const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: simulator.port } as const
  gateway = createStripeGateway({ ...here, timeout_ms: 600, mode: 'test', webhook_secrets: ['whsec_old', 'whsec_new'] })
})
afterAll(async () => {
  gateway.close()
  await simulator.stop()
})
beforeEach(() => simulator.knobs({ next: [], is_down: false }))

function valueIn<T>(answered: Answered<T>): T {
  if (!answered.ok) throw new Error(`${answered.failure.kind} ${answered.failure.code}`)
  return answered.value
}

const return_url = 'http://127.0.0.1:9/back'
const once = () => ({ key: randomUUID(), is_repeat: false })

async function charge(token: string) {
  const card = await newSavedCard(clientOf(simulator), token)
  const metadata = { afterfund_campaign: 'camp', afterfund_order: 'order', afterfund_attempt: randomUUID() }
  const request: ChargeRequest = { amount: 4250, currency: 'EUR', ...card, description: 'Order 17', metadata }
  const answer = await gateway.charge(request, once())
  if (answer.answer !== 'succeeded' && answer.answer !== 'declined') throw new Error(answer.answer)
  return { ...answer, card, metadata }
}

test('a payment reads as it stands, with its card and its metadata', async () => {
  const paid = await charge('pm_card_visa')
  expect(valueIn(await gateway.readPayment(paid.payment))).toMatchObject({
    ...{ id: paid.payment, state: 'succeeded', amount: 4250, currency: 'EUR', metadata: paid.metadata },
    card: { gateway_id: paid.card.payment_method, last4: '4242' },
    customer: paid.card.customer,
  })
  const declined = await charge('pm_card_laterLostCard')
  expect(valueIn(await gateway.readPayment(declined.payment))).toMatchObject({
    ...{ state: 'declined', decline: { code: 'lost_card' } },
    card: { gateway_id: declined.card.payment_method },
  })
  expect(await gateway.readPayment('pi_none')).toMatchObject({ ok: false, failure: { code: 'resource_missing' } })
})

test('a canceled payment can never succeed; one that has succeeded says so', async () => {
  const declined = await charge('pm_card_authenticationRequired')
  expect(valueIn(await gateway.cancelPayment(declined.payment, 'cancel:1'))).toMatchObject({ state: 'canceled' })
  const { payment_method } = declined.card
  expect(await gateway.confirmPayment({ payment: declined.payment, payment_method, return_url }, once())).toMatchObject({
    answer: 'refused',
    code: 'payment_intent_unexpected_state',
  })
  const paid = await charge('pm_card_visa')
  expect(valueIn(await gateway.cancelPayment(paid.payment, 'cancel:2'))).toMatchObject({ state: 'succeeded', amount: 4250 })
})

test('a bank that asks gives the address of its page; with a yes the same payment is paid', async () => {
  const { payment, card } = await charge('pm_card_authenticationRequired')
  const { payment_method } = card
  const asked = await gateway.confirmPayment({ payment, payment_method, return_url }, once())
  if (asked.answer !== 'asks') throw new Error(asked.answer)
  expect(valueIn(await gateway.readPayment(payment))).toMatchObject({ state: 'asks', ask_url: asked.url })
  await fetch(asked.url, { method: 'POST', body: new URLSearchParams({ answer: 'yes' }), redirect: 'manual' })
  expect(valueIn(await gateway.readPayment(payment))).toMatchObject({ state: 'succeeded', amount: 4250 })
})

test('a confirmation whose answer is cut is unknown, and reading it tells', async () => {
  const { payment, card } = await charge('pm_card_authenticationRequired')
  simulator.knobs({ next: ['cut_after'] })
  const { payment_method } = card
  expect(await gateway.confirmPayment({ payment, payment_method, return_url }, once())).toMatchObject({ answer: 'unknown' })
  expect(valueIn(await gateway.readPayment(payment))).toMatchObject({ state: 'asks' })
})

test('refunds: in parts, once for a key, refused beyond what was taken', async () => {
  const { payment } = await charge('pm_card_visa')
  const metadata = { afterfund_order: 'order' }
  const key = randomUUID()
  simulator.knobs({ next: ['cut_after'] })
  const cut = await gateway.refund({ payment, amount: 1000, metadata }, { key, is_repeat: false })
  expect(cut).toMatchObject({ answer: 'unknown', dead_key: false })
  const again = await gateway.refund({ payment, amount: 1000, metadata }, { key, is_repeat: true })
  expect(again).toMatchObject({
    answer: 'accepted',
    refund: { payment, amount: 1000, currency: 'EUR', state: 'succeeded', metadata },
  })
  expect(await gateway.refund({ payment, amount: 9999, metadata }, once())).toMatchObject({ answer: 'refused' })
  expect(valueIn(await gateway.listRefunds(payment))).toHaveLength(1)
})

test('a refund that fails later reads as failed, with the reason', async () => {
  const { payment } = await charge('pm_card_refundFail')
  expect(await gateway.refund({ payment, amount: 500, metadata: {} }, once())).toMatchObject({ refund: { state: 'succeeded' } })
  simulator.knobs({ clock_ahead_ms: 6_000 })
  expect(valueIn(await gateway.listRefunds(payment))).toMatchObject([{ state: 'failed', code: 'expired_or_canceled_card' }])
})

test('a dispute reads as it stands', async () => {
  const { payment } = await charge('pm_card_createDispute')
  const found = await firstPage(gateway.disputePages(new Date(0)))
  const dispute = found.find((each) => each.payment === payment)
  expect(dispute).toMatchObject({ state: 'open', amount: 4250, currency: 'EUR', reason: 'fraudulent' })
  await clientOf(simulator).disputes.close(String(dispute?.id))
  expect(valueIn(await gateway.readDispute(String(dispute?.id)))).toMatchObject({ state: 'lost' })
})

test('a card is detached, also when it is away already', async () => {
  const { payment_method } = await newSavedCard(clientOf(simulator))
  expect(await gateway.detachCard(payment_method)).toEqual({ ok: true, value: undefined })
  expect(await gateway.detachCard(payment_method)).toEqual({ ok: true, value: undefined })
  simulator.knobs({ is_down: true })
  expect(await gateway.detachCard('pm_other')).toMatchObject({ ok: false, failure: { kind: 'outage' } })
})

async function firstPage<T>(pages: AsyncIterable<Answered<T[]>>): Promise<T[]> {
  for await (const page of pages) return valueIn(page)
  return []
}

test('all payments since a time come in pages, and a failure is told as the last', async () => {
  const card = await newSavedCard(clientOf(simulator))
  const metadata = { afterfund_campaign: 'camp', afterfund_order: 'order', afterfund_attempt: 'listed' }
  for (let n = 0; n < 130; n++) {
    await gateway.charge({ amount: 4250, currency: 'EUR', ...card, description: 'Order', metadata }, once())
  }
  const sizes: number[] = []
  const found = new Set<string>()
  for await (const page of gateway.paymentPages(new Date(0))) {
    sizes.push(valueIn(page).length)
    for (const payment of valueIn(page)) if (payment.metadata.afterfund_attempt === 'listed') found.add(payment.id)
  }
  expect(sizes[0]).toBe(100)
  expect(found.size).toBe(130)
  simulator.knobs({ is_down: true })
  const answers: boolean[] = []
  for await (const page of gateway.paymentPages(new Date(0))) answers.push(page.ok)
  expect(answers).toEqual([false])
})

test('a webhook is believed with either secret while it is fresh, and tells only which object it is about', async () => {
  const { Stripe } = await import('stripe')
  const now = new Date('2026-11-23T12:00:00Z')
  const at = now.getTime() / 1000
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'refund.failed',
    data: { object: { id: 're_1', object: 'refund' } },
  })
  const signed = (secret: string, timestamp = at, payload = body) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  for (const secret of ['whsec_old', 'whsec_new']) {
    expect(gateway.readWebhook({ body, signature: signed(secret), now })).toEqual({
      ok: true,
      value: { id: 'evt_1', type: 'refund.failed', object: { kind: 'refund', id: 're_1' } },
    })
  }
  const refusals: [string, string][] = [
    [signed('whsec_other'), 'signature_wrong'],
    ['', 'signature_wrong'],
    [signed('whsec_new', at, `${body} `), 'signature_wrong'],
    [signed('whsec_new', at - 301), 'signature_old'],
  ]
  for (const [signature, code] of refusals) expect(gateway.readWebhook({ body, signature, now })).toEqual({ ok: false, code })
  expect(gateway.readWebhook({ body: '{}', signature: signed('whsec_new', at, '{}'), now })).toEqual({
    ok: false,
    code: 'broken_body',
  })
})
