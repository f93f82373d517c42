import type { MiddlewareHandler } from 'hono'

/** Headers of every answer. No page may load anything from elsewhere, and no inline script runs but those with this request's nonce. */
export function securityHeaders(options: {
  isHttps: boolean
  isDev: boolean
  /** other pages, by their origin, to which an answer to a form of the page at this path may lead: the gateway's card page, a bank's */
  formTargets(path: string): string[]
}): MiddlewareHandler<{ Variables: { nonce: string } }> {
  return async (c, next) => {
    await next()
    const set = (name: string, value: string) => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    }
    const formTargets = options.formTargets(c.req.path)
    set('Content-Security-Policy', contentPolicy(c.get('nonce'), { isDev: options.isDev, formTargets }))
    set('X-Content-Type-Options', 'nosniff')
    set('X-Frame-Options', 'SAMEORIGIN')
    // Not no-referrer: Chromium would then send "Origin: null" with every form.
    set('Referrer-Policy', 'same-origin')
    set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()')
    set('Cross-Origin-Opener-Policy', 'same-origin')
    set('Cross-Origin-Resource-Policy', 'same-origin')
    if (options.isHttps) set('Strict-Transport-Security', 'max-age=31536000')
  }
}

function contentPolicy(nonce: string, { isDev, formTargets }: { isDev: boolean; formTargets: string[] }): string {
  const script = isDev ? `'self' 'unsafe-inline'` : `'self' 'nonce-${nonce}'`
  return [
    `default-src 'none'`,
    `script-src ${script}`,
    `style-src 'self'${isDev ? ` 'unsafe-inline'` : ''}`,
    // Widths of bars and places of menus are style attributes, in pages and mails alike; they run nothing.
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${isDev ? ' ws:' : ''}`,
    `manifest-src 'self'`,
    `frame-src 'self'`,
    // Chromium checks it again at every redirect that answers a form.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    `frame-ancestors 'self'`,
    `base-uri 'none'`,
  ].join('; ')
}
