import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { intentOf as intent, useOddGateway } from '../../../test/setup/odd-gateway.ts'
import type { ChargeRequest } from '../../domain/payments/gateway.ts'

const odd = useOddGateway()
const { open, says } = odd
const request: ChargeRequest = {
  amount: 4250,
  currency: 'EUR',
  customer: 'cus_1',
  payment_method: 'pm_1',
  description: 'Order 17',
  metadata: { afterfund_campaign: 'c', afterfund_order: 'o', afterfund_attempt: 'a' },
}
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
    expect(odd.seen).toHaveLength(1)
    expect(odd.seen[0]).toMatchObject({ method: 'POST', url: '/v1/payment_intents' })
    expect(odd.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer sk_test_1',
      'idempotency-key': 'order:o:charge:1',
      'stripe-account': 'acct_9',
      'stripe-version': '2026-10-28.endive',
    })
    expect(Object.keys(odd.seen[0]?.headers ?? {})).not.toContain('x-stripe-client-telemetry')
    expect(Object.fromEntries(odd.seen[0]?.body ?? [])).toEqual({
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
      const refuses_now = status === 400 || status === 404 ? { refuses_now: true } : {}
      expect(await charge(true)).toEqual(unknown('resource_missing', refuses_now))
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
    ['processing', 200, intent({ status: 'processing' }), {}, unknown('payment_processing')],
    ['the bank asks', 200, intent({ status: 'requires_action' }), {}, unknown('payment_requires_action')],
    ['a status of tomorrow', 200, intent({ status: 'requires_patience' }), {}, unknown('payment_requires_patience')],
  ]
  test.each(unclear)('is unknown: %s', async (_name, status, body, headers, expected) => {
    says(status, body, headers)
    expect(await charge()).toEqual(expected)
    expect(odd.seen).toHaveLength(1)
  })

  test('cut before or within the answer is unknown, and not sent again by the client', async () => {
    odd.answer = (response) => response.destroy()
    expect(await charge()).toEqual(unknown('connection_lost'))
    odd.answer = (response) => {
      response.writeHead(200, { 'Content-Length': '500' }).write('{"object":')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await charge()).toEqual(unknown('connection_lost'))
    expect(odd.seen).toHaveLength(2)
  })

  test('without an end is unknown after the limit, also when bytes keep coming', async () => {
    odd.answer = () => undefined
    expect(await charge()).toEqual(unknown('timeout'))
    odd.answer = (response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 50)
      response.once('close', () => clearInterval(drip))
    }
    const started = Date.now()
    expect(await charge()).toEqual(unknown('timeout'))
    expect(Date.now() - started).toBeLessThan(odd.timeout_ms + 300)
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
