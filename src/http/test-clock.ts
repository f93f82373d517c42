import { Duration } from 'luxon'
import type { App } from '../app.ts'
import type { Deps } from '../deps.server.ts'

/**
 * Only with AFTERFUND_TEST=1, which the configuration refuses unless PUBLIC_URL is this machine. Moving the clock moves our gateway
 * simulator's too, and answers when all that became due is done, so a test asserts right after it.
 */
export function addTestClock(app: App, deps: Pick<Deps, 'clock' | 'worker' | 'simulator'>): void {
  app.post('/api/v1/test/clock', async (c) => {
    const body = (await c.req.json().catch(() => null)) as { advance?: unknown } | null
    const duration = Duration.fromISO(typeof body?.advance === 'string' ? body.advance : '')
    if (!duration.isValid || duration.toMillis() < 0) {
      const detail = 'Send {"advance": "PT48H"}: an ISO 8601 duration that is not negative.'
      return c.json({ type: 'about:blank', title: 'Invalid', status: 422, code: 'invalid', detail }, 422, {
        'Content-Type': 'application/problem+json',
      })
    }
    deps.clock.advance(duration.toMillis())
    await deps.simulator?.followClock()
    await deps.worker.runDue(deps.clock.now())
    return c.json({ now: deps.clock.now().toISOString() })
  })
  app.get('/api/v1/test/idle', async (c) => {
    const isIdle = await deps.worker.isIdle()
    return c.json({ idle: isIdle, now: deps.clock.now().toISOString() }, isIdle ? 200 : 409)
  })
}
