import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { previewWaive, waiveSmallBalances } from '../domain/payments/waive-small-balances.ts'
import { setLimits } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, money, problems } from './openapi.ts'

const request = z.strictObject({
  selection: selectionSchema.default({ filter: {} }).describe('Left out: every locked or errored order'),
  dry_run: z.boolean().default(false).describe('Count what would be waived, and waive nothing'),
  reason: z.string().trim().max(1_000).default('').describe('Why; asked for unless it is a dry run'),
})
const answer = z
  .object({
    state: z.enum(['preview', 'done']),
    moved: z.int().describe('Orders whose small balance is waived'),
    amount: money.describe('What is waived in all'),
    operation: id.nullable(),
  })
  .openapi('WaiverAnswer')

const waive = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/waivers',
  operationId: 'waiveSmallBalances',
  summary: "Waive balances below the gateway's minimum, or over its smallest step, for all in one step",
  tags: ['Charges'],
  request: { params: campaignParams, body: jsonBody(request) },
  responses: { 200: json(answer, 'What is waived'), ...problems },
})

/** Forgiving what no card can be charged. One order's balance: its settlements. */
export function waiverRoutes(deps: Deps) {
  return newRoutes().openapi(waive, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') }
    if (input.dry_run) {
      const { orders, amount } = await previewWaive(deps.db, actorOf(c), input)
      return c.json({ state: 'preview' as const, moved: orders, amount, operation: null }, 200)
    }
    const done = await commit(
      c,
      deps,
      async (tx) => ({ state: 'done' as const, ...(await waiveSmallBalances(tx, actorOf(c), input)) }),
      setLimits,
    )
    return c.json(done, 200)
  })
}
