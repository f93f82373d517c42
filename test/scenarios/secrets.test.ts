import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, connect } from '../../src/db/client.server.ts'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { hashPassword } from '../../src/lib/password.ts'
import { makeSurveyBacker, makeSurveyCampaign, type SurveyCampaign } from '../factories/survey-campaign.ts'
import { cloneDatabase } from '../setup/database.ts'
import { type Program, startProgram } from '../setup/program.ts'

/*
 * Promise 9, and what else a stranger could learn: the built program behind TLS, as its proxy reaches it. Links are opened, cards typed,
 * keys and passwords used, right and wrong ones, and the database is broken under a request; then everything that was logged is read.
 */

const origin = 'https://pledges.example.com'
const email = 'ilse@lanternfish.example'
const password = 'a boat on the tide'
const mailPassword = 'stamps-and-envelopes'
const evil = '"><script>alert(1)</script>'
let program: Program
let campaign: SurveyCampaign
let backer: { id: string; name: string; email: string }
let key: string
let link: string
let breakTable: (table: string) => Promise<void>
const stops: (() => Promise<unknown>)[] = []
/** What must never be logged. */
const secrets: string[] = [password, mailPassword]

beforeAll(async () => {
  const database = await cloneDatabase()
  stops.push(database.drop)
  const client: Client = connect(database.url, { max: 4 })
  stops.push(() => client.end())
  const parts: TxParts = { db: client.db, clock: { now: () => new Date() }, enqueue: async () => undefined }
  const owner = await inTransaction(parts, async (tx) => {
    const { account_id } = await createOwner(tx, { name: 'Ilse', email, password_hash: await hashPassword(password) })
    return { account_id, ...(await createApiKey(tx, { account_id, name: 'test' })) }
  })
  key = owner.key
  campaign = await makeSurveyCampaign(parts, owner.account_id)
  backer = await makeSurveyBacker(parts, campaign, { name: evil, email: 'mei-ling@example.com' })
  const admin = new pg.Client({ connectionString: database.ownerUrl })
  breakTable = async (table) => {
    await admin.connect()
    await admin.query(`alter table ${table} rename to ${table}_gone`)
    await admin.end()
  }
  const env = {
    DATABASE_URL: database.url,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    PUBLIC_URL: origin,
    AFTERFUND_TEST: '',
    // Nobody listens there: what is said of it must not hold its password.
    SMTP_URL: `smtp://mailer:${mailPassword}@127.0.0.1:1`,
    NODE_ENV: 'production',
  }
  program = await startProgram({ args: ['--no-demo'], env })
  stops.push(program.stop)
})
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

/** As the proxy hands a request on. */
async function ask(path: string, init: Init = {}) {
  const port = new URL(program.url).port
  const headers = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https', ...init.headers }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init, headers })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const api = (path: string, bearer = key) => ask(`/api/v1${path}`, { headers: { authorization: `Bearer ${bearer}` } })
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin, ...headers } })
const sent = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

describe('a secret link', () => {
  test('opens with a cookie tied to this host, is kept by nobody, and HEAD says the same', async () => {
    const read = await api(`/campaigns/${campaign.id}/backers/${backer.id}`)
    link = new URL((JSON.parse(read.text) as { link: string }).link).pathname
    secrets.push(link.split('/').at(-1) ?? '')
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await ask(link, { method })
      expect([status, headers.get('location')]).toEqual([303, `/b/${campaign.id}/${backer.id}`])
      expect(headers.get('set-cookie')).toMatch(
        /^__Host-afterfund_pledge_[\w-]+=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
      )
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-robots-tag')).toContain('noindex')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/)
    }
  })

  test('shows the pledge without its secret in it, and without a script', async () => {
    const { headers } = await ask(link)
    const cookie = sent(headers)
    secrets.push(cookie.split('=')[1] ?? '')
    const page = await ask(`/b/${campaign.id}/${backer.id}/start`, { headers: { cookie } })
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.text).not.toContain(link)
    expect(page.text).not.toContain('<script')
  })

  test('a form that another site sent does nothing', async () => {
    const cookie = sent((await ask(link)).headers)
    const path = `/b/${campaign.id}/${backer.id}/start`
    const fields = { backer: backer.id, country: 'PT' }
    expect((await post(path, fields, { cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(path, fields, { cookie, origin: 'http://pledges.example.com' })).status).toBe(403)
    expect((await post(path, fields, { cookie })).status).toBe(303)
  })

  test('a zero byte in a form is no fault of ours', async () => {
    const cookie = sent((await ask(link)).headers)
    const fields = {
      backer: backer.id,
      [`answers.${campaign.questions.credits}`]: 'Mei\u0000Ling',
      [`answers.${campaign.questions.colour}`]: 'Red',
      [`options.${campaign.game_place}`]: campaign.skus.english,
    }
    expect((await post(`/b/${campaign.id}/${backer.id}/questions`, fields, { cookie })).status).toBe(303)
    expect((await ask(`/b/${campaign.id}/${backer.id}?done=%00`, { headers: { cookie } })).status).toBe(400)
  })
})

describe('a card', () => {
  const good = '4242 4242 4242 4242'
  const refused = '4000000000000002'
  const no_test_card = '4111 1111 1111 1111'

  test('is typed on a page that keeps its number: not on ours, in no log, in no address', async () => {
    secrets.push(...[good, refused, no_test_card].flatMap((number) => [number, number.replaceAll(' ', '')]))
    const cookie = sent((await ask(link)).headers)
    const fields = { backer: backer.id, purpose: 'survey' }
    const led = await post(`/b/${campaign.id}/${backer.id}/card`, fields, { cookie })
    const page = new URL(led.headers.get('location') ?? '')
    expect([led.status, page.origin]).toEqual([303, origin])
    expect(page.pathname).toMatch(/^\/gateway\/checkout\/cs_test_\w+$/)
    const enter = (number: string) => post(page.pathname, { number, expiry: '12/34', cvc: '987', name: evil, test_card: '' })
    for (const number of [no_test_card, refused]) {
      const { status, text } = await enter(number)
      expect(status).toBe(422)
      expect(text).not.toContain('<script>alert')
      expect(text).not.toContain(number)
    }
    const back = new URL((await enter(good)).headers.get('location') ?? '')
    const returned = await ask(`${back.pathname}${back.search}`, { headers: { cookie } })
    expect([returned.status, returned.headers.get('location')?.endsWith('?card=saved')]).toEqual([303, true])
    const read = await api(`/campaigns/${campaign.id}/backers/${backer.id}/payment-method`)
    expect(JSON.parse(read.text)).toMatchObject({ payment_method: { brand: 'visa', last4: '4242' } })
    // Who has the address of the page, but not the cookie, learns nothing of the pledge.
    expect((await ask(page.pathname)).text).not.toContain(backer.email)
    expect((await ask(`${back.pathname}${back.search}`)).headers.get('location') ?? '').not.toContain('saved')
  })
})

describe('signing in', () => {
  test('gives a cookie that no script reads and no other site sends; a wrong password and a stranger’s form give none', async () => {
    const login = { email, password }
    const right = await post('/sign-in', login)
    const [cookie = ''] = right.headers.getSetCookie()
    expect(cookie).toMatch(/^__Secure-afterfund\.session_token=/)
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(flag)
    secrets.push(sent(right.headers).split('=')[1] ?? '')
    secrets.push('wrong and quite secret')
    expect((await post('/sign-in', { ...login, password: 'wrong and quite secret' })).headers.getSetCookie()).toEqual([])
    expect((await post('/sign-in', login, { origin: 'https://evil.example' })).status).toBe(403)
    const out = await post('/sign-out', {}, { cookie: sent(right.headers), origin: 'https://evil.example' })
    expect(out.status).toBe(403)
    const desk = await ask(`/campaigns/${campaign.id}/backers/${backer.id}`, { headers: { cookie: sent(right.headers) } })
    expect([desk.status, desk.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(desk.text).not.toContain('<script>alert')
    // Behind the session, a page of another site cannot use the API either.
    const foreign = await ask('/api/v1/api-keys', {
      method: 'POST',
      body: '{"name":"eve"}',
      headers: { cookie: sent(right.headers), origin: 'https://evil.example', 'content-type': 'application/json' },
    })
    expect(foreign.status).toBe(401)
  })

  test('a stranger who guesses until nothing is checked any more locks out nobody who comes from elsewhere', async () => {
    const guess = (from: string) => post('/sign-in', { email, password: 'guess' }, { 'x-forwarded-for': from })
    for (let i = 0; i < 5; i++) expect((await guess('198.51.100.1')).status).toBe(422)
    expect((await guess('198.51.100.1')).status).toBe(429)
    expect((await guess('203.0.113.77, 198.51.100.1')).status).toBe(429)
    expect((await post('/sign-in', { email, password }, { 'x-forwarded-for': '203.0.113.6' })).status).toBe(303)
  })
})

describe('what broke', () => {
  test('says nothing of itself to anybody, and nothing secret to the log', async () => {
    const wrong = 'af_wrong-wrong-wrong-wrong-wrong-wrong'
    secrets.push(key, wrong, backer.email, email)
    expect((await api('/campaigns', wrong)).status).toBe(401)
    expect((await post(`/c/${campaign.id}/link`, { email: backer.email })).status).toBe(200)
    await breakTable('backers')
    const answers = [
      await ask(link),
      await ask(link.replace('/b/', '/B/')),
      await ask(`${link}.data`),
      await post(`/c/${campaign.id}/link`, { email: backer.email }),
      await api(`/campaigns/${campaign.id}/backers?q=${encodeURIComponent(backer.email)}`),
    ]
    for (const { status, text } of answers) {
      expect(status).toBe(500)
      expect(text).not.toMatch(/relation|backers_gone|select |node_modules|\.ts:\d/)
    }
    const logged = program.output()
    expect(logged.match(/"level":"error"/g)?.length).toBeGreaterThanOrEqual(4)
    expect(logged).not.toMatch(/sk_test_|sk_live_/)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10)
      expect(logged).not.toContain(secret)
    }
  })
})
