import { PassThrough } from 'node:stream'
import { createReadableStreamFromReadable } from '@react-router/node'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from 'react-router'
import { DomainError } from '../domain/shared/errors.ts'
import { depsContext, requestContext } from './context.ts'

const renderLimitMs = 10_000

/** Renders a page. Backer pages have no scripts, so they wait for all content, as robots do. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  context: RouterContextProvider,
): Promise<Response> | Response {
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  const { nonce } = context.get(requestContext)
  const waitForAll = new URL(request.url).pathname.startsWith('/b/') || isbot(request.headers.get('user-agent') ?? '')
  return new Promise((resolve, reject) => {
    let answerStatus = status
    const answer = () => {
      const body = new PassThrough({
        final(done) {
          clearTimeout(limit)
          done()
        },
      })
      headers.set('Content-Type', 'text/html; charset=utf-8')
      pipe(body)
      resolve(new Response(createReadableStreamFromReadable(body), { status: answerStatus, headers }))
    }
    const { pipe, abort } = renderToPipeableStream(<ServerRouter context={routerContext} url={request.url} nonce={nonce} />, {
      nonce,
      [waitForAll ? 'onAllReady' : 'onShellReady']: answer,
      onShellError: reject,
      onError(error: unknown) {
        answerStatus = 500
        context
          .get(depsContext)
          .log.error({ error, request_id: context.get(requestContext).id }, 'a page failed while it was rendered')
      },
    })
    const limit = setTimeout(abort, renderLimitMs)
  })
}

/** Logs what is ours: neither addresses that lead nowhere, nor refusals, nor requests that were given up. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || isRouteErrorResponse(error) || error instanceof DomainError) return
  if (error instanceof Error && /No route matches|without a (loader|action)/.test(error.message)) return
  const { pathname } = new URL(request.url)
  context.get(depsContext).log.error({ error, path: pathname, request_id: context.get(requestContext).id }, 'a page failed')
}
