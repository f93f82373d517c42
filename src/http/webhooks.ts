import { bodyLimit } from 'hono/body-limit'
import type { App } from '../app.ts'
import type { Deps } from '../deps.server.ts'
import { storeEvent } from '../domain/gateway-events/store-event.ts'
import type { ReadWebhook } from '../domain/payments/gateway.ts'

/** Many times what the largest event holds. */
const BODY_LIMIT = 1024 * 1024
/** Anybody can send what is refused here: the log hears of it once in this time. */
const TELL_EVERY_MS = 60_000

type Refusal = Exclude<Extract<ReadWebhook, { ok: false }>['code'], 'elsewhere'>

/** Stripe shows these to whoever looks at the endpoint in its dashboard. */
const REFUSALS: Record<Refusal, { status: 400 | 503; says: string }> = {
  no_secret: {
    status: 503,
    says: 'No secret is set, so nothing that is sent here can be believed. Set STRIPE_WEBHOOK_SECRET to the signing secret of this endpoint and start Afterfund again.',
  },
  signature_wrong: {
    status: 400,
    says: 'The signature is not right. STRIPE_WEBHOOK_SECRET has to be the signing secret of this very endpoint, and what stands in between must not change the body.',
  },
  signature_old: {
    status: 400,
    says: 'The signature is older than five minutes. Either this is an old message, or the clock of the machine that runs Afterfund is wrong.',
  },
  broken_body: { status: 400, says: 'This is no event of the kind that Afterfund reads. Let the endpoint send snapshot events.' },
}

/**
 * Where the gateway tells what happened (`POST /webhooks/stripe`). What is signed is stored and answered at once; the worker reads the object
 * afresh (jobs/read-events.ts). Whoever knows the secret may post here, from anywhere: no session, no origin. Nothing of a body is logged.
 *
 * A signature is as old as this machine's own clock says. The program's clock counts for its rules, and where a test has moved it, whoever
 * signs has not moved with it.
 */
export function addWebhooks(app: App, deps: Pick<Deps, 'db' | 'gateway' | 'clock' | 'log'>): void {
  let toldAt = Number.NEGATIVE_INFINITY
  const tell = (code: Refusal) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    deps.log.warn({ code }, 'a webhook was refused')
  }
  const tooLarge = `A webhook may have at most ${BODY_LIMIT} bytes.`
  app.post('/webhooks/stripe', bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => c.text(tooLarge, 413) }), async (c) => {
    const body = await c.req.text()
    const told = deps.gateway.readWebhook({ body, signature: c.req.header('stripe-signature') ?? '', now: new Date() })
    if (told.ok) await storeEvent(deps.db, told.value, deps.clock.now())
    else if (told.code !== 'elsewhere') {
      tell(told.code)
      const { status, says } = REFUSALS[told.code]
      return c.text(says, status)
    }
    return c.text(told.ok ? 'Received.' : 'This is of another account, or of the other mode: nothing to do here.')
  })
  app.all('/webhooks/stripe', (c) => c.text('Stripe posts its events here.', 405, { Allow: 'POST' }))
}
