import { isLoopbackHost } from '../lib/loopback.ts'

type Address = { publicUrl: string; isLoopback: boolean; isHttps: boolean }

/**
 * The origin under which this request is answered: PUBLIC_URL, whatever the proxy in front wrote. On one's own machine both
 * `localhost` and `127.0.0.1` will do. Null: the request came over plain http from elsewhere, which is refused.
 */
export function originOf(config: Address, host: string | undefined): string | null {
  if (config.isHttps) return config.publicUrl
  if (!config.isLoopback) return null
  const url = URL.parse(`http://${host ?? new URL(config.publicUrl).host}`)
  return url && isLoopbackHost(url.hostname) ? url.origin : null
}

/** The same request as if it had been sent to `origin`. */
export function requestAt(request: Request, origin: string): Request {
  const url = new URL(request.url)
  const rebuilt = new Request(new URL(url.pathname + url.search, origin), request)
  rebuilt.headers.set('host', new URL(origin).host)
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'forwarded']) rebuilt.headers.delete(name)
  return rebuilt
}

/** Shown instead of anything else where secrets would travel in the clear. */
export function tlsPage(publicUrl: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Set up TLS first</title></head>
<body>
<h1>Set up TLS first</h1>
<p>Afterfund was asked for over plain http from another machine. Sign-ins and backers' links would travel in the clear, so it answers nothing else here.</p>
<p>Put a proxy with a certificate in front of it (Caddy does it in one line: <code>caddy reverse-proxy --from pledges.example.com --to 127.0.0.1:3000</code>), set <code>PUBLIC_URL</code> to the https address, and start Afterfund again. <code>PUBLIC_URL</code> is now <code>${escapeHtml(publicUrl)}</code>.</p>
<p>On the machine itself, http://localhost works as it is.</p>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
