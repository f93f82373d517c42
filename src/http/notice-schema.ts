import { z } from '@hono/zod-openapi'
import { id, time } from './openapi.ts'

export const notice = z
  .object({
    id,
    kind: z.enum(['lock', 'finalize_address']),
    state: z.enum(['scheduled', 'done', 'withdrawn']),
    due_at: time,
    orders: z.int().describe('How many it named'),
    waiting: z.int().describe('How many of them it would still try'),
    moves: z.int().describe('How often its time was moved'),
    operation_id: id.nullable().describe('The operation that carried it out'),
    actor: z.object({ kind: z.string(), name: z.string().nullable() }),
    created_at: time,
  })
  .openapi('Notice')
