import type { MiddlewareHandler } from 'hono'
import { trackingLimits } from '../domain/fulfilment/tracking-types.ts'
import { reportLimits } from '../domain/imports/report-types.ts'

/** What a form may hold: far more than any page of ours asks for. */
const FORM_LIMIT = 1024 * 1024
/** What a form puts around a file. */
const AROUND = 64 * 1024
/** The pages that take a file, with what they may take. */
const UPLOADS: readonly [address: RegExp, limit: number][] = [
  [/^\/campaigns\/[^/]+\/imports\/new(\.data)?$/, reportLimits.file_bytes + AROUND],
  [/^\/campaigns\/[^/]+\/tracking\/new(\.data)?$/, trackingLimits.file_bytes + AROUND],
]

/**
 * What every request of a page goes through before anything reads it, signed in or not. Refuses a zero byte in the address (400); a post that
 * another site's page sent (403), one that does not say how long it is (411), and one over its limit (413, the limit named).
 */
export function guardPages(): MiddlewareHandler<{ Variables: { origin: string } }> {
  return async (c, next) => {
    if (c.req.url.includes('%00')) return c.text('This address holds a zero byte; none of ours does.', 400)
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    if (isFromElsewhere(c.get('origin'), (name) => c.req.header(name))) {
      return c.text('This form was sent from another site, so nothing was done. Open the page here and send it again.', 403)
    }
    const limit = UPLOADS.find(([address]) => address.test(c.req.path))?.[1] ?? FORM_LIMIT
    const length = c.req.header('content-length')
    if (length === undefined && c.req.header('transfer-encoding') !== undefined) {
      return c.text('Say with Content-Length how long the body is.', 411)
    }
    if (Number(length ?? 0) > limit) {
      return c.text(`That is too large: at most ${Math.floor(limit / 1024 / 1024)} MB can be sent here. Nothing was saved.`, 413)
    }
    return next()
  }
}

/** Browsers name the page that posts; what names none is no browser, and carries no cookie that it was not given. */
function isFromElsewhere(origin: string, header: (name: string) => string | undefined): boolean {
  const from = header('origin')
  if (from !== undefined) return from !== origin
  const site = header('sec-fetch-site')
  return site === 'cross-site' || site === 'same-site'
}
