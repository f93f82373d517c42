import { RouterContextProvider } from 'react-router'
import type { Deps } from '../../src/deps.server.ts'
import { depsContext, requestContext } from '../../src/web/context.ts'

export type PageAnswer = {
  status: number
  location: string | null
  /** the cookies it sets, as a browser sends them back */
  cookie: string
  /** Set-Cookie as it is */
  set_cookie: string[]
  data: Record<string, unknown> | null
}

export type PageQuestion = {
  path?: string
  params: Record<string, string>
  form?: Record<string, string>
  cookie?: string
  method?: string
}

/** Calls a page's loader or action as React Router does, and reads what it returns or throws. */
export async function askPage(deps: Deps, handler: unknown, question: PageQuestion): Promise<PageAnswer> {
  const { path = '/', params, form, cookie, method = form ? 'POST' : 'GET' } = question
  const context = new RouterContextProvider()
  context.set(depsContext, deps)
  context.set(requestContext, { id: 'r', nonce: 'n', address: '192.0.2.7' })
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    headers: { host: 'localhost:3000', ...(cookie ? { cookie } : {}) },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  })
  const result = await (handler as (args: unknown) => Promise<unknown>)({ request, context, params }).catch((thrown) => thrown)
  if (result instanceof Response) {
    const set_cookie = result.headers.getSetCookie()
    const sent = set_cookie.map((line) => line.split(';')[0]).join('; ')
    return { status: result.status, location: result.headers.get('location'), cookie: sent, set_cookie, data: null }
  }
  if (result instanceof Error) throw result
  const answered = result as { type?: string; data?: PageAnswer['data']; init?: { status?: number } | null }
  const wrapped = answered?.type === 'DataWithResponseInit'
  return {
    status: (wrapped && answered.init?.status) || 200,
    location: null,
    cookie: '',
    set_cookie: [],
    data: (wrapped ? answered.data : (result as PageAnswer['data'])) ?? null,
  }
}
