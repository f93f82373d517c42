import { beforeAll, expect } from 'vitest'
import type { ZodType } from 'zod'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { createApi } from '../../src/http/api.ts'
import { type TestProgram, useTestProgram } from './deps.ts'

/** An answer of the API; `body` is null where it had none. */
export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API says
  body: any
  headers: Headers
}

/** Asks the API as one account. Paths are below /api/v1. */
export interface ApiClient {
  account_id: string
  key: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body?: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
}

export type TestApi = ApiClient & {
  program: TestProgram
  /** somebody else, who owns nothing of the first */
  stranger: ApiClient
}

/**
 * The whole program over a database of its own, and two owners with API keys. Every answer is compared with the description of its route:
 * a field that is missing there, or not as described, fails the test. Call it at the top of a file.
 */
export function useTestApi(): TestApi {
  const program = useTestProgram()
  const api = { program } as TestApi
  beforeAll(async () => {
    const described = describedAnswers(program)
    Object.assign(api, await clientOf(program, described, 'owner@example.com'))
    api.stranger = await clientOf(program, described, 'stranger@example.com')
  })
  return api
}

async function clientOf(program: TestProgram, described: Described[], email: string): Promise<ApiClient> {
  const { account_id, key } = await inTransaction(program.deps, async (tx) => {
    const { account_id } = await createOwner(tx, { name: email, email, password_hash: 'none' })
    return { account_id, ...(await createApiKey(tx, { account_id, name: 'test' })) }
  })
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const isRaw = body instanceof FormData || body instanceof Uint8Array || typeof body === 'string'
    const type: Record<string, string> = body === undefined || isRaw ? {} : { 'content-type': 'application/json' }
    const response = await program.app.request(`/api/v1${path}`, {
      method,
      headers: { host: 'localhost', authorization: `Bearer ${key}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const text = await response.text()
    const answer = { status: response.status, body: isJson && text ? JSON.parse(text) : text || null, headers: response.headers }
    if (isJson && response.ok) expectDescribed(described, method, path, answer)
    return answer
  }
  return {
    account_id,
    key,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
  }
}

interface Described {
  method: string
  path: RegExp
  answers: Record<string, { content?: Record<string, { schema: unknown }> }>
}

function describedAnswers(program: TestProgram): Described[] {
  return createApi(program.deps).openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { method, path, responses } = definition.route
    const places = path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')
    return [{ method: method.toUpperCase(), path: new RegExp(`^${places}$`), answers: responses as Described['answers'] }]
  })
}

/** The schema takes the answer and leaves nothing of it out. */
function expectDescribed(described: Described[], method: string, path: string, { status, body }: Answer): void {
  const address = path.split('?')[0] ?? ''
  const route = described.find((each) => each.method === method && each.path.test(address))
  const schema = route?.answers[status]?.content?.['application/json']?.schema as ZodType | undefined
  if (!schema) return
  const parsed = schema.safeParse(body)
  expect(parsed.error?.issues, `${method} ${address} answers as described`).toBeUndefined()
  expect(body, `${method} ${address} answers only what is described`).toEqual(parsed.data)
}
