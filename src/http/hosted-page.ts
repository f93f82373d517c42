import type { App } from '../app.ts'
import type { Deps } from '../deps.server.ts'

/** Far more than a card form holds. */
const BODY_LIMIT = 16 * 1024
const ANSWER_LIMIT_MS = 10_000

/** One session's page and what it posts to; never the simulator's API or the settings that tests have. */
const PAGE = /^\/gateway(\/checkout\/[A-Za-z0-9_]+(?:\/[a-z_]+)?)$/

const SENT_ON = ['content-type', 'accept-language']
const SENT_BACK = ['content-type', 'content-security-policy', 'location', 'cache-control', 'x-robots-tag']

/**
 * Lets the card page of our own simulator be reached under the product's address, so that a test campaign works from a phone too. Without a
 * simulator of our own there is no such page here. Cookies do not pass, and nothing of it is logged: a form carries a test card's number.
 */
export function addHostedPage(app: App, deps: Pick<Deps, 'simulator'>): void {
  const { simulator } = deps
  if (!simulator) return
  app.on(['GET', 'POST'], '/gateway/checkout/*', async (c) => {
    const url = new URL(c.req.url)
    const page = PAGE.exec(url.pathname)?.[1]
    if (!page) return c.notFound()
    const body = c.req.method === 'POST' ? await c.req.raw.arrayBuffer() : null
    if (body && body.byteLength > BODY_LIMIT) return c.text('That is too large for a card form. Nothing was saved.', 413)
    try {
      const answer = await fetch(`http://127.0.0.1:${await simulator.port()}${page}${url.search}`, {
        method: c.req.method,
        headers: only(SENT_ON, c.req.raw.headers),
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
        ...(body ? { body } : {}),
      })
      return new Response(answer.body, { status: answer.status, headers: only(SENT_BACK, answer.headers) })
    } catch {
      return c.text('The card page does not answer just now. Wait a moment, then load it again.', 503, { 'Retry-After': '2' })
    }
  })
}

function only(names: string[], headers: Headers): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])))
}
