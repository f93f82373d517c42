import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createSimulatorApp } from './app.ts'
import { holdFolder } from './hold-folder.ts'
import { createKnobs } from './knobs.ts'
import { readLedger, readRefunds } from './ledger.ts'
import { renewCard } from './resources/payment-methods.ts'
import { awaitProcessing } from './resources/settle-due.ts'
import { SimulatorStartError } from './start-error.ts'
import { openStore } from './store.ts'
import type { Simulator, SimulatorOptions } from './types.ts'
import { createWebhooks } from './webhooks.ts'
import { beginWork } from './work.ts'

const graceMs = 500

/**
 * Starts the stand-in for Stripe on a port of its own. Everything it has answered is in `folder` before the answer leaves, so a process that
 * is killed loses nothing. Refuses, with one sentence, a folder that another simulator holds, a damaged journal and a port in use.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1'
  const lock = await holdFolder(options.folder)
  const knobs = createKnobs()
  let store: ReturnType<typeof openStore> | undefined
  try {
    store = openStore(options.folder, knobs)
    const opened = store
    // Longer than a client lets a connection rest, so that a call seldom meets one that is just being closed.
    const server = createServer({ keepAliveTimeout: 60_000 })
    const port = await listen(server, host, options.port ?? 0)
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    const hostedUrl = (options.hosted_url ?? url).replace(/\/+$/, '')
    const webhooks = createWebhooks({ store, knobs, hostedUrl }, options.webhook ?? null)
    const begun = beginWork({ store, knobs, hostedUrl })
    awaitProcessing(begun)
    store.commit(begun.puts)
    const parts = { store, knobs, key: options.key ?? null, hostedUrl, inFlight: new Set<string>(), webhooks }
    const app = createSimulatorApp(parts)
    const answer = getRequestListener(app.fetch)
    server.on('request', (request, response) => void answer(request, response))
    return {
      url,
      port,
      ledger: () => readLedger(parts),
      refunds: () => readRefunds(parts),
      knobs: knobs.change,
      forgetKeys: knobs.forgetKeys,
      sendWebhooks: webhooks.sendTo,
      resendWebhooks: webhooks.resend,
      pendingWebhooks: webhooks.pending,
      renewCard: (payment_method) => {
        if (!renewCard(parts, payment_method)) throw new Error('There is no such card.')
      },
      stop: async () => {
        webhooks.stop()
        await close(server)
        opened.close()
        lock.release()
      },
    }
  } catch (error) {
    store?.close()
    lock.release()
    throw error
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(
        isTaken ? new SimulatorStartError(`Port ${port} on ${host} is in use. Stop what uses it, or take another port.`) : error,
      )
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** Calls in flight get a moment to be answered; those that nobody answers, and connections that rest, end. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), graceMs).unref()
  })
}
