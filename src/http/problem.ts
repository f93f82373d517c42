import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ZodError } from 'zod'
import { DomainError } from '../domain/shared/errors.ts'
import { sqlState } from '../domain/shared/tx.ts'
import type { Log } from '../log.server.ts'

/** An answer that is no success, as RFC 9457 has it, with a stable `code` beside it. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  [more: string]: unknown
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Refused',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
}

/** Writes a problem. `more` may not change the five fields that every problem has. */
export function problem(status: number, code: string, detail: string, more: Record<string, unknown> = {}): Problem {
  return { ...more, type: `/api/v1/docs#${code}`, title: TITLES[status] ?? 'Refused', status, code, detail }
}

/** Answers a problem as application/problem+json. */
export function answerProblem(c: Context, body: Problem, headers: Record<string, string> = {}): Response {
  return c.json(body, body.status as ContentfulStatusCode, { ...headers, 'Content-Type': 'application/problem+json' })
}

/** Turns whatever a handler threw into its answer: refusals as they are, all else as a logged 500 with a report number. */
export function answerError(error: Error, c: Context, log: Log): Response {
  const known = knownProblem(error)
  if (known) return answerProblem(c, known, known.status === 503 ? { 'Retry-After': '5' } : {})
  const report = randomBytes(5).toString('hex')
  log.error({ error, report, request_id: c.get('id'), method: c.req.method, path: c.req.path }, 'an API request failed')
  const detail = `Something went wrong on our side. It was written to the log under the report number ${report}.`
  return answerProblem(c, problem(500, 'internal_error', detail, { report }))
}

function knownProblem(error: Error): Problem | null {
  if (error instanceof DomainError) return problemOfRefusal(error)
  if (error instanceof HTTPException) return problemOfHono(error)
  return problemOfDatabase(sqlState(error))
}

/** A refusal tells the order's status as `order_status`, since `status` is the answer's own. */
function problemOfRefusal({ status, code, message, details }: DomainError): Problem {
  const { status: order_status, ...more } = details
  return problem(status, code, message, order_status === undefined ? more : { ...more, order_status })
}

function problemOfHono(error: HTTPException): Problem {
  if (error.status === 400) return problem(400, 'malformed_body', 'The body could not be read. Send well-formed JSON.')
  if (error.status === 415) {
    return problem(
      415,
      'unsupported_media_type',
      'Send the body with the content type that this address takes: application/json, or what its description names.',
    )
  }
  return problem(error.status, 'refused', error.message || 'The request was refused.')
}

function problemOfDatabase(state: string | null): Problem | null {
  if (state === '55P03') {
    return problem(
      409,
      'being_locked',
      'These orders are being changed by a larger step just now. Nothing was lost; try again in a moment.',
    )
  }
  if (state === '57014')
    return problem(503, 'timeout', 'This took too long and was stopped; nothing was changed. Try a smaller selection.')
  if (state === '22021' || state === '22P05') return problem(422, 'invalid', 'A text holds a character that cannot be stored.')
  if (state === '40001' || state === '40P01') {
    return problem(503, 'busy', 'Others changed the same rows at the same time; nothing was changed. Try again.')
  }
  return null
}

export interface FieldProblem {
  field: string
  code: string
  message: string
}

/** What a schema refused: 404 for an id in the path that is none, else 422 with every place. */
export function problemOfSchema(target: string, error: ZodError): Problem {
  if (target === 'param') return problem(404, 'not_found', 'There is nothing at this address.')
  const fields: FieldProblem[] = error.issues.flatMap((issue) => {
    const place = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ field: place.join('.'), code: issue.code, message: issue.message }]
    return issue.keys.map((key) => ({
      field: [...place, key].join('.'),
      code: 'unknown_field',
      message: 'There is no such field.',
    }))
  })
  const first = fields[0]
  const where = target === 'query' ? 'in the address' : target === 'header' ? 'in the headers' : 'in the body'
  const detail = first ? `${first.field || 'What came'} ${where}: ${first.message}` : 'What came does not fit.'
  return problem(422, 'invalid', detail, { fields })
}
