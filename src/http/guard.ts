import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Deps } from '../deps.server.ts'
import { findAccountByKey, noteKeyUse } from '../domain/accounts/api-keys.ts'
import type { ApiContext, ApiEnv } from './context.ts'
import { answerProblem, problem } from './problem.ts'

/** Wrong keys from one address, in a minute. A right key is never slowed down. */
const WRONG_KEYS_A_MINUTE = 20

/**
 * Lets in who carries an API key (it acts as the account that made it) or a session of the same origin; all others get 401. Keys are
 * looked up by their hash. Wrong ones are counted by address, then answered 429.
 */
export function guard(deps: Pick<Deps, 'db' | 'auth' | 'clock'>): MiddlewareHandler<ApiEnv> {
  const wrongKeys = new RateLimiterMemory({ points: WRONG_KEYS_A_MINUTE, duration: 60 })
  return async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const header = c.req.header('authorization')
    if (header === undefined) {
      const account_id = await accountOfSession(c, deps)
      if (!account_id) return refuse(c, 'Send an API key: Authorization: Bearer af_…')
      c.set('actor', { kind: 'staff', id: account_id })
      return next()
    }
    const key = /^Bearer +(af_[A-Za-z0-9_-]+)$/i.exec(header)?.[1]
    const found = key ? await findAccountByKey(deps.db, key) : null
    if (!found) {
      const wait = await waitAfterWrongKey(wrongKeys, c.get('address'))
      if (wait === 0) return refuse(c, 'This API key does not exist or was revoked.')
      const detail = `Too many wrong keys. Wait ${wait} seconds.`
      return answerProblem(c, problem(429, 'too_many_requests', detail), { 'Retry-After': String(wait) })
    }
    await noteKeyUse(deps.db, found, deps.clock.now())
    c.set('actor', { kind: 'staff', id: found.account_id })
    return next()
  }
}

function refuse(c: ApiContext, detail: string): Response {
  return answerProblem(c, problem(401, 'not_signed_in', detail), { 'WWW-Authenticate': 'Bearer' })
}

/** A session counts only for reading, or where the browser says that our own page sent the request. */
async function accountOfSession(c: ApiContext, deps: Pick<Deps, 'auth'>): Promise<string | null> {
  if (!c.req.header('cookie')) return null
  // Some reads are written down ("saw the link"): a link on another site must not write them in somebody's name.
  if (c.req.header('sec-fetch-site') === 'cross-site') return null
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isReading && c.req.header('origin') !== c.get('origin')) return null
  const session = await deps.auth.api.getSession({ headers: c.req.raw.headers })
  return session?.user.id ?? null
}

async function waitAfterWrongKey(limiter: RateLimiterMemory, address: string): Promise<number> {
  try {
    await limiter.consume(address)
    return 0
  } catch (over) {
    if (over instanceof Error) throw over
    return Math.max(1, Math.ceil((over as { msBeforeNext: number }).msBeforeNext / 1000))
  }
}
