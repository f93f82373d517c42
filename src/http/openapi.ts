import { z } from '@hono/zod-openapi'
import type { ZodType } from 'zod'

/** Parts that every route's description is made of. Names in the document: operationId in camelCase, data in snake_case. */

const fieldProblem = z.object({ field: z.string(), code: z.string(), message: z.string() })

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: programs decide by it'),
    detail: z.string().describe('A sentence for people'),
    fields: z.array(fieldProblem).optional().describe('With 422: every place that does not fit'),
  })
  .openapi('Problem')

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

/**
 * The problem answers that every route shares, spread into `responses`. Their type is left out on purpose: handlers throw them,
 * so they have no say in what a handler may return.
 */
export const problems = {
  401: problemAnswer('No API key and no session, or a wrong one'),
  404: problemAnswer('It does not exist, or is not yours'),
  409: problemAnswer('Refused as things stand; `code` says why'),
  422: problemAnswer('What was sent does not fit; `fields` names the places'),
  default: problemAnswer('Any other problem'),
} as Record<never, never>

/** A JSON answer. */
export function json<T extends ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body that must be there. */
export function jsonBody<T extends ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** One page of a list. */
export function pageOf<T extends ZodType>(row: T) {
  return z.object({ data: z.array(row), next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page') })
}

/** A moment: ISO 8601 in UTC. */
export const time = z.string().openapi({ format: 'date-time' })
export const money = z.int().describe("Minor units of the campaign's currency")
export const id = z.uuid()
/** JSON of any shape: what was asked, or what an event says in its own words. */
export const anyJson = z.json().openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'] })

/** `limit` and `cursor` of a list's address; spread into its query. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_000).optional(),
}

export const campaignParams = z.object({ campaign_id: id })
