import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { Stripe } from 'stripe'

const connectLimitMs = 2_000

/** A connection that nobody used for so long is closed by us, before a box on the way forgets it and a charge is sent into the void. */
const idleConnectionMs = 20_000

/** The gateway was never reached: nothing of this request was sent. */
class Unreachable extends Error {
  readonly code = 'UNREACHABLE'
}

/** The connection broke. The client would send once more on ECONNRESET and EPIPE; under this code it does not. */
class ConnectionLost extends Error {
  readonly code = 'CONNECTION_LOST'
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE'])

export interface Transport {
  client: ReturnType<typeof Stripe.createNodeHttpClient>
  close(): void
}

/**
 * How the client's requests travel: over connections that are kept, made within 2 seconds, and each request sent exactly once. A second
 * sending that nobody asked for would turn "the first sending was refused" into a guess. `find_port`: asked before each request, where the
 * port may change.
 */
export function createTransport(options: { protocol: 'http' | 'https'; find_port?: () => Promise<number> }): Transport {
  const agent = createAgent(options.protocol)
  const client = Stripe.createNodeHttpClient(agent)
  const send = client.makeRequest.bind(client)
  client.makeRequest = async (host, port, ...rest) => {
    const where = options.find_port ? await options.find_port().catch(unreachable) : port
    return await send(host, String(where), ...rest).catch((error: NodeJS.ErrnoException) => {
      throw CLOSED.has(error.code ?? '') ? new ConnectionLost(error.message, { cause: error }) : error
    })
  }
  return { client, close: () => agent.destroy() }
}

function unreachable(cause: unknown): never {
  throw new Unreachable('The gateway is not there', { cause })
}

function createAgent(protocol: 'http' | 'https'): http.Agent {
  const settings = { keepAlive: true, timeout: idleConnectionMs }
  const agent = protocol === 'http' ? new http.Agent(settings) : new https.Agent(settings)
  const ready = protocol === 'http' ? 'connect' : 'secureConnect'
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...args) => {
    const socket = connect(...args) as Socket
    const timer = setTimeout(() => socket.destroy(new Unreachable('No connection within 2 seconds')), connectLimitMs)
    socket.once(ready, () => clearTimeout(timer))
    socket.once('close', () => clearTimeout(timer))
    return socket
  }
  return agent
}
