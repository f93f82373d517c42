import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpBindings } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { stripeHost } from './config.server.ts'
import { projectRoot } from './db/project-root.ts'
import type { Deps } from './deps.server.ts'
import { checkHealth } from './health.server.ts'
import { createApi } from './http/api.ts'
import { addHostedPage } from './http/hosted-page.ts'
import { guardPages } from './http/page-guard.ts'
import { callerOf, originOf, requestAt, tlsPage } from './http/public-origin.ts'
import { securityHeaders } from './http/security-headers.ts'
import { addTestClock } from './http/test-clock.ts'
import { addWebhooks } from './http/webhooks.ts'
import { newId } from './lib/id.ts'
import { isLoopbackHost } from './lib/loopback.ts'
import type { RequestFacts } from './web/context.ts'

type Variables = RequestFacts & { origin: string }
export type App = Hono<{ Bindings: HttpBindings; Variables: Variables }>

/** Answers what is a page. React Router's in the program; tests of the API need none. */
export type Pages = (request: Request, facts: RequestFacts) => Promise<Response>

/** The whole of what is reachable over HTTP: health, API, files of the build, pages. better-auth's own routes are not: the pages ask it. */
export function createApp(deps: Deps, pages: Pages, options: { isDev?: boolean } = {}): App {
  const app: App = new Hono()
  const { config, log } = deps
  app.use(async (c, next) => {
    c.set('id', newId())
    c.set('nonce', randomBytes(16).toString('base64'))
    // `incoming` is missing only where tests ask the app without a server.
    c.set('address', callerOf(config, c.env?.incoming?.socket.remoteAddress ?? '127.0.0.1', c.req.header('x-forwarded-for')))
    await next()
    c.res.headers.set('X-Request-Id', c.get('id'))
  })
  app.use(securityHeaders({ isHttps: config.isHttps, isDev: options.isDev ?? false, formTargets: formTargetsOf(config) }))
  app.get('/healthz', async (c) => {
    const health = await checkHealth(deps)
    c.header('Cache-Control', 'no-store')
    return c.json(health, health.status === 'ok' ? 200 : 503)
  })
  addWebhooks(app, deps)
  app.use(async (c, next) => {
    const origin = originOf(config, c.req.header('host'))
    if (!origin) return c.html(tlsPage(config.publicUrl), 403)
    c.set('origin', origin)
    return next()
  })
  if (existsSync(clientBuild)) addAssets(app)
  if (config.isTest) addTestClock(app, deps)
  app.route('/api/v1', createApi(deps))
  app.use(guardPages())
  addHostedPage(app, deps)
  app.all('*', async (c) => {
    const facts = { id: c.get('id'), nonce: c.get('nonce'), address: c.get('address') }
    return keptByNobody(await pages(requestAt(c.req.raw, c.get('origin')), facts))
  })
  app.onError((error, c) => {
    log.error({ error, request_id: c.get('id'), path: c.req.path }, 'a request failed')
    return c.text('Something went wrong. It was written to the log.', 500)
  })
  return app
}

/**
 * The page that leads to a backer's bank may lead anywhere over TLS: the gateway sends them on, at once, to the page of whichever bank it is,
 * and browsers hold each of these steps against the policy.
 */
function formTargetsOf(config: Deps['config']): (path: string) => string[] {
  const origins = cardPageOrigins(config)
  const isStripe = config.gateway !== 'simulator' && config.gateway.host === stripeHost
  return (path) => (isStripe && BANK_PAGE.test(path) ? [...origins, 'https:'] : origins)
}

const BANK_PAGE = /^\/b\/[^/]+\/[^/]+\/bank$/

/** Where the card page of the gateway stands: browsers follow a form's redirect only to places that our policy names. */
function cardPageOrigins({ gateway, publicUrl }: Deps['config']): string[] {
  if (gateway === 'simulator') return [publicUrl]
  if (gateway.host === stripeHost) return ['https://checkout.stripe.com']
  const hosts = isLoopbackHost(gateway.host) ? new Set([gateway.host, 'localhost', '127.0.0.1']) : [gateway.host]
  return [...hosts].map((host) => new URL(`${gateway.protocol}://${host}:${gateway.port}`).origin)
}

/** Every page shows something of somebody: no cache stores it, and no search engine lists it. */
function keptByNobody(response: Response): Response {
  if (!response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'no-store')
  response.headers.set('X-Robots-Tag', 'noindex, nofollow')
  return response
}

const clientBuild = join(projectRoot, 'build', 'client')

function addAssets(app: App): void {
  const root = clientBuild
  const forEver = 'public, max-age=31536000, immutable'
  app.use('/assets/*', serveStatic({ root, onFound: (_path, c) => c.header('Cache-Control', forEver) }))
  app.use('*', async (c, next) => {
    // Files at the top (icons, logos) have an ending; pages have none.
    if (!['GET', 'HEAD'].includes(c.req.method) || !/^\/[\w.-]+\.[a-z0-9]+$/.test(c.req.path)) return next()
    return serveStatic<{ Bindings: HttpBindings; Variables: Variables }>({
      root,
      onFound: (_path, context) => context.header('Cache-Control', 'public, max-age=3600'),
    })(c, next)
  })
}
