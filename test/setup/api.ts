import { beforeAll } from 'vitest'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
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

/** The whole program over a database of its own, and two owners with API keys. Call it at the top of a file. */
export function useTestApi(): TestApi {
  const program = useTestProgram()
  const api = { program } as TestApi
  beforeAll(async () => {
    Object.assign(api, await clientOf(program, 'owner@example.com'))
    api.stranger = await clientOf(program, 'stranger@example.com')
  })
  return api
}

async function clientOf(program: TestProgram, email: string): Promise<ApiClient> {
  const { account_id, key } = await inTransaction(program.deps, async (tx) => {
    const { account_id } = await createOwner(tx, { name: email, email, password_hash: 'none' })
    return { account_id, ...(await createApiKey(tx, { account_id, name: 'test' })) }
  })
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const isRaw = body instanceof FormData || body instanceof Uint8Array || typeof body === 'string'
    const type = body === undefined || isRaw ? {} : { 'content-type': 'application/json' }
    const response = await program.app.request(`/api/v1${path}`, {
      method,
      headers: { host: 'localhost', authorization: `Bearer ${key}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const text = await response.text()
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text || null, headers: response.headers }
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
