import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import {
  chargeOf,
  clientOf,
  errorOf,
  newCustomer,
  newSavedCard,
  newSession,
  sendCard,
  useSimulator,
} from '../../test/setup/simulator-client.ts'
import { DECLINES } from './declines.ts'
import { hasRightCheckDigit } from './hosted/read-form.ts'
import { TEST_CARDS } from './test-cards.ts'

const world = useSimulator()
const shortMs = 250

/** A client that does not wait long, for cards that never answer. */
const hasty = () => clientOf(world.simulator, { timeout: shortMs })
const takenOf = (customer: string) => world.simulator.ledger().filter((charge) => charge.customer === customer)

test('a charge that succeeds takes the money once, and stands in the ledger', async () => {
  const { stripe, simulator } = world
  const card = await newSavedCard(stripe)
  const payment = await stripe.paymentIntents.create(chargeOf(card), { idempotencyKey: 'order:1:1' })
  expect(payment).toMatchObject({
    object: 'payment_intent',
    status: 'succeeded',
    amount: 4250,
    amount_received: 4250,
    currency: 'eur',
    ...card,
    metadata: { afterfund_order: 'o1', afterfund_attempt: 'a1' },
  })
  const entry = {
    payment_intent: payment.id,
    charge: payment.latest_charge,
    amount: 4250,
    currency: 'eur',
    ...card,
    metadata: payment.metadata,
    idempotency_key: 'order:1:1',
    created: payment.created,
  }
  expect(takenOf(card.customer)).toEqual([entry])
  const shown = (await (await fetch(`${simulator.url}/ledger`)).json()) as { charges: object[] }
  expect(shown.charges).toContainEqual(entry)
  expect(await stripe.paymentIntents.retrieve(payment.id, { expand: ['payment_method', 'customer'] })).toMatchObject({
    payment_method: { id: card.payment_method, card: { last4: '4242' } },
    customer: { id: card.customer },
  })
})

describe('each test card does what the table says', () => {
  const saved = async (number: string): Promise<{ customer: string; payment_method: string }> => {
    const customer = (await newCustomer(world.stripe)).id
    const session = await newSession(world.stripe, customer)
    const sent = await sendCard(String(session.url), { number })
    expect(sent.status).toBe(303)
    const [card] = (await world.stripe.customers.listPaymentMethods(customer)).data
    return { customer, payment_method: card?.id ?? '' }
  }
  const of = (kind: string) => TEST_CARDS.filter((card) => !card.refused && card.charged.kind === kind)

  test('the table is sound', () => {
    for (const key of ['number', 'name', 'token'] as const) {
      expect(new Set(TEST_CARDS.map((card) => card[key])).size).toBe(TEST_CARDS.length)
    }
    expect(TEST_CARDS.filter((card) => !hasRightCheckDigit(card.number))).toEqual([])
    expect(hasRightCheckDigit('4242424242424241')).toBe(false)
    expect(TEST_CARDS.filter((card) => card.number.startsWith('40000099')).length).toBeGreaterThan(15)
  })

  test.each(of('succeed'))('$name pays', async ({ number }) => {
    const card = await saved(number)
    expect((await world.stripe.paymentIntents.create(chargeOf(card))).status).toBe('succeeded')
  })

  test.each(of('decline'))('$name is saved and declined', async ({ number, charged }) => {
    const card = await saved(number)
    const reason = charged.kind === 'decline' ? DECLINES[charged.reason] : undefined
    const error = await errorOf(world.stripe.paymentIntents.create(chargeOf(card)))
    expect(error).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: reason?.code,
      decline_code: reason?.decline_code,
    })
    const raw = error.raw as { advice_code?: string; charge: string; payment_intent: Stripe.PaymentIntent }
    expect(raw.advice_code).toBe(reason && 'advice_code' in reason ? reason.advice_code : undefined)
    expect(raw.payment_intent).toMatchObject({ status: 'requires_payment_method', amount_received: 0, latest_charge: raw.charge })
    expect(raw.payment_intent.last_payment_error).toMatchObject({ decline_code: reason?.decline_code, message: reason?.message })
    expect((await world.stripe.paymentIntents.retrieve(raw.payment_intent.id)).status).toBe('requires_payment_method')
    expect(takenOf(card.customer)).toEqual([])
  })

  test.each(TEST_CARDS.filter((card) => card.refused))('$name is refused on the page', async ({ number, refused }) => {
    const customer = (await newCustomer(world.stripe)).id
    const session = await newSession(world.stripe, customer)
    const sent = await sendCard(String(session.url), { number })
    expect(sent.status).toBe(422)
    const text = await sent.text()
    expect(text.replaceAll('&#39;', "'")).toContain(refused ? DECLINES[refused].message : '')
    expect(text).not.toContain(number)
    const read = await world.stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] })
    expect(read).toMatchObject({
      status: 'open',
      setup_intent: {
        status: 'requires_payment_method',
        last_setup_error: { decline_code: refused ? DECLINES[refused].decline_code : '' },
      },
    })
    expect((await sendCard(String(session.url), { test_card: 'visa' })).status).toBe(303)
  })

  test('funds_arrive declines once, then pays', async () => {
    const card = await newSavedCard(world.stripe, 'pm_card_fundsArrive')
    const charge = (key: string) =>
      world.stripe.paymentIntents.create(chargeOf(card), { idempotencyKey: `${card.customer}:${key}` })
    expect(await errorOf(charge('1'))).toMatchObject({ decline_code: 'insufficient_funds' })
    expect(await errorOf(charge('1'))).toMatchObject({ decline_code: 'insufficient_funds' })
    expect((await charge('2')).status).toBe('succeeded')
    expect(takenOf(card.customer)).toHaveLength(1)
  })

  test('times_out_and_pays never answers, yet a list shows the payment, and the key its answer', async () => {
    const card = await newSavedCard(world.stripe, 'pm_card_timesOutAndPays')
    const options = { idempotencyKey: `${card.customer}:1` }
    expect(await errorOf(hasty().paymentIntents.create(chargeOf(card), options))).toMatchObject({ type: 'StripeConnectionError' })
    const [listed] = (await world.stripe.paymentIntents.list({ customer: card.customer })).data
    expect(listed).toMatchObject({ status: 'succeeded', metadata: { afterfund_attempt: 'a1' } })
    const repeated = await world.stripe.paymentIntents.create(chargeOf(card), options)
    expect(repeated.id).toBe(listed?.id)
    expect(repeated.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(takenOf(card.customer)).toHaveLength(1)
  })

  test('times_out_first takes nothing; the same key then pays', async () => {
    const card = await newSavedCard(world.stripe, 'pm_card_timesOutFirst')
    const options = { idempotencyKey: `${card.customer}:1` }
    expect(await errorOf(hasty().paymentIntents.create(chargeOf(card), options))).toMatchObject({ type: 'StripeConnectionError' })
    expect((await world.stripe.paymentIntents.list({ customer: card.customer })).data).toEqual([])
    expect((await world.stripe.paymentIntents.create(chargeOf(card), options)).status).toBe('succeeded')
    expect(takenOf(card.customer)).toHaveLength(1)
  })

  test('pays_slowly is in processing, then paid', async () => {
    const card = await newSavedCard(world.stripe, 'pm_card_paysSlowly')
    const payment = await world.stripe.paymentIntents.create(chargeOf(card))
    expect(payment).toMatchObject({ status: 'processing', amount_received: 0 })
    expect(takenOf(card.customer)).toEqual([])
    world.simulator.knobs({ clock_ahead_ms: 6_000 })
    expect(takenOf(card.customer)).toHaveLength(1)
    expect((await world.stripe.paymentIntents.retrieve(payment.id)).status).toBe('succeeded')
    world.simulator.knobs({ clock_ahead_ms: 0 })
  })
})

describe('what Stripe would refuse is refused, and takes nothing', () => {
  const refusals: [string, Partial<Stripe.PaymentIntentCreateParams>, object][] = [
    ['below the minimum', { amount: 49 }, { code: 'amount_too_small', param: 'amount' }],
    ['a minimum of another currency', { amount: 999, currency: 'mxn' }, { code: 'amount_too_small' }],
    ['nothing', { amount: 0 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['half a unit', { amount: 50.5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['too much', { amount: 100_000_000 }, { code: 'amount_too_large' }],
    ['a step that nobody can pay', { amount: 5001, currency: 'kwd' }, { param: 'amount' }],
    ['whole units only', { amount: 10_050, currency: 'isk' }, { param: 'amount' }],
    ['no currency of this world', { currency: 'zzz' }, { param: 'currency' }],
    ['an unknown customer', { customer: 'cus_none' }, { code: 'resource_missing', param: 'customer' }],
    ['an unknown card', { payment_method: 'pm_none' }, { code: 'resource_missing', param: 'payment_method' }],
    ['no customer', { customer: undefined }, { code: 'parameter_missing', param: 'customer' }],
    ['in front of its holder', { off_session: false }, { param: 'off_session' }],
    ['a name that is no parameter', { amuont: 3 } as never, { code: 'parameter_unknown', param: 'amuont' }],
  ]
  test.each(refusals)('%s', async (_, over, expected) => {
    const card = await newSavedCard(world.stripe)
    const error = await errorOf(world.stripe.paymentIntents.create(chargeOf(card, over)))
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', ...expected })
    expect(takenOf(card.customer)).toEqual([])
  })

  test("a detached card, and another customer's", async () => {
    const card = await newSavedCard(world.stripe)
    const other = await newSavedCard(world.stripe)
    const theirs = chargeOf({ customer: card.customer, payment_method: other.payment_method })
    expect(await errorOf(world.stripe.paymentIntents.create(theirs))).toMatchObject({ statusCode: 400, param: 'payment_method' })
    await world.stripe.paymentMethods.detach(card.payment_method)
    expect(await errorOf(world.stripe.paymentIntents.create(chargeOf(card)))).toMatchObject({ statusCode: 400 })
  })
})

test('lists go by customer, time and cursor, newest first', async () => {
  const { stripe, simulator } = world
  const card = await newSavedCard(stripe)
  const other = await newSavedCard(stripe)
  const made: Stripe.PaymentIntent[] = []
  for (let at = 0; at < 5; at++) {
    simulator.knobs({ clock_ahead_ms: at * 10_000 })
    made.push(await stripe.paymentIntents.create(chargeOf(card)))
    await stripe.paymentIntents.create(chargeOf(other))
  }
  const ids = made.map(({ id }) => id).toReversed()
  const since = made[2]?.created ?? 0
  const listed = await stripe.paymentIntents.list({ customer: card.customer, created: { gte: since } })
  expect(listed.data.map(({ id }) => id)).toEqual(ids.slice(0, 3))
  const first = await stripe.paymentIntents.list({ customer: card.customer, limit: 2 })
  expect(first).toMatchObject({ has_more: true, url: '/v1/payment_intents' })
  const all: string[] = []
  for await (const payment of stripe.paymentIntents.list({ customer: card.customer, limit: 2 })) all.push(payment.id)
  expect(all).toEqual(ids)
  const before = await stripe.paymentIntents.list({ customer: card.customer, ending_before: ids[3] ?? '', limit: 2 })
  expect(before.data.map(({ id }) => id)).toEqual(ids.slice(1, 3))
  expect((await stripe.paymentIntents.list({ limit: 100 })).data.length).toBeGreaterThan(9)
  expect(await errorOf(stripe.paymentIntents.list({ limit: 101 }))).toMatchObject({ param: 'limit' })
  expect(await errorOf(stripe.paymentIntents.list({ starting_after: 'pi_none' }))).toMatchObject({ param: 'starting_after' })
  simulator.knobs({ clock_ahead_ms: 0 })
})
