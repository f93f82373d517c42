import { BlockList, isIP } from 'node:net'
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

/**
 * The network address that tries are counted by. Behind TLS a proxy on this machine or network stands in front: it wrote the last entry of
 * X-Forwarded-For, and what comes before that one is anybody's word. Everywhere else the header says nothing.
 */
export function callerOf(config: Address, peer: string, forwarded: string | undefined): string {
  if (!config.isHttps || !isNearby(peer)) return peer
  const last = forwarded?.split(',').at(-1)?.trim() ?? ''
  return isIP(last) === 0 ? peer : last
}

function isNearby(peer: string): boolean {
  const address = peer.replace(/^::ffff:/, '')
  return isIP(address) !== 0 && near.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

const near = new BlockList()
near.addSubnet('127.0.0.0', 8)
near.addSubnet('10.0.0.0', 8)
near.addSubnet('172.16.0.0', 12)
near.addSubnet('192.168.0.0', 16)
near.addAddress('::1', 'ipv6')
near.addSubnet('fc00::', 7, 'ipv6')

/** The same request as if it had been sent to `origin`. */
export function requestAt(request: Request, origin: string): Request {
  const url = new URL(request.url)
  // Joined as text: a path that begins with two slashes would be read as another host.
  const rebuilt = new Request(`${origin}${url.pathname}${url.search}`, request)
  rebuilt.headers.set('host', new URL(origin).host)
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-for', 'forwarded']) rebuilt.headers.delete(name)
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
