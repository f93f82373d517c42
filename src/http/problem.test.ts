import type { Context } from 'hono'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { DomainError } from '../domain/shared/errors.ts'
import type { Log } from '../log.server.ts'
import { answerError, type Problem, problemOfSchema } from './problem.ts'

const logged: unknown[] = []
const log = { error: (fields: unknown) => logged.push(fields) } as unknown as Log
const context = {
  get: () => 'request-1',
  req: { method: 'GET', path: '/api/v1/x' },
  json: (body: unknown, status: number, headers: Record<string, string>) =>
    new Response(JSON.stringify(body), { status, headers }),
} as unknown as Context

async function answer(error: Error): Promise<Problem> {
  const response = answerError(error, context, log)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = (await response.json()) as Problem
  expect(body.status).toBe(response.status)
  return body
}

test('a refusal is answered as it is, and its details cannot cover what every problem has', async () => {
  const refusal = new DomainError('price_changed', 'Look again.', { details: { total: 5, status: 'open', code: 'x' } })
  expect(await answer(refusal)).toEqual({
    type: '/api/v1/docs#price_changed',
    title: 'Refused',
    status: 409,
    code: 'price_changed',
    detail: 'Look again.',
    total: 5,
    order_status: 'open',
  })
})

test('what the database refused for a while is told as such, and is not our mistake', async () => {
  const states = { '55P03': 'being_locked', '57014': 'timeout', '40001': 'busy', '40P01': 'busy', '22021': 'invalid' }
  for (const [code, expected] of Object.entries(states)) {
    expect(await answer(Object.assign(new Error('from PostgreSQL'), { code }))).toMatchObject({ code: expected })
  }
  expect(logged).toEqual([])
})

test('our own mistake says nothing of itself but the number under which it is logged', async () => {
  const body = await answer(new Error('secret detail'))
  expect(body).toMatchObject({ status: 500, code: 'internal_error', report: expect.stringMatching(/^[0-9a-f]{10}$/) })
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(logged).toMatchObject([{ report: body.report, request_id: 'request-1' }])
})

test('a schema names every place; an id in the path that is none is nothing that exists', () => {
  const { error } = z.strictObject({ a: z.object({ b: z.int() }) }).safeParse({ a: { b: 'x' }, more: 1 })
  const fields = [{ field: 'a.b' }, { field: 'more', code: 'unknown_field' }]
  expect(error && problemOfSchema('json', error)).toMatchObject({ status: 422, code: 'invalid', fields })
  expect(error && problemOfSchema('param', error)).toMatchObject({ status: 404, code: 'not_found' })
})
