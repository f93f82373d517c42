import { describe, expect, test } from 'vitest'
import {
  clientOf,
  errorOf,
  newCustomer,
  newSavedCard,
  newSession,
  sendCard,
  useSimulator,
} from '../../test/setup/simulator-client.ts'

const world = useSimulator()

describe('the key', () => {
  test('must be there, and a test key', async () => {
    const none = await fetch(`${world.simulator.url}/v1/account`)
    expect(none.status).toBe(401)
    expect(await none.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    const live = await fetch(`${world.simulator.url}/v1/account`, { headers: { Authorization: 'Bearer sk_live_1' } })
    expect(live.status).toBe(401)
    expect(JSON.stringify(await live.json())).toContain('test keys only')
  })

  test('names one account, always the same', async () => {
    const first = await world.stripe.accounts.retrieveCurrent()
    expect(first.id).toMatch(/^acct_/)
    expect((await clientOf(world.simulator).accounts.retrieveCurrent()).id).toBe(first.id)
  })
})

describe('customers', () => {
  test('are made, read and changed; metadata merges', async () => {
    const made = await newCustomer(world.stripe)
    expect(made).toMatchObject({
      object: 'customer',
      livemode: false,
      email: 'ada@example.com',
      metadata: { afterfund_backer: 'b1' },
    })
    await world.stripe.customers.update(made.id, { email: 'new@example.com', metadata: { more: 'x', afterfund_backer: '' } })
    expect(await world.stripe.customers.retrieve(made.id)).toMatchObject({
      email: 'new@example.com',
      name: 'Ada',
      metadata: { more: 'x' },
    })
  })

  test('that are not there are 404 in the address, and unknown parameters 400', async () => {
    expect(await errorOf(world.stripe.customers.retrieve('cus_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
    expect(await errorOf(world.stripe.customers.create({ phone: '1' }))).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'phone',
      type: 'StripeInvalidRequestError',
    })
  })
})

describe('a card session', () => {
  test('is complete once the page was sent, and only then', async () => {
    const { stripe } = world
    const customer = await newCustomer(stripe)
    const session = await newSession(stripe, customer.id)
    expect(session).toMatchObject({ status: 'open', mode: 'setup', currency: 'eur', customer: customer.id, metadata: {} })
    expect(session.url).toBe(`${world.simulator.url}/checkout/${session.id}`)
    const sent = await sendCard(String(session.url), { test_card: 'mastercard', name: 'Ada L.' })
    expect(sent.status).toBe(303)
    expect(sent.headers.get('location')).toBe(`http://127.0.0.1:9/done?session=${session.id}`)
    const read = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent', 'setup_intent.payment_method'] })
    expect(read).toMatchObject({
      status: 'complete',
      url: null,
      setup_intent: {
        status: 'succeeded',
        metadata: { afterfund_backer: 'b1' },
        payment_method: {
          customer: customer.id,
          billing_details: { name: 'Ada L.' },
          card: { brand: 'mastercard', last4: '4444', exp_month: 12, exp_year: 2034, country: 'US' },
        },
      },
    })
    const setup = await stripe.setupIntents.retrieve(
      read.setup_intent && typeof read.setup_intent !== 'string' ? read.setup_intent.id : '',
    )
    expect(setup.status).toBe('succeeded')
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1)
    expect((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data).toHaveLength(1)
  })

  test('expires by hand and by time; its page says so, and saves nothing', async () => {
    const { stripe, simulator } = world
    const customer = await newCustomer(stripe)
    const session = await newSession(stripe, customer.id)
    const expired = await stripe.checkout.sessions.expire(session.id)
    expect(expired).toMatchObject({ status: 'expired', url: null })
    expect(await errorOf(stripe.checkout.sessions.expire(session.id))).toMatchObject({ statusCode: 400 })
    const late = await sendCard(String(session.url), { test_card: 'visa' })
    expect(await late.text()).toContain('This page has expired')
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([])

    const second = await newSession(stripe, customer.id)
    simulator.knobs({ clock_ahead_ms: 24 * 60 * 60 * 1000 + 1000 })
    expect((await stripe.checkout.sessions.retrieve(second.id)).status).toBe('expired')
    simulator.knobs({ clock_ahead_ms: 0 })
  })

  test('wants a known customer, the mode setup, web addresses, and names only of this version', async () => {
    const { stripe } = world
    expect(await errorOf(newSession(stripe, 'cus_none'))).toMatchObject({ statusCode: 400, param: 'customer' })
    const { sessions } = stripe.checkout
    const customer = (await newCustomer(stripe)).id
    const base = { mode: 'setup', currency: 'eur', customer, success_url: 'http://a.example' } as const
    expect(await errorOf(sessions.create({ ...base, mode: 'payment' }))).toMatchObject({ statusCode: 400, param: 'mode' })
    expect(await errorOf(sessions.create({ ...base, success_url: 'javascript:alert(1)' }))).toMatchObject({
      param: 'success_url',
    })
    expect(await errorOf(sessions.create({ ...base, payment_method_types: ['card'] } as never))).toMatchObject({
      code: 'parameter_unknown',
      param: 'payment_method_types',
    })
    expect(await errorOf(sessions.create({ ...base, setup_intent_data: { on_behalf_of: 'x' } }))).toMatchObject({
      param: 'setup_intent_data[on_behalf_of]',
    })
    expect(await errorOf(sessions.create({ mode: 'setup', customer, success_url: 'http://a.example' }))).toMatchObject({
      code: 'parameter_missing',
      param: 'currency',
    })
  })
})

describe('test payment methods', () => {
  test('are attached as a card of their own, detached for good', async () => {
    const { stripe } = world
    const { customer, payment_method } = await newSavedCard(stripe, 'pm_card_visa')
    expect(payment_method).not.toBe('pm_card_visa')
    expect((await stripe.paymentMethods.detach(payment_method)).customer).toBeNull()
    expect(await errorOf(stripe.paymentMethods.attach(payment_method, { customer }))).toMatchObject({ statusCode: 400 })
    expect(await errorOf(stripe.paymentMethods.detach(payment_method))).toMatchObject({ statusCode: 400 })
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
  })

  test('that plainly decline are refused', async () => {
    expect(await errorOf(newSavedCard(world.stripe, 'pm_card_chargeDeclinedExpiredCard'))).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'expired_card',
      decline_code: 'expired_card',
    })
  })
})
