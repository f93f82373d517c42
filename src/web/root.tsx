import type { ReactNode } from 'react'
import { isRouteErrorResponse, Links, Meta, Outlet, Scripts, ScrollRestoration, useMatches, useRouteError } from 'react-router'

/** What a route may say about itself in its `handle`. */
export type PageHandle = {
  /** False: the page ships no script at all (every backer page). */
  scripts?: boolean
}

export function Layout({ children }: { children: ReactNode }) {
  const matches = useMatches()
  const hasScripts = matches.every((match) => (match.handle as PageHandle | undefined)?.scripts !== false)
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        {hasScripts && <ScrollRestoration />}
        {hasScripts && <Scripts />}
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

export function ErrorBoundary() {
  const error = useRouteError()
  const isMissing = isRouteErrorResponse(error) && error.status === 404
  return (
    <main>
      <h1>{isMissing ? 'There is nothing here' : 'Something went wrong'}</h1>
      <p>
        {isMissing
          ? 'The address leads nowhere. Check it, or go back.'
          : 'It is our fault and was written to the log. Try again in a moment.'}
      </p>
    </main>
  )
}
