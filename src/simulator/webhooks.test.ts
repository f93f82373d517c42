import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startTestSimulator } from '../../test/setup/simulator.ts'
import { chargeOf, clientOf, errorOf, newSavedCard, newSession, sendCard } from '../../test/setup/simulator-client.ts'
import type { Simulator } from './types.ts'

/* Events are sent to a real listener and read with the client's own check of their signature. */

const secret = 'whsec_test'
const settled = { timeout: 10_000, interval: 20 }
let simulator: Simulator
let stripe: Stripe
let server: Server
let url = ''
/** what the listener answers */
let status = 200
let got: { body: string; signature: string }[] = []

const read = (one: { body: string; signature: string }) => Stripe.webhooks.constructEvent(one.body, one.signature, secret)
const types = () => got.map((one) => read(one).type)

beforeEach(async () => {
  got = []
  status = 200
  server = createServer((request, response) => {
    void text(request).then((body) => {
      if (status === 200) got.push({ body, signature: String(request.headers['stripe-signature']) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`
  simulator = await startTestSimulator()
  simulator.sendWebhooks({ url, secret })
  stripe = clientOf(simulator)
})
afterEach(async () => {
  await simulator.stop()
  server.closeAllConnections()
  server.close()
})

test('a charge, a decline, a saved and a detached card are told, signed so that the client believes them', async () => {
  const card = await newSavedCard(stripe)
  const session = await newSession(stripe, card.customer)
  await sendCard(String(session.url), { test_card: 'visa' })
  const payment = await stripe.paymentIntents.create(chargeOf(card))
  await errorOf(stripe.paymentIntents.create(chargeOf(await newSavedCard(stripe, 'pm_card_laterLostCard'))))
  await stripe.paymentMethods.detach(card.payment_method)
  await vi.waitFor(() => expect(simulator.pendingWebhooks()).toBe(0), settled)
  expect(types().sort()).toEqual([
    'checkout.session.completed',
    'payment_intent.payment_failed',
    'payment_intent.succeeded',
    'payment_method.detached',
    'setup_intent.succeeded',
  ])
  const paid = got.map(read).find(({ type }) => type === 'payment_intent.succeeded')
  expect(paid).toMatchObject({ object: 'event', livemode: false, data: { object: { id: payment.id, status: 'succeeded' } } })
  expect(await stripe.events.retrieve(String(paid?.id))).toMatchObject({ id: paid?.id, pending_webhooks: 0 })
  expect((await stripe.events.list({ type: 'payment_intent.succeeded' })).data).toHaveLength(1)
  const other = { ...got[0], body: got[0]?.body.replace('"livemode":false', '"livemode":true') } as {
    body: string
    signature: string
  }
  expect(() => read(other)).toThrow(/signature/i)
})

test('what was not taken is sent again, also by the next start, and once taken never again', async () => {
  status = 503
  const card = await newSavedCard(stripe)
  await stripe.paymentIntents.create(chargeOf(card))
  await vi.waitFor(() => expect(simulator.pendingWebhooks()).toBe(1), settled)
  status = 200
  await vi.waitFor(() => expect(types()).toEqual(['payment_intent.succeeded']), settled)
  expect(simulator.pendingWebhooks()).toBe(0)
})

test('events are held, repeated, shuffled and signed late as told', async () => {
  simulator.knobs({ webhooks_held: true, webhook_repeats: 2, webhooks_shuffled: true })
  const card = await newSavedCard(stripe)
  for (let n = 0; n < 8; n++) await stripe.paymentIntents.create(chargeOf(card))
  expect(got).toEqual([])
  expect(simulator.pendingWebhooks()).toBe(8)
  simulator.knobs({ webhooks_held: false })
  await vi.waitFor(() => expect(got).toHaveLength(24), settled)
  const ids = got.map((one) => read(one).id)
  expect(new Set(ids).size).toBe(8)
  simulator.knobs({ webhook_repeats: 0, webhook_signed_ago_s: 600 })
  got = []
  expect(simulator.resendWebhooks(['payment_intent.succeeded'])).toBe(8)
  await vi.waitFor(() => expect(got).toHaveLength(8), settled)
  expect(() => read(got[0] as { body: string; signature: string })).toThrow(/tolerance/i)
})

test('a bank renews a card, and the networks tell; a detached one is not renewed', async () => {
  const card = await newSavedCard(stripe)
  simulator.renewCard(card.payment_method)
  await vi.waitFor(() => expect(types()).toEqual(['payment_method.automatically_updated']), settled)
  const renewed = await stripe.paymentMethods.retrieve(card.payment_method)
  expect(renewed.card).toMatchObject({ last4: '4243', exp_year: 2036 })
  expect(read(got[0] as { body: string; signature: string }).data.object).toMatchObject({
    id: card.payment_method,
    card: { last4: '4243' },
  })
  await stripe.paymentMethods.detach(card.payment_method)
  expect(() => simulator.renewCard(card.payment_method)).toThrow('no such card')
})

test('where events go can be told over HTTP', async () => {
  simulator.sendWebhooks(null)
  await stripe.paymentIntents.create(chargeOf(await newSavedCard(stripe)))
  const tell = (body: unknown) =>
    fetch(`${simulator.url}/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await tell({ url: 'nowhere', secret })).status).toBe(400)
  expect(got).toEqual([])
  expect((await tell({ url, secret })).status).toBe(200)
  await vi.waitFor(() => expect(types()).toEqual(['payment_intent.succeeded']), settled)
})

test('an event shows its object as it stood then', async () => {
  simulator.knobs({ webhooks_held: true })
  const card = await newSavedCard(stripe, 'pm_card_paysSlowly')
  const payment = await stripe.paymentIntents.create(chargeOf(card))
  simulator.knobs({ clock_ahead_ms: 6_000 })
  expect((await stripe.paymentIntents.retrieve(payment.id)).status).toBe('succeeded')
  simulator.knobs({ webhooks_held: false, clock_ahead_ms: 0 })
  await vi.waitFor(() => expect(got).toHaveLength(2), settled)
  const seen = got.map(read).map(({ type, data }) => `${type}: ${(data.object as Stripe.PaymentIntent).status}`)
  expect(seen.sort()).toEqual(['payment_intent.processing: processing', 'payment_intent.succeeded: succeeded'])
})
