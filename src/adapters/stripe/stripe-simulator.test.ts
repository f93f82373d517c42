import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterCard, startTestSimulator } from '../../../test/setup/simulator.ts'
import type { Answered, CardSession, ChargeRequest, Gateway } from '../../domain/payments/gateway.ts'
import type { Simulator } from '../../simulator/types.ts'
import { createStripeGateway } from './stripe-gateway.ts'

/* The whole way of a card and its charges at the stand-in that the program itself starts. */
let simulator: Simulator
let gateway: Gateway
const whom = { campaign_id: 'camp', backer_id: 'back' }

beforeAll(async () => {
  simulator = await startTestSimulator()
  const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: simulator.port } as const
  gateway = createStripeGateway({ ...here, timeout_ms: 600, mode: 'test' })
})
afterAll(async () => {
  gateway.close()
  await simulator.stop()
})

function valueIn<T>(answered: Answered<T>): T {
  if (!answered.ok) throw new Error(`${answered.failure.kind} ${answered.failure.code}`)
  return answered.value
}

let made = 0
async function openSession(): Promise<{ customer: string; session: CardSession }> {
  made++
  const name = 'Mei-Ling Okonkwo'
  const customer = valueIn(await gateway.createCustomer({ ...whom, name, email: 'mei@example.com', key: `customer:${made}` }))
  const urls = { success_url: 'http://localhost:3000/b/camp/back/card/return', cancel_url: 'http://localhost:3000/b/camp/back' }
  const session = valueIn(await gateway.openCardSession({ ...whom, customer, currency: 'EUR', ...urls, key: `card:${made}` }))
  return { customer, session }
}

async function saveCard(form: Parameters<typeof enterCard>[1]): Promise<{ customer: string; payment_method: string }> {
  const { customer, session } = await openSession()
  expect(await enterCard(session.url, form)).toBe(`http://localhost:3000/b/camp/back/card/return?session=${session.gateway_id}`)
  const reading = valueIn(await gateway.readCardSession(session.gateway_id))
  if (reading.state !== 'complete') throw new Error(reading.state)
  return { customer, payment_method: reading.card.gateway_id }
}

function requestFor(card: { customer: string; payment_method: string }, attempt: string): ChargeRequest {
  const metadata = { afterfund_campaign: 'camp', afterfund_order: 'order', afterfund_attempt: attempt }
  return { amount: 4250, currency: 'EUR', ...card, description: 'Order 17', metadata }
}

test('a customer is the same for the same key', async () => {
  const input = { ...whom, name: 'Ada', email: 'ada@example.com', key: 'customer:ada' }
  const first = valueIn(await gateway.createCustomer(input))
  expect(valueIn(await gateway.createCustomer(input))).toBe(first)
  expect(valueIn(await gateway.account())).toMatch(/^acct_/)
})

test('a card is saved on the hosted page and believed only when read back', async () => {
  const { customer, session } = await openSession()
  expect(session.url).toBe(`${simulator.url}/checkout/${session.gateway_id}`)
  expect(valueIn(await gateway.readCardSession(session.gateway_id))).toEqual({ state: 'open' })
  await enterCard(session.url, { number: '4242 4242 4242 4242' })
  expect(valueIn(await gateway.readCardSession(session.gateway_id))).toMatchObject({
    state: 'complete',
    customer,
    metadata: { afterfund_campaign: 'camp', afterfund_backer: 'back' },
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
  })
  const second = await openSession()
  simulator.knobs({ clock_ahead_ms: 25 * 60 * 60_000 })
  expect(valueIn(await gateway.readCardSession(second.session.gateway_id))).toEqual({ state: 'expired' })
  simulator.knobs({ clock_ahead_ms: 0 })
})

test('a charge takes the money once, however often it is sent', async () => {
  const request = requestFor(await saveCard({ number: '4242424242424242' }), 'once')
  const paid = await gateway.charge(request, { key: 'order:once:charge:1', is_repeat: false })
  expect(paid).toMatchObject({ answer: 'succeeded', amount: 4250 })
  expect(await gateway.charge(request, { key: 'order:once:charge:1', is_repeat: true })).toEqual(paid)
  const other = { ...request, amount: 1 }
  expect(await gateway.charge(other, { key: 'order:once:charge:1', is_repeat: false })).toMatchObject({ answer: 'unknown' })
  expect(simulator.ledger().filter(({ customer }) => customer === request.customer)).toMatchObject([
    { amount: 4250, currency: 'eur', metadata: request.metadata, idempotency_key: 'order:once:charge:1' },
  ])
  expect(valueIn(await gateway.listPayments(request.customer, new Date(0)))).toMatchObject([
    { state: 'succeeded', amount: 4250, currency: 'EUR', metadata: request.metadata },
  ])
})

test('a card that is saved and fails when charged is declined, and listed so', async () => {
  const request = requestFor(await saveCard({ number: '4000000000000341' }), 'declined')
  const answer = await gateway.charge(request, { key: 'order:declined:charge:1', is_repeat: false })
  expect(answer).toMatchObject({ answer: 'declined', decline: { code: 'generic_decline' } })
  const listed = valueIn(await gateway.listPayments(request.customer, new Date(0)))
  expect(listed).toMatchObject([{ state: 'declined', decline: answer.answer === 'declined' ? answer.decline : null }])
})

test('whatever happens to the answer, the list tells what was taken', async () => {
  const card = await saveCard({ number: '4242424242424242' })
  const send = (attempt: string, is_repeat = false) =>
    gateway.charge(requestFor(card, attempt), { key: `order:${attempt}:charge:1`, is_repeat })
  const expected: [Parameters<Simulator['knobs']>[0]['next'], object][] = [
    [['cut_before'], { answer: 'unknown', code: 'connection_lost' }],
    [['cut_after'], { answer: 'unknown', code: 'connection_lost' }],
    [['hang_before'], { answer: 'unknown', code: 'timeout' }],
    [['hang_after'], { answer: 'unknown', code: 'timeout' }],
    [[429], { answer: 'unknown', slow_down: true }],
    [[409], { answer: 'unknown', slow_down: false }],
    [[500], { answer: 'unknown', dead_key: false }],
    [[401], { answer: 'refused', pauses: true }],
  ]
  for (const [next, answer] of expected) {
    simulator.knobs({ next: next ?? [] })
    expect(await send(`odd-${next}`)).toMatchObject(answer)
  }
  const taken = valueIn(await gateway.listPayments(card.customer, new Date(0)))
  expect(taken.map(({ metadata }) => metadata.afterfund_attempt)).toEqual(['odd-hang_after', 'odd-cut_after'])
  // The same key settles what can be settled; a 500 that is kept for its key never changes.
  expect(await send('odd-cut_before', true)).toMatchObject({ answer: 'succeeded' })
  expect(await send('odd-hang_after', true)).toMatchObject({ answer: 'succeeded' })
  expect(await send('odd-500', true)).toMatchObject({ answer: 'unknown', dead_key: true })
  expect(simulator.ledger().filter(({ customer }) => customer === card.customer)).toHaveLength(3)
})

test('without its process every call is an outage, and a charge unknown', async () => {
  const other = await startTestSimulator()
  const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: other.port } as const
  const gone = createStripeGateway({ ...here, timeout_ms: 600, mode: 'test' })
  valueIn(await gone.account())
  await other.stop()
  expect(await gone.account()).toMatchObject({ ok: false, failure: { kind: 'outage' } })
  const request = requestFor({ customer: 'cus_1', payment_method: 'pm_1' }, 'gone')
  expect(await gone.charge(request, { key: 'k', is_repeat: false })).toMatchObject({ answer: 'unknown' })
  gone.close()
})
