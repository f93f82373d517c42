import { APIError } from 'better-auth/api'
import { data, type RouterContextProvider, redirect } from 'react-router'
import { DomainError } from '../domain/shared/errors.ts'
import { depsContext } from './context.ts'
import { pageUrl } from './page-url.server.ts'
import { paths } from './paths.ts'

interface PageArgs {
  request: Request
  context: Readonly<RouterContextProvider>
}

/** Who is signed in. */
export interface Account {
  id: string
  name: string
  email: string
}

/** The account of this browser's session, or null. */
export async function findAccount({ request, context }: PageArgs): Promise<Account | null> {
  const session = await context.get(depsContext).auth.api.getSession({ headers: request.headers })
  return session && { id: session.user.id, name: session.user.name, email: session.user.email }
}

/** The account, or the way to the sign-in, which leads back to a page that was asked for. */
export async function requireAccount(args: PageArgs): Promise<Account> {
  const account = await findAccount(args)
  if (account) return account
  const { pathname, search } = pageUrl(args.request)
  throw redirect(paths.sign_in(args.request.method === 'GET' ? pathname + search : undefined), { status: 303 })
}

/** Starts a session: the headers carry its cookie. Null when mail address and password do not belong together. */
export async function startSession(
  { request, context }: PageArgs,
  login: { email: string; password: string },
): Promise<Headers | null> {
  try {
    const { headers } = await context
      .get(depsContext)
      .auth.api.signInEmail({ body: login, headers: request.headers, returnHeaders: true })
    return headers
  } catch (error) {
    if (error instanceof APIError && (error.statusCode === 401 || error.statusCode === 400)) return null
    throw error
  }
}

/** Ends the session; the headers take the cookie back. */
export async function endSession({ request, context }: PageArgs): Promise<Headers> {
  const { headers } = await context.get(depsContext).auth.api.signOut({ headers: request.headers, returnHeaders: true })
  return headers
}

/** A page of our own to go on to, never another site's: the path and query of `next`, or the list of campaigns. */
export function nextPage(next: string | null): string {
  const here = 'http://here.invalid'
  const url = next?.startsWith('/') ? URL.parse(next, here) : null
  // Dots are resolved by now: `/.//evil.example` has become a path that a browser reads as another host.
  return url?.origin === here && !url.pathname.startsWith('//') ? url.pathname + url.search : paths.campaigns()
}

/**
 * Runs what a loader or action asks of the domain. A refusal becomes a page with its sentence and HTTP status, shown by the
 * nearest error boundary; thrown as it is, React Router would answer 500 and keep the sentence back.
 */
export async function orRefusalPage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof DomainError) throw data({ code: error.code, message: error.message }, { status: error.status })
    throw error
  }
}
