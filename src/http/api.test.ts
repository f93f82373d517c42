import { expect, test } from 'vitest'
import { useTestApi } from '../../test/setup/api.ts'
import { createApiKey } from '../domain/accounts/api-keys.ts'
import { createOwner } from '../domain/accounts/create-owner.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { hashPassword } from '../lib/password.ts'
import type { ApiContext } from './context.ts'
import { commit } from './idempotency.ts'

const api = useTestApi()

test('without a key, with a wrong one and with a revoked one the answer is 401', async () => {
  const ask = (headers: Record<string, string>) =>
    api.program.app.request('/api/v1/api-keys', { headers: { host: 'localhost', ...headers } })
  for (const authorization of [undefined, 'Bearer af_wrong', 'Basic abc']) {
    const response = await ask(authorization ? { authorization } : {})
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'not_signed_in', status: 401 })
  }
  const { body } = await api.post('/api-keys', { name: 'short-lived' })
  expect((await ask({ authorization: `Bearer ${body.key}` })).status).toBe(200)
  expect((await api.delete(`/api-keys/${body.id}`)).status).toBe(204)
  expect((await ask({ authorization: `Bearer ${body.key}` })).status).toBe(401)
})

test('a session works from our own pages only', async () => {
  const { deps, app } = api.program
  const owner = { name: 'Ada', email: 'ada@example.com', password_hash: await hashPassword('a long password') }
  await inTransaction(deps, (tx) => createOwner(tx, owner))
  const { headers } = await deps.auth.api.signInEmail({
    body: { email: owner.email, password: 'a long password' },
    returnHeaders: true,
  })
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  const make = (origin: string) =>
    app.request('/api/v1/api-keys', {
      method: 'POST',
      headers: { host: 'localhost', cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'mine' }),
    })
  expect((await make('http://localhost')).status).toBe(201)
  expect((await make('https://evil.example')).status).toBe(401)
  const read = (site: string) =>
    app.request('/api/v1/campaigns', { headers: { host: 'localhost', cookie, 'sec-fetch-site': site } })
  expect((await read('same-origin')).status).toBe(200)
  expect((await read('none')).status).toBe(200)
  expect((await read('cross-site')).status).toBe(401)
})

test('wrong keys are slowed down, right ones are not', async () => {
  const wrong = () =>
    api.program.app.request('/api/v1/api-keys', { headers: { host: 'localhost', authorization: 'Bearer af_guess' } })
  let last = await wrong()
  for (let n = 0; n < 25; n++) last = await wrong()
  expect(last.status).toBe(429)
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await api.get('/api-keys')).status).toBe(200)
})

test('a key is shown once, and nobody else sees or revokes it', async () => {
  const made = await api.post('/api-keys', { name: 'mine' })
  expect(made.status).toBe(201)
  expect(made.body.key).toMatch(/^af_/)
  const listed = await api.get('/api-keys')
  expect(JSON.stringify(listed.body)).not.toContain(made.body.key)
  expect(listed.body.data[0]).toMatchObject({ id: made.body.id, name: 'mine', key_start: made.body.key.slice(0, 12) })
  expect((await api.stranger.get('/api-keys')).body.data).toHaveLength(1)
  expect((await api.stranger.delete(`/api-keys/${made.body.id}`)).body).toMatchObject({ status: 404, code: 'not_found' })
})

test('bodies that do not fit are refused by what is wrong with them', async () => {
  const invalid = await api.post('/api-keys', { name: '', more: 1 })
  expect(invalid.body).toMatchObject({ status: 422, code: 'invalid' })
  expect(invalid.body.fields.map((each: { field: string }) => each.field)).toEqual(['name', 'more'])
  const json = { 'content-type': 'application/json' }
  expect((await api.post('/api-keys', '{"name":', json)).body).toMatchObject({ status: 400, code: 'malformed_body' })
  expect((await api.post('/api-keys', 'a,b', { 'content-type': 'text/csv' })).body).toMatchObject({ status: 415 })
  expect((await api.post('/api-keys')).status).toBeGreaterThanOrEqual(400)
  const large = await api.post('/api-keys', JSON.stringify({ name: 'x'.repeat(1_100_000) }), json)
  expect(large.body).toMatchObject({ status: 413, code: 'too_large', limit_bytes: 1_048_576 })
})

test('what does not exist is a problem, also below a known place', async () => {
  expect((await api.get('/nowhere')).body).toMatchObject({ status: 404, code: 'not_found' })
  expect((await api.delete('/api-keys/17')).body).toMatchObject({ status: 404, code: 'not_found' })
})

test('an Idempotency-Key carries out once, and a secret is not kept', async () => {
  const key = { 'idempotency-key': 'make-1' }
  expect((await api.post('/api-keys', { name: 'once' }, key)).status).toBe(201)
  expect((await api.post('/api-keys', { name: 'once' }, key)).body).toMatchObject({ status: 409, code: 'answer_not_kept' })
  expect((await api.post('/api-keys', { name: 'twice' }, key)).body).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
  const names = (await api.get('/api-keys')).body.data.map((each: { name: string }) => each.name)
  expect(names.filter((name: string) => name === 'once')).toHaveLength(1)
  expect(names).not.toContain('twice')
  expect((await api.stranger.post('/api-keys', { name: 'twice' }, key)).status).toBe(201)
})

test('a refused request frees its Idempotency-Key; one under way holds it until it is dead', async () => {
  const key = { 'idempotency-key': 'make-2' }
  expect((await api.post('/api-keys', { name: '' }, key)).status).toBe(422)
  expect((await api.post('/api-keys', { name: 'right' }, key)).status).toBe(201)
  const { db } = api.program.deps
  await db.updateTable('idempotent_requests').set({ status: null, response: null }).where('key', '=', 'make-2').execute()
  expect((await api.post('/api-keys', { name: 'right' }, key)).body).toMatchObject({ status: 409, code: 'idempotency_in_flight' })
  const dead = new Date(api.program.deps.clock.now().getTime() - 61_000)
  await db.updateTable('idempotent_requests').set({ created_at: dead }).where('key', '=', 'make-2').execute()
  expect((await api.post('/api-keys', { name: 'right' }, key)).status).toBe(201)
})

test('ten presses at once with one Idempotency-Key carry out once', async () => {
  const input = {
    name: 'Once',
    currency: 'USD',
    ship_from_country: 'DE',
    time_zone: 'Europe/Berlin',
    support_email: 'help@example.com',
    mode: 'test',
  }
  const press = () => api.post('/campaigns', input, { 'idempotency-key': 'campaign-1' })
  const answers = await Promise.all(Array.from({ length: 10 }, press))
  const made = answers.filter(({ status }) => status === 201)
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
  expect(answers.filter(({ body, status }) => status !== 201 && body.code !== 'idempotency_in_flight')).toEqual([])
  const names = (await api.get('/campaigns')).body.data.map((each: { name: string }) => each.name)
  expect(names).toEqual(['Once'])
  expect((await press()).body).toEqual(made[0]?.body)
})

test('the answer is kept with the change: a request given up for dead cannot change anything after its repeat', async () => {
  const { deps } = api.program
  const key = { account_id: api.account_id, key: 'slow-1', taken_at: new Date('2026-01-01T00:00:00Z'), is_kept: false }
  const taken_again = new Date('2026-01-01T00:02:00Z')
  await deps.db
    .insertInto('idempotent_requests')
    .values({
      account_id: key.account_id,
      key: key.key,
      request_hash: 'x',
      status: null,
      response: null,
      created_at: taken_again,
    })
    .execute()
  const slow = { get: (name: string) => (name === 'reservation' ? key : undefined) } as unknown as ApiContext
  const change = commit(slow, deps, (tx) => createApiKey(tx, { account_id: api.account_id, name: 'too late' }))
  await expect(change).rejects.toThrow('taken by a repeat')
  expect((await api.get('/api-keys')).body.data.map((each: { name: string }) => each.name)).not.toContain('too late')
})
