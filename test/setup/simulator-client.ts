import { Stripe } from 'stripe'
import { afterAll, beforeAll } from 'vitest'
import type { Simulator } from '../../src/simulator/types.ts'
import { startTestSimulator } from './simulator.ts'

/** The real client, pointed at a simulator. */
export function clientOf(simulator: { port: number }, config: Stripe.StripeConfig = {}): Stripe {
  return new Stripe('sk_test_simulator', {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: 5_000,
    ...config,
  })
}

export interface SimulatorWorld {
  simulator: Simulator
  stripe: Stripe
}

/** A simulator and a client of it for the tests of one file. */
export function useSimulator(config: Stripe.StripeConfig = {}): SimulatorWorld {
  const world = {} as SimulatorWorld
  beforeAll(async () => {
    world.simulator = await startTestSimulator()
    world.stripe = clientOf(world.simulator, config)
  })
  afterAll(() => world.simulator?.stop())
  return world
}

export function newCustomer(stripe: Stripe): Promise<Stripe.Customer> {
  return stripe.customers.create({ email: 'ada@example.com', name: 'Ada', metadata: { afterfund_backer: 'b1' } })
}

export function newSession(
  stripe: Stripe,
  customer: string,
  over: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Stripe.Response<Stripe.Checkout.Session>> {
  return stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'eur',
    customer,
    allowed_payment_method_types: ['card'],
    setup_intent_data: { metadata: { afterfund_backer: 'b1' } },
    success_url: 'http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:9/back',
    ...over,
  })
}

/** What a backer sends from the hosted page. */
export function sendCard(address: string, fields: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ expiry: '12/34', cvc: '123', name: '', number: '', test_card: '', ...fields })
  return fetch(address, { method: 'POST', body, redirect: 'manual' })
}

/** A customer with a saved test card. */
export async function newSavedCard(
  stripe: Stripe,
  token = 'pm_card_visa',
): Promise<{ customer: string; payment_method: string }> {
  const customer = await newCustomer(stripe)
  const card = await stripe.paymentMethods.attach(token, { customer: customer.id })
  return { customer: customer.id, payment_method: card.id }
}

/** The parameters of a charge as the product sends them. */
export function chargeOf(
  card: { customer: string; payment_method: string },
  over: Partial<Stripe.PaymentIntentCreateParams> = {},
): Stripe.PaymentIntentCreateParams {
  return {
    amount: 4250,
    currency: 'eur',
    ...card,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    off_session: true,
    confirm: true,
    description: 'Order 17',
    metadata: { afterfund_order: 'o1', afterfund_attempt: 'a1' },
    ...over,
  }
}

/** What a call of the client fails with. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return await call.then(
    () => {
      throw new Error('It succeeded.')
    },
    (error: Stripe.errors.StripeError) => error,
  )
}
