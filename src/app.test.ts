import { describe, expect, test } from 'vitest'
import { useTestProgram } from '../test/setup/deps.ts'
import { createApiKey, findAccountByKey } from './domain/accounts/api-keys.ts'
import { createFirstOwner, createOwner, isFirstRun, saveFirstRunCode } from './domain/accounts/create-owner.ts'
import { findAccountInUse } from './domain/payments/charging.ts'
import { inTransaction } from './domain/shared/tx.ts'
import { hashPassword } from './lib/password.ts'

const program = useTestProgram()
const owner = { name: 'Ada', email: 'Ada@Example.com' }

test('healthz answers 200 with what runs', async () => {
  const response = await program.app.request('/healthz')
  const gateway = { mode: 'test', account: await findAccountInUse(program.db) }
  expect(gateway.account).toMatch(/^acct_/)
  expect(await response.json()).toEqual({ status: 'ok', gateway, roles: ['web', 'worker'], problems: [], warnings: [] })
  expect(response.status).toBe(200)
})

test('every answer carries the security headers', async () => {
  const { headers } = await program.app.request('/healthz')
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self' 'nonce-[\w+/=]+'/)
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('plain http from another machine is answered with nothing but the way to TLS', async () => {
  const response = await program.app.request('http://192.168.0.7:3000/api/v1/campaigns', {
    headers: { host: '192.168.0.7:3000' },
  })
  expect(response.status).toBe(403)
  expect(await response.text()).toContain('Set up TLS first')
})

test('an unknown API path is a problem, not a page', async () => {
  const response = await program.app.request('/api/v1/nowhere', { headers: { host: 'localhost' } })
  expect(response.headers.get('content-type')).toContain('application/problem+json')
})

test('the first owner needs the code of the terminal, and it works once', async () => {
  const { deps } = program
  const password_hash = await hashPassword('a long password')
  await saveFirstRunCode(deps.db, 'ABCD-EFGH')
  const claim = (code: string) => inTransaction(deps, (tx) => createFirstOwner(tx, { ...owner, code, password_hash }))
  await expect(claim('ABCD-EFGX')).rejects.toMatchObject({ code: 'invalid' })
  expect(await isFirstRun(deps.db)).toBe(true)
  await claim('abcd efgh')
  expect(await isFirstRun(deps.db)).toBe(false)
  await expect(claim('ABCD-EFGH')).rejects.toMatchObject({ code: 'owner_exists' })
})

test('an owner signs in, and a new password ends the old sessions', async () => {
  const { deps } = program
  const signIn = (password: string) =>
    deps.auth.api.signInEmail({ body: { email: 'ada@example.com', password }, returnHeaders: true })
  const { headers } = await signIn('a long password')
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  const sessionOf = () => deps.auth.api.getSession({ headers: new Headers({ cookie }) })
  expect((await sessionOf())?.user.email).toBe('ada@example.com')
  await inTransaction(deps, async (tx) => createOwner(tx, { ...owner, password_hash: await hashPassword('another password') }))
  expect(await sessionOf()).toBeNull()
  await expect(signIn('a long password')).rejects.toMatchObject({ status: 'UNAUTHORIZED' })
  await signIn('another password')
})

test('better-auth’s own routes, whose limits trust a header that anybody can write, are not served', async () => {
  for (const route of ['sign-in/email', 'sign-up/email', 'update-user', 'change-password']) {
    const response = await program.app.request(`/auth/api/${route}`, {
      method: 'POST',
      headers: { host: 'localhost:3000', origin: 'http://localhost:3000', 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'another password', name: 'Eve' }),
    })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([404, null])
  }
})

describe('a post to a page', () => {
  const post = (path: string, headers: Record<string, string>) =>
    program.app.request(path, { method: 'POST', body: 'a=1', headers: { host: 'localhost:3000', ...headers } })

  test('from another site is refused before anything reads it', async () => {
    for (const path of ['/sign-out', '/sign-in', '/campaigns/new', '/b/c/b/review', '/c/c/link', '/campaigns/c/imports/new']) {
      const foreign: Record<string, string>[] = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://localhost:3001' },
        { 'sec-fetch-site': 'cross-site' },
      ]
      for (const headers of foreign) expect((await post(path, headers)).status, path).toBe(403)
      // Through to the pages, of which this test has none.
      expect((await post(path, { origin: 'http://localhost:3000' })).status).toBe(404)
    }
  })

  test('over its limit is refused with the limit named, and one that hides its length too', async () => {
    const length = (bytes: number) => ({ origin: 'http://localhost:3000', 'content-length': String(bytes) })
    const form = await post('/sign-in', length(1024 * 1024 + 1))
    expect([form.status, await form.text()]).toEqual([413, expect.stringContaining('at most 1 MB')])
    expect((await post('/campaigns/c/imports/new', length(200 * 1024 * 1024))).status).toBe(404)
    expect((await post('/campaigns/c/tracking/new', length(30 * 1024 * 1024))).status).toBe(404)
    expect((await post('/campaigns/c/tracking/new', length(40 * 1024 * 1024))).status).toBe(413)
    const upload = await post('/campaigns/c/imports/new', length(300 * 1024 * 1024))
    expect([upload.status, await upload.text()]).toEqual([413, expect.stringContaining('at most 250 MB')])
    expect((await post('/sign-in', { 'transfer-encoding': 'chunked' })).status).toBe(411)
  })
})

test('no page is kept by a cache or listed by a search engine', async () => {
  const { headers } = await program.app.request('/sign-in', { headers: { host: 'localhost:3000' } })
  expect([headers.get('cache-control'), headers.get('x-robots-tag')]).toEqual(['no-store', 'noindex, nofollow'])
})

test('an API key is found by the key alone', async () => {
  const { deps } = program
  const { id: account_id } = await deps.db.selectFrom('accounts').select('id').executeTakeFirstOrThrow()
  const { id, key } = await inTransaction(deps, (tx) => createApiKey(tx, { account_id, name: 'test' }))
  expect(await findAccountByKey(deps.db, key)).toMatchObject({ id, account_id })
  expect(await findAccountByKey(deps.db, `${key}x`)).toBeNull()
})
