import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findBacker } from '../domain/backers/queries.ts'
import { findMethodOfBacker } from '../domain/payments/payment-methods.ts'
import { backerParams } from './backer-schemas.ts'
import { actorOf, newRoutes } from './context.ts'
import { id, json, problems, time } from './openapi.ts'

const method = z
  .object({
    id,
    brand: z.string(),
    last4: z.string(),
    exp_month: z.int(),
    exp_year: z.int(),
    country: z.string().nullable().describe('Of the bank that issued it'),
    mode: z.enum(['test', 'live']),
    state: z.enum(['usable', 'replaced', 'detached']),
    is_expired: z.boolean().describe('Past its last month: it is tried all the same'),
    created_at: time,
  })
  .openapi('PaymentMethod')

const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/backers/{backer_id}/payment-method',
  operationId: 'findPaymentMethod',
  summary: 'The card of a backer that would be charged. No card number is ever here: the gateway keeps it',
  tags: ['Charges'],
  request: { params: backerParams },
  responses: {
    200: json(z.object({ payment_method: method.nullable().describe('Null: none is usable') }), 'The card'),
    ...problems,
  },
})

/** Cards on file. Backers save them on the gateway's own page, through their link. */
export function paymentMethodRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes().openapi(read, async (c) => {
    const { campaign_id, backer_id } = c.req.valid('param')
    await findBacker(db, { actor: actorOf(c), campaign_id }, backer_id)
    const found = await findMethodOfBacker(db, { campaign_id, backer_id }, deps.clock.now())
    return c.json({ payment_method: found && shown(found) }, 200)
  })
}

function shown(found: NonNullable<Awaited<ReturnType<typeof findMethodOfBacker>>>) {
  const { id, brand, last4, exp_month, exp_year, country, mode, state, is_expired, created_at } = found
  return { id, brand, last4, exp_month, exp_year, country, mode, state, is_expired, created_at: created_at.toISOString() }
}
