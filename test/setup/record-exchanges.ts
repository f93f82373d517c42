import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Exchange {
  method: 'get' | 'post'
  path: string
  request: string
  status: number
  answer: string
}

/** Stands between a client and the simulator, passes everything on, and keeps what both said. */
export async function recordExchanges(port: number): Promise<{ port: number; exchanges: Exchange[]; stop(): void }> {
  const exchanges: Exchange[] = []
  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    const body = await text(asked)
    const options = { port, path: asked.url, method: asked.method, headers: asked.headers }
    const given = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on('error', reject).end(body)
    })
    const said = await text(given)
    const status = given.statusCode ?? 0
    const method = asked.method === 'POST' ? 'post' : 'get'
    exchanges.push({ method, path: asked.url ?? '', request: body, status, answer: said })
    answer.writeHead(status, given.headers).end(said)
  }
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    exchanges,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
