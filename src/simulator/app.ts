import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { bankRoutes } from './hosted/bank-routes.ts'
import { hostedRoutes } from './hosted/routes.ts'
import { readLedger, readRefunds } from './ledger.ts'
import { accountEndpoints } from './resources/account.ts'
import { chargeEndpoints } from './resources/charges.ts'
import { customerEndpoints } from './resources/customers.ts'
import { disputeEndpoints } from './resources/disputes.ts'
import { eventEndpoints } from './resources/events.ts'
import { paymentIntentEndpoints } from './resources/payment-intents.ts'
import { paymentMethodEndpoints, renewCard } from './resources/payment-methods.ts'
import { refundEndpoints } from './resources/refunds.ts'
import { sessionEndpoints } from './resources/sessions.ts'
import { setupIntentEndpoints } from './resources/setup-intents.ts'
import { type SimulatorParts, serveCall } from './serve-call.ts'

const endpoints = [
  ...accountEndpoints,
  ...customerEndpoints,
  ...sessionEndpoints,
  ...setupIntentEndpoints,
  ...paymentMethodEndpoints,
  ...paymentIntentEndpoints,
  ...chargeEndpoints,
  ...refundEndpoints,
  ...disputeEndpoints,
  ...eventEndpoints,
]

/** All that the simulator serves: Stripe's endpoints under /v1, the hosted page, and three doors of its own that are clearly not Stripe's. */
export function createSimulatorApp(parts: SimulatorParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(bodyLimit({ maxSize: 100 * 1024 }))
  for (const endpoint of endpoints) app.on(endpoint.method, endpoint.path, serveCall(parts, endpoint))
  app.all('/v1/*', (c) =>
    c.json(
      {
        error: {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${c.req.method}: ${c.req.path}). The simulator serves what Afterfund needs, not all of Stripe.`,
        },
      },
      404,
    ),
  )
  app.route('/checkout', bankRoutes(parts))
  app.route('/checkout', hostedRoutes(parts))
  app.get('/healthz', (c) => c.json({ status: 'ok', program: 'afterfund gateway simulator' }))
  app.get('/ledger', (c) => c.json({ charges: readLedger(parts), refunds: readRefunds(parts) }))
  app.get('/knobs', (c) => c.json(parts.knobs.read()))
  // Only JSON that says so: a page in a browser cannot send that here without asking first.
  app.on('POST', ['/knobs', '/forget-keys', '/renew-card', '/webhooks', '/webhooks/resend'], async (c, next) => {
    if (!c.req.header('content-type')?.startsWith('application/json')) return c.json({ problem: 'Send JSON.' }, 415)
    return await next()
  })
  app.post('/knobs', async (c) => {
    const answer = parts.knobs.changeFrom(await c.req.json().catch(() => undefined))
    return 'problem' in answer ? c.json(answer, 400) : c.json(answer)
  })
  app.post('/forget-keys', (c) => {
    parts.knobs.forgetKeys()
    return c.json({})
  })
  app.post('/renew-card', async (c) => {
    const wanted = z.strictObject({ payment_method: z.string() }).safeParse(await c.req.json().catch(() => undefined))
    if (!wanted.success) return c.json({ problem: z.prettifyError(wanted.error) }, 400)
    const card = renewCard(parts, wanted.data.payment_method)
    return card ? c.json(card) : c.json({ problem: 'There is no such card, or its customer has it no more.' }, 404)
  })
  app.post('/webhooks', async (c) => {
    const target = z
      .strictObject({ url: z.url(), secret: z.string().min(1) })
      .safeParse(await c.req.json().catch(() => undefined))
    if (!target.success) return c.json({ problem: z.prettifyError(target.error) }, 400)
    parts.webhooks.sendTo(target.data)
    return c.json({ pending: parts.webhooks.pending() })
  })
  app.get('/webhooks', (c) => c.json({ pending: parts.webhooks.pending() }))
  app.post('/webhooks/resend', async (c) => {
    const wanted = z.strictObject({ types: z.array(z.string()).optional() }).safeParse(await c.req.json().catch(() => ({})))
    if (!wanted.success) return c.json({ problem: z.prettifyError(wanted.error) }, 400)
    return c.json({ sent: parts.webhooks.resend(wanted.data.types) })
  })
  app.onError((error, c) => {
    process.stderr.write(`${error.stack ?? error.message}\n`)
    return c.json({ error: { type: 'api_error', message: 'The simulator failed. What it says stands in its log.' } }, 500)
  })
  return app
}
