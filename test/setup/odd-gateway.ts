import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createStripeGateway } from '../../src/adapters/stripe/stripe-gateway.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'

export interface SeenRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: URLSearchParams
}

export interface OddGateway {
  port: number
  timeout_ms: number
  /** what was asked since the test began */
  seen: SeenRequest[]
  answer(response: ServerResponse, request: SeenRequest): void
  /** From now on it answers this, JSON or as it is. */
  says(status: number, body: unknown, headers?: Record<string, string>): void
  open(over?: Partial<Parameters<typeof createStripeGateway>[0]>): Gateway
}

/** A gateway that answers whatever a test tells it to, raw: what a simulator would never say is what the adapter must not misread. */
export function useOddGateway(): OddGateway {
  const gateways: Gateway[] = []
  const odd: OddGateway = {
    port: 0,
    timeout_ms: 400,
    seen: [],
    answer: (response) => response.destroy(),
    says: (status, body, headers = {}) => {
      odd.answer = (response) =>
        response
          .writeHead(status, { 'Content-Type': 'application/json', ...headers })
          .end(typeof body === 'string' ? body : JSON.stringify(body))
    },
    open: (over = {}) => {
      const { port, timeout_ms } = odd
      const settings = { key: 'sk_test_1', protocol: 'http', host: '127.0.0.1', port, timeout_ms, mode: 'test' } as const
      const gateway = createStripeGateway({ ...settings, ...over })
      gateways.push(gateway)
      return gateway
    },
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const told = { method, url, headers, body: new URLSearchParams(body) }
      odd.seen.push(told)
      odd.answer(response, told)
    })
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    odd.port = (server.address() as AddressInfo).port
  })
  beforeEach(() => {
    odd.seen = []
  })
  afterAll(() => {
    for (const gateway of gateways) gateway.close()
    server.closeAllConnections()
    server.close()
  })
  return odd
}

/** A PaymentIntent as Stripe writes it, as far as we read it. */
export function intentOf(over: object): object {
  return {
    object: 'payment_intent',
    id: 'pi_1',
    amount: 4250,
    amount_received: 0,
    currency: 'eur',
    created: 1_800_000_000,
    metadata: {},
    ...over,
  }
}
