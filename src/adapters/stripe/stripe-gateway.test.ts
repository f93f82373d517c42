import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChargeRequest, Gateway } from '../../domain/payments/gateway.ts'
import { createStripeGateway } from './stripe-gateway.ts'

/*
 * A gateway that answers whatever a test tells it to, raw: what a simulator would never say is what the adapter must not misread.
 */
type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: URLSearchParams }
let seen: Seen[] = []
let answer: (response: ServerResponse, request: Seen) => void
let port = 0
const timeout_ms = 400
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const { method = '', url = '', headers } = request
    const told = { method, url, headers, body: new URLSearchParams(body) }
    seen.push(told)
    answer(response, told)
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  for (const gateway of gateways) gateway.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const gateways: Gateway[] = []
function open(over: Partial<Parameters<typeof createStripeGateway>[0]> = {}): Gateway {
  const settings = { key: 'sk_test_1', protocol: 'http', host: '127.0.0.1', port, timeout_ms, mode: 'test' } as const
  const gateway = createStripeGateway({ ...settings, ...over })
  gateways.push(gateway)
  return gateway
}

function says(status: number, body: unknown, headers: Record<string, string> = {}) {
  answer = (response) =>
    response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
}

const request: ChargeRequest = {
  amount: 4250,
  currency: 'EUR',
  customer: 'cus_1',
  payment_method: 'pm_1',
  description: 'Order 17',
  metadata: { afterfund_campaign: 'c', afterfund_order: 'o', afterfund_attempt: 'a' },
}
const intent = (over: object) => ({
  object: 'payment_intent',
  id: 'pi_1',
  amount: 4250,
  amount_received: 0,
  currency: 'eur',
  created: 1_800_000_000,
  metadata: {},
  ...over,
})
const charge = (is_repeat = false, gateway = open()) => gateway.charge(request, { key: 'order:o:charge:1', is_repeat })
const unknown = (code: string, over: object = {}) => ({ answer: 'unknown', code, dead_key: false, slow_down: false, ...over })
const failed = (error: object, over: object = {}) => ({ error: { type: 'card_error', code: 'card_declined', ...error, ...over } })

describe('a charge', () => {
  test('says whom, how much and which card, once, under our key', async () => {
    says(200, intent({ status: 'succeeded', amount_received: 4250 }))
    expect(await charge(false, open({ stripe_account: 'acct_9' }))).toEqual({
      answer: 'succeeded',
      payment: 'pi_1',
      amount: 4250,
    })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/payment_intents' })
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer sk_test_1',
      'idempotency-key': 'order:o:charge:1',
      'stripe-account': 'acct_9',
      'stripe-version': '2026-10-28.endive',
    })
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('x-stripe-client-telemetry')
    expect(Object.fromEntries(seen[0]?.body ?? [])).toEqual({
      amount: '4250',
      currency: 'eur',
      customer: 'cus_1',
      payment_method: 'pm_1',
      off_session: 'true',
      confirm: 'true',
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      description: 'Order 17',
      'metadata[afterfund_campaign]': 'c',
      'metadata[afterfund_order]': 'o',
      'metadata[afterfund_attempt]': 'a',
    })
  })

  test('is declined only by 402 with a payment that waits for another card, also when it is said again', async () => {
    const waiting = intent({ status: 'requires_payment_method' })
    says(402, failed({ decline_code: 'insufficient_funds', advice_code: 'try_again_later', payment_intent: waiting }))
    const declined = { answer: 'declined', payment: 'pi_1', decline: { code: 'insufficient_funds', advice: 'try_again_later' } }
    expect(await charge()).toEqual(declined)
    expect(await charge(true)).toEqual(declined)
    says(402, failed({ code: 'expired_card', payment_intent: waiting }))
    expect(await charge()).toMatchObject({ answer: 'declined', decline: { code: 'expired_card', advice: null } })
    says(402, failed({}))
    expect(await charge()).toEqual(unknown('card_declined'))
    for (const status of ['succeeded', 'processing', 'requires_action']) {
      says(402, failed({ payment_intent: intent({ status }) }))
      expect(await charge()).toEqual(unknown(`payment_${status}`))
    }
  })

  test.each([400, 401, 403, 404])(
    'is refused by %i to its first sending, and unknown when it was sent before',
    async (status) => {
      says(status, { error: { type: 'invalid_request_error', code: 'resource_missing' } })
      expect(await charge()).toEqual({ answer: 'refused', code: 'resource_missing', pauses: status === 401 || status === 403 })
      expect(await charge(true)).toEqual(unknown('resource_missing'))
    },
  )

  test('a refusal without a code is named by its status', async () => {
    says(401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_1' } })
    expect(await charge()).toEqual({ answer: 'refused', code: 'http_401', pauses: true })
  })

  test('a key that was used for something else tells nothing of this charge', async () => {
    says(400, { error: { type: 'idempotency_error' } })
    expect(await charge()).toEqual(unknown('idempotency_error'))
  })

  const unclear: [string, number, unknown, Record<string, string>, object][] = [
    ['409', 409, { error: { type: 'invalid_request_error', code: 'lock_timeout' } }, {}, unknown('lock_timeout')],
    [
      '409, told to try again',
      409,
      { error: { type: 'idempotency_error' } },
      { 'Stripe-Should-Retry': 'true' },
      unknown('idempotency_error'),
    ],
    [
      '429',
      429,
      { error: { type: 'invalid_request_error', code: 'rate_limit' } },
      {},
      unknown('rate_limit', { slow_down: true }),
    ],
    ['500', 500, { error: { type: 'api_error' } }, {}, unknown('http_500')],
    [
      '500, kept for the key',
      500,
      { error: { type: 'api_error' } },
      { 'Idempotent-Replayed': 'true' },
      unknown('http_500', { dead_key: true }),
    ],
    [
      '400, replayed',
      400,
      { error: { type: 'idempotency_error' } },
      { 'Idempotent-Replayed': 'true' },
      unknown('idempotency_error'),
    ],
    ['418', 418, { error: { type: 'api_error' } }, {}, unknown('http_418')],
    ['a page of a proxy', 502, '<html>Bad gateway</html>', {}, unknown('broken_answer')],
    ['a page of a proxy that says not found', 404, '<html>Not found</html>', {}, unknown('broken_answer')],
    ['half of JSON', 200, '{"object":"payment_intent","status":"succ', {}, unknown('broken_answer')],
    ['nothing', 200, '', {}, unknown('broken_answer')],
    ['null', 200, 'null', {}, unknown('broken_answer')],
    ['something else', 200, { object: 'customer', id: 'cus_1', status: 'succeeded' }, {}, unknown('broken_answer')],
    [
      'a success with the status of a failure',
      500,
      intent({ status: 'succeeded', amount_received: 4250 }),
      {},
      unknown('broken_answer'),
    ],
    [
      'a success without an amount',
      200,
      { ...intent({ status: 'succeeded' }), amount_received: null },
      {},
      unknown('payment_succeeded'),
    ],
    ['processing', 200, intent({ status: 'processing' }), {}, unknown('payment_processing')],
    ['the bank asks', 200, intent({ status: 'requires_action' }), {}, unknown('payment_requires_action')],
    ['a status of tomorrow', 200, intent({ status: 'requires_patience' }), {}, unknown('payment_requires_patience')],
  ]
  test.each(unclear)('is unknown: %s', async (_name, status, body, headers, expected) => {
    says(status, body, headers)
    expect(await charge()).toEqual(expected)
    expect(seen).toHaveLength(1)
  })

  test('cut before or within the answer is unknown, and not sent again by the client', async () => {
    answer = (response) => response.destroy()
    expect(await charge()).toEqual(unknown('connection_lost'))
    answer = (response) => {
      response.writeHead(200, { 'Content-Length': '500' }).write('{"object":')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await charge()).toEqual(unknown('connection_lost'))
    expect(seen).toHaveLength(2)
  })

  test('without an end is unknown after the limit, also when bytes keep coming', async () => {
    answer = () => undefined
    expect(await charge()).toEqual(unknown('timeout'))
    answer = (response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 50)
      response.once('close', () => clearInterval(drip))
    }
    const started = Date.now()
    expect(await charge()).toEqual(unknown('timeout'))
    expect(Date.now() - started).toBeLessThan(timeout_ms + 300)
  })

  test('to nobody is unknown', async () => {
    const closed = createSocketServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port: dead } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect(await charge(false, open({ port: dead }))).toEqual(unknown('unreachable'))
    const find_port = () => Promise.reject(new Error('it does not start'))
    expect(await charge(false, open({ find_port }))).toEqual(unknown('unreachable'))
  })
})

test('the port is asked for at each call', async () => {
  says(200, { object: 'account', id: 'acct_1' })
  let asked = 0
  const find_port = async () => {
    asked++
    return port
  }
  const gateway = open({ port: 1, find_port })
  expect(await gateway.account()).toEqual({ ok: true, value: 'acct_1' })
  expect(await gateway.account()).toEqual({ ok: true, value: 'acct_1' })
  expect(asked).toBe(2)
})

test('calls that move no money say whether the gateway said no or nobody knows', async () => {
  says(401, { error: { type: 'invalid_request_error', code: 'api_key_expired' } })
  expect(await open().account()).toEqual({ ok: false, failure: { kind: 'refused', code: 'api_key_expired', pauses: true } })
  says(404, { error: { type: 'invalid_request_error', code: 'resource_missing' } })
  const missing = { kind: 'refused', code: 'resource_missing', pauses: false }
  expect(await open().readCardSession('cs_gone')).toEqual({ ok: false, failure: missing })
  says(429, { error: { type: 'invalid_request_error', code: 'rate_limit' } })
  expect(await open().listPayments('cus_1', new Date())).toEqual({ ok: false, failure: { kind: 'outage', code: 'rate_limit' } })
  says(200, {})
  expect(await open().account()).toEqual({ ok: false, failure: { kind: 'outage', code: 'broken_answer' } })
  answer = (response) => response.destroy()
  expect(await open().account()).toEqual({ ok: false, failure: { kind: 'outage', code: 'connection_lost' } })
})

test('the page for a card takes cards only, and knows the way back', async () => {
  says(200, { object: 'checkout.session', id: 'cs_test_1', url: 'https://checkout.stripe.com/c/1', expires_at: 1_800_000_000 })
  const input = {
    campaign_id: 'c',
    backer_id: 'b',
    customer: 'cus_1',
    currency: 'EUR',
    success_url: 'https://pledges.example.com/b/c/b/card?from=1',
    cancel_url: 'https://pledges.example.com/b/c/b',
    key: 'card:1',
  }
  expect(await open().openCardSession(input)).toEqual({
    ok: true,
    value: { gateway_id: 'cs_test_1', url: 'https://checkout.stripe.com/c/1', expires_at: new Date(1_800_000_000_000) },
  })
  const sent = {
    mode: 'setup',
    currency: 'eur',
    customer: 'cus_1',
    'allowed_payment_method_types[0]': 'card',
    'metadata[afterfund_campaign]': 'c',
    'metadata[afterfund_backer]': 'b',
    'setup_intent_data[metadata][afterfund_campaign]': 'c',
    'setup_intent_data[metadata][afterfund_backer]': 'b',
    success_url: 'https://pledges.example.com/b/c/b/card?from=1&session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://pledges.example.com/b/c/b',
  }
  expect(Object.fromEntries(seen[0]?.body ?? [])).toEqual(sent)
  expect(seen[0]?.headers['idempotency-key']).toBe('card:1')
})

test('a stand-in of an earlier version is asked for cards by the earlier name', async () => {
  answer = (response, { body }) => {
    const isOld = body.has('payment_method_types[0]')
    const session = { object: 'checkout.session', id: 'cs_1', url: 'http://localhost/c/1', expires_at: 1_800_000_000 }
    const refusal = { error: { type: 'invalid_request_error', code: 'parameter_unknown', param: 'allowed_payment_method_types' } }
    response.writeHead(isOld ? 200 : 400).end(JSON.stringify(isOld ? session : refusal))
  }
  const urls = { success_url: 'http://localhost/a', cancel_url: 'http://localhost/b' }
  const input = { campaign_id: 'c', backer_id: 'b', customer: 'cus_1', currency: 'EUR', ...urls, key: 'card:1' }
  expect(await open().openCardSession(input)).toMatchObject({ ok: true, value: { gateway_id: 'cs_1' } })
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['card:1', 'card:1:types'])
})

test('a card counts only when the session and its setup are both through', async () => {
  const card = { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2031, country: 'DE', fingerprint: 'f1' }
  const method = { object: 'payment_method', id: 'pm_1', type: 'card', card }
  const setup = {
    object: 'setup_intent',
    status: 'succeeded',
    customer: 'cus_1',
    metadata: { afterfund_backer: 'b' },
    payment_method: method,
  }
  const session = { object: 'checkout.session', id: 'cs_1', status: 'complete', customer: 'cus_1', setup_intent: setup }
  const read = async (over: object) => {
    says(200, { ...session, ...over })
    const answered = await open().readCardSession('cs_1')
    return answered.ok ? answered.value : answered.failure
  }
  expect(await read({})).toEqual({
    state: 'complete',
    customer: 'cus_1',
    metadata: { afterfund_backer: 'b' },
    card: { gateway_id: 'pm_1', ...card },
  })
  expect(seen[0]?.url).toBe('/v1/checkout/sessions/cs_1?expand[0]=setup_intent.payment_method')
  expect(await read({ status: 'expired' })).toEqual({ state: 'expired' })
  const open_ = { state: 'open' }
  expect(await read({ status: 'open' })).toEqual(open_)
  expect(await read({ setup_intent: 'seti_1' })).toEqual(open_)
  expect(await read({ setup_intent: null })).toEqual(open_)
  expect(await read({ setup_intent: { ...setup, status: 'requires_action' } })).toEqual(open_)
  expect(await read({ setup_intent: { ...setup, payment_method: { ...method, card: undefined } } })).toEqual(open_)
})

test('the payments of a customer are listed page by page', async () => {
  const error = { code: 'card_declined', decline_code: 'lost_card', advice_code: 'do_not_try_again' }
  const pages = [
    [
      intent({ id: 'pi_6', status: 'succeeded', amount_received: 4250, metadata: { afterfund_attempt: 'a' } }),
      intent({ id: 'pi_5', status: 'processing' }),
    ],
    [
      intent({ id: 'pi_4', status: 'requires_payment_method', last_payment_error: error }),
      intent({ id: 'pi_3', status: 'requires_payment_method', last_payment_error: null }),
      intent({ id: 'pi_2', status: 'canceled', last_payment_error: error }),
      intent({ id: 'pi_1', status: 'requires_action' }),
    ],
  ]
  answer = (response, { url }) => {
    const isSecond = url.includes('starting_after=pi_5')
    const page = { object: 'list', url: '/v1/payment_intents', has_more: !isSecond, data: pages[isSecond ? 1 : 0] }
    response.writeHead(200).end(JSON.stringify(page))
  }
  const listed = await open().listPayments('cus_1', new Date(1_700_000_000_900))
  expect(seen[0]?.url).toBe('/v1/payment_intents?customer=cus_1&created[gte]=1700000000&limit=100')
  if (!listed.ok) throw new Error(listed.failure.code)
  expect(listed.value.map(({ id, state }) => [id, state])).toEqual([
    ['pi_6', 'succeeded'],
    ['pi_5', 'processing'],
    ['pi_4', 'declined'],
    ['pi_3', 'unfinished'],
    ['pi_2', 'canceled'],
    ['pi_1', 'unfinished'],
  ])
  expect(listed.value[0]).toEqual({
    id: 'pi_6',
    state: 'succeeded',
    amount: 4250,
    currency: 'EUR',
    decline: null,
    metadata: { afterfund_attempt: 'a' },
    created_at: new Date(1_800_000_000_000),
  })
  expect(listed.value[2]?.decline).toEqual({ code: 'lost_card', advice: 'do_not_try_again' })
})
