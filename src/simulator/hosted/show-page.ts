import type { Context } from 'hono'
import type { messagePage } from './pages.ts'
import { styleHash } from './style.ts'

/** Answers with a hosted page, whose form may lead to `target`. */
export function showPage(
  c: Context,
  page: ReturnType<typeof messagePage>,
  status: 200 | 404 | 422,
  target: string | null = null,
): Response | Promise<Response> {
  // The answer to the form is a redirect back, which Chromium counts as a target of the form.
  const origin = target ? ` ${new URL(target).origin}` : ''
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; form-action 'self'${origin}; base-uri 'none'; frame-ancestors 'none'`,
  )
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('X-Robots-Tag', 'noindex')
  return c.html(page, status)
}
