import type { ReactNode } from 'react'
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useMatches,
  useRouteError,
  useRouteLoaderData,
} from 'react-router'
import type { Route } from './+types/root'
import { readColours } from './colours.server.ts'
import { ErrorPage } from './components/error-page.tsx'
import { requestContext } from './context.ts'
import { pageUrl } from './page-url.server.ts'
import deskCss from './styles/desk.css?url'

/** What a route may say about itself in its `handle`. */
export type PageHandle = {
  /** False: the page ships no script at all (every backer page). */
  scripts?: boolean
}

/** The number under which the log knows this request, for the page that has to say that something went wrong; and the colours chosen. */
export function loader({ request, context }: Route.LoaderArgs) {
  const colours = readColours(request.headers.get('cookie'))
  return { report: context.get(requestContext).id, path: pageUrl(request).pathname, colours }
}

export function Layout({ children }: { children: ReactNode }) {
  const matches = useMatches()
  const hasScripts = matches.every((match) => (match.handle as PageHandle | undefined)?.scripts !== false)
  const colours = useRouteLoaderData<typeof loader>('root')?.colours ?? undefined
  return (
    <html lang="en" data-theme={colours}>
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

/** What no page below has caught: an address that leads nowhere, a refusal, our fault. */
export function ErrorBoundary({ loaderData }: Route.ErrorBoundaryProps) {
  const error = useRouteError()
  return (
    <>
      {/* the stylesheet of the page that failed is missing with it */}
      <link rel="stylesheet" href={deskCss} />
      <ErrorPage error={isRouteErrorResponse(error) ? error : null} report={loaderData?.report} />
    </>
  )
}
