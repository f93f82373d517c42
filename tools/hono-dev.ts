import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { isRunnableDevEnvironment, type Plugin, type ViteDevServer } from 'vite'
import { readConfig } from '../src/config.server.ts'
import { type OpenDatabase, openDatabase } from '../src/db/open.server.ts'
import type { DevProgram } from '../src/main.ts'

/**
 * Hono in front of the dev server, in one module graph with the pages. Every edit makes that graph anew, so the database is
 * started here, outside of it, and src/main.ts stops the old wiring before it makes a new one.
 */
export function honoDev(): Plugin {
  return {
    name: 'afterfund:hono-dev',
    apply: (_config, { command }) => command === 'serve' && !process.env.VITEST,
    async configureServer(server) {
      const database = await openDatabase(readConfig(process.env))
      server.httpServer?.once('listening', () => stopOnSignal(database))
      // Returned, so that it runs after Vite's own middleware and before its 404.
      return () => {
        server.middlewares.use((request, response, next) => void answer(server, database, request, response).catch(next))
      }
    },
  }
}

/** Instead of Vite's own listener, which would end this process before PostgreSQL is stopped. */
function stopOnSignal(database: OpenDatabase): void {
  const stop = async () => {
    const holder = globalThis as { afterfundDevStop?: () => Promise<void> }
    await holder.afterfundDevStop?.()
    await database.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(signal)
    process.once(signal, () => void stop())
  }
}

async function answer(
  server: ViteDevServer,
  database: OpenDatabase,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { ssr } = server.environments
  if (!ssr || !isRunnableDevEnvironment(ssr)) throw new Error('The dev server cannot run server code')
  const { devProgram } = (await ssr.runner.import('/src/main.ts')) as { devProgram: DevProgram }
  const app = await devProgram(database)
  // Vite strips its base from the address; the program wants what was asked for.
  const { originalUrl } = request as IncomingMessage & { originalUrl?: string }
  if (originalUrl) request.url = originalUrl
  await getRequestListener(app.fetch)(request, response)
}
