import { expect, test } from 'vitest'
import { intentOf as intent, useOddGateway } from '../../../test/setup/odd-gateway.ts'

const odd = useOddGateway()
const { open, says } = odd

test('the port is asked for at each call', async () => {
  says(200, { object: 'account', id: 'acct_1' })
  let asked = 0
  const find_port = async () => {
    asked++
    return odd.port
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
  odd.answer = (response) => response.destroy()
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
  expect(Object.fromEntries(odd.seen[0]?.body ?? [])).toEqual(sent)
  expect(odd.seen[0]?.headers['idempotency-key']).toBe('card:1')
})

test('a stand-in of an earlier version is asked for cards by the earlier name', async () => {
  odd.answer = (response, { body }) => {
    const isOld = body.has('payment_method_types[0]')
    const session = { object: 'checkout.session', id: 'cs_1', url: 'http://localhost/c/1', expires_at: 1_800_000_000 }
    const refusal = { error: { type: 'invalid_request_error', code: 'parameter_unknown', param: 'allowed_payment_method_types' } }
    response.writeHead(isOld ? 200 : 400).end(JSON.stringify(isOld ? session : refusal))
  }
  const urls = { success_url: 'http://localhost/a', cancel_url: 'http://localhost/b' }
  const input = { campaign_id: 'c', backer_id: 'b', customer: 'cus_1', currency: 'EUR', ...urls, key: 'card:1' }
  expect(await open().openCardSession(input)).toMatchObject({ ok: true, value: { gateway_id: 'cs_1' } })
  expect(odd.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['card:1', 'card:1:types'])
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
  expect(odd.seen[0]?.url).toBe('/v1/checkout/sessions/cs_1?expand[0]=setup_intent.payment_method')
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
  odd.answer = (response, { url }) => {
    const isSecond = url.includes('starting_after=pi_5')
    const page = { object: 'list', url: '/v1/payment_intents', has_more: !isSecond, data: pages[isSecond ? 1 : 0] }
    response.writeHead(200).end(JSON.stringify(page))
  }
  const listed = await open().listPayments('cus_1', new Date(1_700_000_000_900))
  expect(odd.seen[0]?.url).toBe(
    '/v1/payment_intents?customer=cus_1&created[gte]=1700000000&limit=100&expand[0]=data.payment_method',
  )
  if (!listed.ok) throw new Error(listed.failure.code)
  expect(listed.value.map(({ id, state }) => [id, state])).toEqual([
    ['pi_6', 'succeeded'],
    ['pi_5', 'processing'],
    ['pi_4', 'declined'],
    ['pi_3', 'unfinished'],
    ['pi_2', 'canceled'],
    ['pi_1', 'asks'],
  ])
  expect(listed.value[0]).toEqual({
    id: 'pi_6',
    state: 'succeeded',
    customer: null,
    card: null,
    ask_url: null,
    amount: 4250,
    currency: 'EUR',
    decline: null,
    metadata: { afterfund_attempt: 'a' },
    created_at: new Date(1_800_000_000_000),
  })
  expect(listed.value[2]?.decline).toEqual({ code: 'lost_card', advice: 'do_not_try_again' })
})
