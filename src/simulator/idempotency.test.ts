import { setTimeout as wait } from 'node:timers/promises'
import { Stripe } from 'stripe'
import { afterEach, describe, expect, test } from 'vitest'
import { chargeOf, clientOf, errorOf, newSavedCard, useSimulator } from '../../test/setup/simulator-client.ts'
import type { NextMove } from './types.ts'

const world = useSimulator()
const day = 24 * 60 * 60 * 1000

afterEach(() => {
  world.simulator.knobs({ latency_ms: 0, next: [], clock_ahead_ms: 0 })
})

const takenOf = (customer: string) => world.simulator.ledger().filter((charge) => charge.customer === customer)
const replayed = (answer: Stripe.Response<object>) => answer.lastResponse.headers['idempotent-replayed']

/** A client that sends exactly once: the plain one repeats a call whose connection was closed. */
function sendsOnce(timeout = 5_000) {
  const sent: string[] = []
  const httpClient = Stripe.createNodeHttpClient()
  const send = httpClient.makeRequest.bind(httpClient)
  httpClient.makeRequest = async (...request) => {
    sent.push(request[2])
    return await send(...request).catch((error: NodeJS.ErrnoException) => {
      throw Object.assign(new Error(error.message), { code: error.code === 'ECONNRESET' ? 'LOST' : error.code })
    })
  }
  return { stripe: clientOf(world.simulator, { httpClient, timeout }), sent }
}

describe('a key', () => {
  test('replays its first answer, whatever order the parameters stand in', async () => {
    const card = await newSavedCard(world.stripe)
    const options = { idempotencyKey: `${card.customer}:1` }
    const first = await world.stripe.paymentIntents.create(chargeOf(card), options)
    expect(replayed(first)).toBeUndefined()
    const backwards = Object.fromEntries(Object.entries(chargeOf(card)).toReversed()) as Stripe.PaymentIntentCreateParams
    const second = await world.stripe.paymentIntents.create(backwards, options)
    expect(replayed(second)).toBe('true')
    expect({ ...second }).toEqual({ ...first })
    expect(takenOf(card.customer)).toHaveLength(1)
  })

  test('replays a decline too, but not what was refused before anything was done', async () => {
    const card = await newSavedCard(world.stripe, 'pm_card_chargeCustomerFail')
    const options = { idempotencyKey: `${card.customer}:1` }
    const small = chargeOf(card, { amount: 1 })
    expect(await errorOf(world.stripe.paymentIntents.create(small, options))).toMatchObject({ code: 'amount_too_small' })
    const first = await errorOf(world.stripe.paymentIntents.create(chargeOf(card), options))
    const second = await errorOf(world.stripe.paymentIntents.create(chargeOf(card), options))
    expect(second.statusCode).toBe(402)
    expect(second.headers?.['idempotent-replayed']).toBe('true')
    expect((second.raw as { charge: string }).charge).toBe((first.raw as { charge: string }).charge)
    expect((await world.stripe.paymentIntents.list({ customer: card.customer })).data).toHaveLength(1)
  })

  test('is refused with other parameters, and at another address', async () => {
    const card = await newSavedCard(world.stripe)
    const options = { idempotencyKey: `${card.customer}:1` }
    await world.stripe.paymentIntents.create(chargeOf(card), options)
    const other = await errorOf(world.stripe.paymentIntents.create(chargeOf(card, { amount: 4251 }), options))
    expect(other).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
    expect(await errorOf(world.stripe.customers.create({}, options))).toMatchObject({ type: 'StripeIdempotencyError' })
    expect(takenOf(card.customer)).toHaveLength(1)
  })

  test('holds for customers as well, and ends after a day', async () => {
    const options = { idempotencyKey: 'customer:ada' }
    const first = await world.stripe.customers.create({ name: 'Ada' }, options)
    expect((await world.stripe.customers.create({ name: 'Ada' }, options)).id).toBe(first.id)
    world.simulator.knobs({ clock_ahead_ms: day + 1000 })
    expect((await world.stripe.customers.create({ name: 'Ada' }, options)).id).not.toBe(first.id)
  })

  test('that is in use answers 409, and keeps nothing of it', async () => {
    const card = await newSavedCard(world.stripe)
    const options = { idempotencyKey: `${card.customer}:1` }
    world.simulator.knobs({ latency_ms: 600 })
    const first = world.stripe.paymentIntents.create(chargeOf(card), options)
    await wait(100)
    expect(await errorOf(world.stripe.paymentIntents.create(chargeOf(card), options))).toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    })
    expect((await first).status).toBe('succeeded')
    world.simulator.knobs({ latency_ms: 0 })
    expect(replayed(await world.stripe.paymentIntents.create(chargeOf(card), options))).toBe('true')
    expect(takenOf(card.customer)).toHaveLength(1)
  })
})

describe('what tests may order for the next charges', () => {
  const ordered = async (next: NextMove[], timeout?: number) => {
    const card = await newSavedCard(world.stripe)
    const { stripe, sent } = sendsOnce(timeout)
    world.simulator.knobs({ next })
    const charge = () => stripe.paymentIntents.create(chargeOf(card), { idempotencyKey: `${card.customer}:1` })
    return { charge, sent, taken: () => takenOf(card.customer).length }
  }

  test.each([400, 401, 403, 404, 409, 429] as const)('%i takes nothing and leaves the key free', async (status) => {
    const { charge, taken } = await ordered([status])
    expect(await errorOf(charge())).toMatchObject({ statusCode: status })
    expect(taken()).toBe(0)
    expect((await charge()).status).toBe('succeeded')
    expect(taken()).toBe(1)
  })

  test('500 takes nothing and stays the answer of its key', async () => {
    const { charge, taken } = await ordered([500])
    expect(await errorOf(charge())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' })
    const again = await errorOf(charge())
    expect(again.statusCode).toBe(500)
    expect(again.headers?.['idempotent-replayed']).toBe('true')
    expect(taken()).toBe(0)
  })

  test('a 500 that is not kept leaves the key free', async () => {
    const { charge, taken } = await ordered(['fail_free'])
    expect(await errorOf(charge())).toMatchObject({ statusCode: 500 })
    expect(taken()).toBe(0)
    expect(replayed(await charge())).toBeUndefined()
    expect(taken()).toBe(1)
  })

  test('a 500 after the charge is all that its key says, and the list shows the payment', async () => {
    const { charge, taken } = await ordered(['fail_after'])
    expect(await errorOf(charge())).toMatchObject({ statusCode: 500 })
    expect(taken()).toBe(1)
    const again = await errorOf(charge())
    expect(again.statusCode).toBe(500)
    expect(again.headers?.['idempotent-replayed']).toBe('true')
    const [newest] = (await world.stripe.paymentIntents.list({ limit: 1 })).data
    expect(newest?.status).toBe('succeeded')
    expect(taken()).toBe(1)
  })

  test('a number stands before a replay, and unmakes nothing', async () => {
    const { charge, taken } = await ordered([])
    await charge()
    world.simulator.knobs({ next: [429, 503] })
    expect(await errorOf(charge())).toMatchObject({ statusCode: 429 })
    expect(await errorOf(charge())).toMatchObject({ statusCode: 503 })
    expect((await charge()).status).toBe('succeeded')
    expect(taken()).toBe(1)
  })

  test.each(['cut_before', 'cut_after', 'hang_before', 'hang_after'] as const)('%s gives no answer', async (order) => {
    const { charge, taken, sent } = await ordered([order], order.startsWith('hang') ? 300 : 5_000)
    expect(await errorOf(charge())).toMatchObject({ type: 'StripeConnectionError' })
    expect(sent).toHaveLength(1)
    expect(taken()).toBe(order.endsWith('after') ? 1 : 0)
    const repeated = await charge()
    expect(repeated.status).toBe('succeeded')
    expect(replayed(repeated)).toBe(order.endsWith('after') ? 'true' : undefined)
    expect(taken()).toBe(1)
  })

  test('comes in over HTTP too, as JSON that is checked', async () => {
    const send = (body: string, type = 'application/json') =>
      fetch(`${world.simulator.url}/knobs`, { method: 'POST', body, headers: { 'Content-Type': type } })
    expect(await (await send('{"next":[429,"cut_after"],"latency_ms":5}')).json()).toMatchObject({
      latency_ms: 5,
      next: [429, 'cut_after'],
      clock_ahead_ms: 0,
    })
    expect(await (await send('{"next":[]}')).json()).toMatchObject({ latency_ms: 5, next: [], clock_ahead_ms: 0 })
    expect((await send('{"nxet":[]}')).status).toBe(400)
    expect((await send('{"next":["cut"]}')).status).toBe(400)
    expect((await send('{"next":[]}', 'text/plain')).status).toBe(415)
    expect(await (await fetch(`${world.simulator.url}/knobs`)).json()).toMatchObject({ latency_ms: 5 })
  })
})

test('addresses that are not served are told apart from objects that are not there', async () => {
  expect(await errorOf(world.stripe.payouts.create({ amount: 100, currency: 'eur' }))).toMatchObject({ statusCode: 404 })
  expect(await (await fetch(`${world.simulator.url}/healthz`)).json()).toMatchObject({ status: 'ok' })
  expect((await world.stripe.customers.create({})).lastResponse.headers).toMatchObject({
    'stripe-version': '2026-10-28.endive',
    'request-id': expect.stringMatching(/^req_/),
  })
})
