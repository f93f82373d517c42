import * as build from 'virtual:react-router/server-build'
import { createRequestHandler, RouterContextProvider } from 'react-router'
import type { Pages } from './app.ts'
import type { Deps } from './deps.server.ts'
import { depsContext, requestContext } from './web/context.ts'

/** React Router's pages, with deps and the facts of the request handed to every loader and action. */
export function createPages(deps: Deps): Pages {
  const handle = createRequestHandler(build, import.meta.env.MODE)
  return async (request, facts) => {
    const context = new RouterContextProvider()
    context.set(depsContext, deps)
    context.set(requestContext, facts)
    return await handle(request, context)
  }
}
