import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { useTestApi } from '../../test/setup/api.ts'
import { CODES } from './codes.ts'
import type { ApiDocument, ApiOperation } from './description.ts'

const api = useTestApi()
let document: ApiDocument
let operations: (ApiOperation & { method: string; path: string })[]

beforeAll(async () => {
  const response = await api.program.app.request('/api/v1/openapi.json', { headers: { host: 'localhost' } })
  document = (await response.json()) as ApiDocument
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  )
})

test('it is OpenAPI 3.1, public, and names every part of the product', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api/v1' }], security: [{ api_key: [] }] })
  const tags = new Set(operations.flatMap(({ tags }) => tags))
  for (const tag of ['Campaigns', 'Imports', 'Orders', 'Transitions', 'Notices', 'Operations', 'Counts', 'API keys'])
    expect(tags).toContain(tag)
})

test('every operation has an id of its own, a summary, and its answers with problems', () => {
  const ids = operations.map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const operation of operations) {
    const where = `${operation.method} ${operation.path}`
    expect(operation.operationId, where).toMatch(/^[a-z][A-Za-z]+$/)
    expect(operation.summary, where).toMatch(/^[A-Z]/)
    expect(
      Object.keys(operation.responses).some((status) => status.startsWith('2')),
      where,
    ).toBe(true)
    for (const status of ['401', '404', '422', 'default']) {
      expect(operation.responses[status]?.content, `${where} ${status}`).toHaveProperty('application/problem+json')
    }
  }
})

test('every POST names the Idempotency-Key, and every reference leads somewhere', () => {
  for (const { method, path, parameters } of operations) {
    const named = JSON.stringify(parameters ?? []).includes('IdempotencyKey')
    expect(named, `${method} ${path}`).toBe(method === 'post')
  }
  for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = reference
      .split('/')
      .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document)
    expect(target, reference).toBeDefined()
  }
})

test('every route asks for a key, but the description itself', async () => {
  for (const { method, path } of operations) {
    const address = path.replace(/\{[^}]+\}/g, '01890000-0000-7000-8000-000000000000')
    const response = await api.program.app.request(`/api/v1${address}`, {
      method: method.toUpperCase(),
      headers: { host: 'localhost' },
    })
    expect(response.status, `${method} ${path}`).toBe(401)
  }
})

test('every code that the source refuses with is described, and none that it does not know', () => {
  const source = fileURLToPath(new URL('../..', import.meta.url))
  const used = new Set<string>()
  const places = [
    /new DomainError\(\s*'([a-z_]+)'/g,
    /inUse\(\s*'([a-z_]+)'/g,
    /(?:\}\]|\[\]),\s*'([a-z_]+)',?\s*\)/g,
    /\bproblem\(\s*\d+,\s*'([a-z_]+)'/g,
  ]
  let everything = ''
  for (const file of globSync('src/{domain,http}/**/*.ts', { cwd: source })) {
    if (file.endsWith('.test.ts') || file.endsWith('http/codes.ts')) continue
    const text = readFileSync(`${source}/${file}`, 'utf8')
    everything += text
    for (const place of places) for (const [, code = ''] of text.matchAll(place)) used.add(code)
  }
  expect([...used].filter((code) => !CODES[code])).toEqual([])
  expect(Object.keys(CODES).filter((code) => !everything.includes(`'${code}'`))).toEqual([])
  expect(document.components.schemas.Problem?.['x-codes']).toEqual(CODES)
})

test('there is a plain page of it, where problems lead to', async () => {
  const response = await api.program.app.request('/api/v1/docs', { headers: { host: 'localhost' } })
  const page = await response.text()
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  expect(page.replaceAll('<wbr>', '')).toContain('<code>GET /api/v1/campaigns/{campaign_id}/orders</code>')
  const { body } = await api.get('/nowhere')
  expect(page).toContain(`id="${body.type.split('#')[1]}"`)
  expect(page).not.toMatch(/<script|style=/)
})

test('the guide names only addresses that exist', () => {
  const guide = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
  const paths = operations.map(({ method, path }) => new RegExp(`^${method} ${path.replace(/\{[^}]+\}/g, '[^/ ]+')}$`, 'i'))
  const calls = guide.matchAll(/(?:(get|post|upload)\(|ask\('(PUT|PATCH|DELETE)', )`\$\{campaign\}([^`?]*)/g)
  const named = [...calls].map(([, verb, method = verb === 'get' ? 'GET' : 'POST', rest = '']) => {
    return `${method} /campaigns/x${rest.replaceAll(/\$\{[^}]+\}/g, 'x')}`
  })
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((each) => !paths.some((path) => path.test(each)))).toEqual([])
})
