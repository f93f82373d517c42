import { describe, expect, test } from 'vitest'
import { type SeenRequest, useOddGateway } from '../../../test/setup/odd-gateway.ts'
import { RIGHTS_NEEDED } from '../../lib/right-text.ts'

const odd = useOddGateway()
const restricted = { key: 'rk_test_1' }

const sentenceOf = (right: string) =>
  `The provided key 'rk_test_*********gKd' does not have the required permissions for this endpoint on account 'acct_1Own'. Having the '${right}' permission would allow this request to continue.`

/** Answers as Stripe does: the key's rights first, then whether the thing is there. */
function allowOnly(isAllowed: (request: SeenRequest) => boolean, right = 'rak_charge_write') {
  odd.answer = (response, request) => {
    const [status, error] = isAllowed(request)
      ? [404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such thing' }]
      : [403, { type: 'invalid_request_error', message: sentenceOf(right) }]
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }))
  }
}

describe('the rights of a restricted key', () => {
  test('are all asked for, about nobody, and none is missing where all are there', async () => {
    allowOnly(() => true)
    expect(await odd.open(restricted).missingRights()).toEqual({ ok: true, value: [] })
    const asked = odd.seen.map(
      ({ method, url }) => `${method} ${new URL(url, 'http://x').pathname.split('/').slice(2).join('/')}`,
    )
    expect(asked).toEqual([
      'POST customers/cus_afterfund_asks_for_its_rights',
      'POST payment_intents/pi_afterfund_asks_for_its_rights',
      'POST payment_methods/pm_afterfund_asks_for_its_rights/detach',
      'GET setup_intents/seti_afterfund_asks_for_its_rights',
      'POST checkout/sessions/cs_afterfund_asks_for_its_rights/expire',
      'POST refunds/re_afterfund_asks_for_its_rights',
      'GET disputes/dp_afterfund_asks_for_its_rights',
    ])
    // Reading the account is the question of its own that is always asked.
    expect(asked.length).toBe(RIGHTS_NEEDED.length - 1)
  })

  test('that are missing are named by what the gateway says', async () => {
    allowOnly(({ url }) => !url.includes('/refunds/'))
    expect(await odd.open(restricted).missingRights()).toEqual({ ok: true, value: ['charge_write'] })
  })

  test('that the gateway does not name are named by what was asked', async () => {
    odd.says(403, { error: { type: 'invalid_request_error', message: 'The key does not have the required permissions.' } })
    const { value } = (await odd.open(restricted).missingRights()) as { value: string[] }
    expect([...value, 'connected_account_read'].sort()).toEqual([...RIGHTS_NEEDED].sort())
  })

  test('are not known where the gateway is away, or refuses the key itself', async () => {
    odd.answer = (response) => response.destroy()
    expect(await odd.open(restricted).missingRights()).toMatchObject({ ok: false, failure: { kind: 'outage' } })
    odd.says(401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided: rk_test_*1' } })
    expect(await odd.open(restricted).missingRights()).toEqual({
      ok: false,
      failure: { kind: 'refused', code: 'http_401', pauses: true },
    })
  })

  test('of a secret key are all: nothing is asked', async () => {
    odd.says(500, {})
    expect(await odd.open().missingRights()).toEqual({ ok: true, value: [] })
    expect(odd.seen).toEqual([])
  })
})

describe('a charge or a question that meets a missing right', () => {
  const request = { amount: 100, currency: 'EUR', customer: 'cus_1', payment_method: 'pm_1', description: 'x' }
  const metadata = { afterfund_campaign: 'c', afterfund_order: 'o', afterfund_attempt: 'a' }

  test('is refused, pauses, and names the right, and never the key', async () => {
    odd.says(403, { error: { type: 'invalid_request_error', message: sentenceOf('rak_payment_intent_write') } })
    const answer = await odd.open(restricted).charge({ ...request, metadata }, { key: 'k', is_repeat: false })
    expect(answer).toEqual({ answer: 'refused', code: 'right_missing', pauses: true, right: 'payment_intent_write' })
    expect(await odd.open(restricted).listRefunds('pi_1')).toEqual({
      ok: false,
      failure: { kind: 'refused', code: 'right_missing', pauses: true, right: 'payment_intent_write' },
    })
  })

  test('is told from a 403 about something else', async () => {
    odd.says(403, { error: { type: 'invalid_request_error', message: 'Requests from this IP address are not allowed.' } })
    const answer = await odd.open(restricted).charge({ ...request, metadata }, { key: 'k', is_repeat: false })
    expect(answer).toEqual({ answer: 'refused', code: 'http_403', pauses: true })
  })

  test('is unknown, and asked again, where it answers a repeat', async () => {
    odd.says(403, { error: { type: 'invalid_request_error', message: sentenceOf('rak_payment_intent_write') } })
    const answer = await odd.open(restricted).charge({ ...request, metadata }, { key: 'k', is_repeat: true })
    expect(answer).toMatchObject({ answer: 'unknown', code: 'right_missing' })
  })
})

describe('the account', () => {
  test('of a restricted key that may not read accounts stands in the refusal', async () => {
    odd.says(403, { error: { type: 'invalid_request_error', message: sentenceOf('rak_accounts_kyc_basic_read') } })
    expect(await odd.open(restricted).account()).toEqual({ ok: true, value: 'acct_1Own' })
  })

  test('of a connected account is asked in its name, and nothing else is taken for it', async () => {
    odd.says(200, { id: 'acct_2Shop', object: 'account' })
    expect(await odd.open({ stripe_account: 'acct_2Shop' }).account()).toEqual({ ok: true, value: 'acct_2Shop' })
    expect(odd.seen[0]?.headers['stripe-account']).toBe('acct_2Shop')
    odd.says(200, { id: 'acct_1Own', object: 'account' })
    expect((await odd.open({ stripe_account: 'acct_2Shop' }).account()).ok).toBe(false)
    odd.says(403, { error: { type: 'invalid_request_error', message: sentenceOf('rak_accounts_kyc_basic_read') } })
    expect(await odd.open({ ...restricted, stripe_account: 'acct_2Shop' }).account()).toMatchObject({
      ok: false,
      failure: { code: 'right_missing', right: 'accounts_kyc_basic_read' },
    })
  })

  test('of a connected account carries every charge', async () => {
    odd.says(200, {})
    await odd.open({ stripe_account: 'acct_2Shop' }).listPayments('cus_1', new Date(0))
    await odd
      .open({ stripe_account: 'acct_2Shop' })
      .refund({ payment: 'pi_1', amount: 1, metadata: {} }, { key: 'k', is_repeat: false })
    expect(odd.seen.map(({ headers }) => headers['stripe-account'])).toEqual(['acct_2Shop', 'acct_2Shop'])
  })
})
