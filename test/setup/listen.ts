import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'

/** Lets a server answer on a port of its own: what posts to the program from outside needs one. */
export async function listenWith(app: {
  fetch(request: Request, env: never): Response | Promise<Response>
}): Promise<{ url: string; stop(): void }> {
  const answer = getRequestListener((request, env) => app.fetch(request, env as never))
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}
