import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useTestProgram } from '../../test/setup/deps.ts'
import { testFolder } from '../../test/setup/folder.ts'

const dataFolder = mkdtempSync(join(testFolder(), 'hosted-'))
afterAll(() => rmSync(dataFolder, { recursive: true, force: true }))

/** A program that has no key and starts its own simulator. */
const own = useTestProgram({ env: { STRIPE_HOST: '', STRIPE_PORT: '', DATA_DIR: dataFolder } })
/** A program that was told where its gateway is. */
const told = useTestProgram()

const ids = { campaign_id: 'camp', backer_id: 'back' }
let page = ''
let session = ''
beforeAll(async () => {
  const { gateway } = own.deps
  const customer = await gateway.createCustomer({ ...ids, name: 'Ada', email: 'ada@example.com', key: 'customer:1' })
  const urls = { success_url: 'http://localhost:3000/b/camp/back/card/return', cancel_url: 'http://localhost:3000/b/camp/back' }
  const opened = await gateway.openCardSession({
    ...ids,
    ...urls,
    customer: customer.ok ? customer.value : '',
    currency: 'EUR',
    key: 'c:1',
  })
  if (!opened.ok) throw new Error(opened.failure.code)
  session = opened.value.gateway_id
  page = new URL(opened.value.url).pathname
})

const ask = (path: string, init: RequestInit = {}, app = own.app) =>
  app.request(path, { ...init, headers: { host: 'localhost:3000', ...init.headers } })
const card = new URLSearchParams({ test_card: 'visa', number: '', expiry: '12/34', cvc: '123', name: '' }).toString()
const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' }
const post = (body: string, headers: Record<string, string> = {}) =>
  ask(page, { method: 'POST', body, headers: { ...form, 'content-length': String(body.length), ...headers } })

test('the page of our simulator is reached under our own address, with a policy of its own', async () => {
  expect(page).toBe(`/gateway/checkout/${session}`)
  const answer = await ask(page)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('Test: no money moves')
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(answer.headers.get('referrer-policy')).toBe('same-origin')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('nothing else of the simulator is', async () => {
  for (const path of [
    '/gateway',
    '/gateway/healthz',
    '/gateway/ledger',
    '/gateway/knobs',
    '/gateway/v1/account',
    '/gateway/checkout/',
    '/gateway/checkout/../ledger',
    '/gateway/checkout/%2e%2e/ledger',
    '/gateway/checkout/..%2fledger',
    '/gateway/checkout/a/b/c',
    '/gateway/checkout//ledger',
  ]) {
    expect([path, (await ask(path)).status]).toEqual([path, 404])
  }
  expect((await ask('/gateway/checkout/cs_test_none')).status).toBe(404)
})

describe('a form', () => {
  test('from another site, or larger than a card form, is refused', async () => {
    expect((await post(card, { origin: 'https://elsewhere.example.com' })).status).toBe(403)
    expect((await post('x'.repeat(17 * 1024))).status).toBe(413)
    expect(await own.deps.gateway.readCardSession(session)).toEqual({ ok: true, value: { state: 'open' } })
  })

  test('with a card that declines is shown again with the reason', async () => {
    const answer = await post(`${card}&number=4000000000000002`.replace('number=&', ''))
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('was not saved')
  })

  test('with a card that works leads back to where the backer came from', async () => {
    const answer = await post(card)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`http://localhost:3000/b/camp/back/card/return?session=${session}`)
    expect(await own.deps.gateway.readCardSession(session)).toMatchObject({
      value: { state: 'complete', card: { last4: '4242' } },
    })
  })
})

test('pages name the gateway as a place that a form may lead to', async () => {
  const targetsOf = async (app: typeof own.app) =>
    /form-action ([^;]+)/.exec((await app.request('/healthz')).headers.get('content-security-policy') ?? '')?.[1]
  expect(await targetsOf(own.app)).toBe("'self' http://localhost:3000")
  const { port } = told.simulator
  expect(await targetsOf(told.app)).toBe(`'self' http://127.0.0.1:${port} http://localhost:${port}`)
})

test('without a simulator of our own there is no card page here', async () => {
  expect((await ask('/gateway/checkout/cs_test_1', {}, told.app)).status).toBe(404)
})
