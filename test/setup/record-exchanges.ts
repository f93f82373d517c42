import { createServer, request } from 'node:http'
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
  const server = createServer(async (asked, answer) => {
    const body = await text(asked)
    const options = { port, path: asked.url, method: asked.method, headers: asked.headers }
    const passed = request(options, async (given) => {
      const said = await text(given)
      const { method = '', url = '' } = asked
      exchanges.push({
        method: method.toLowerCase() as 'get',
        path: url,
        request: body,
        status: given.statusCode ?? 0,
        answer: said,
      })
      answer.writeHead(given.statusCode ?? 502, given.headers).end(said)
    })
    passed.end(body)
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
