import { isRouteErrorResponse, type MiddlewareFunction, Outlet, useLocation, useRouteError } from 'react-router'
import { isId } from '../../../lib/id.ts'
import { paths } from '../../paths.ts'
import type { PageHandle } from '../../root.tsx'
import backerCss from '../../styles/backer.css?url'

/** No script at all on a backer's page. */
export const handle: PageHandle = { scripts: false }

export const links = () => [{ rel: 'stylesheet', href: backerCss }]

/** What is behind a backer's link is theirs alone: it is stored by no cache and found by no search engine. */
export const middleware: MiddlewareFunction<Response>[] = [
  async (_args, next) => {
    const response = await next()
    response.headers.set('Cache-Control', 'no-store')
    response.headers.set('X-Robots-Tag', 'noindex, nofollow')
    return response
  },
]

export default function BackerLayout() {
  return <Outlet />
}

/** A link that does not fit (any more), a page without its cookie, and what is our fault. */
export function ErrorBoundary() {
  const error = useRouteError()
  const { pathname } = useLocation()
  const isStaff = pathname.startsWith('/campaigns/')
  const campaign = campaignIn(pathname)
  if (!isRouteErrorResponse(error) || error.status >= 500) return <OurFault />
  if (isStaff) return <NotTheirs />
  return (
    <main id="main">
      <title>This link does not open a pledge</title>
      <h1>This link does not open a pledge</h1>
      <p className="lead">
        It may have been cut off on its way, or replaced by a newer one. Nothing is lost: what you saved is still there.
      </p>
      {error.status === 404 && campaign ? (
        <>
          <p className="stack">
            Open the link in the newest mail about your pledge. If you cannot find it, have it mailed again.
          </p>
          <a className="button" data-variant="primary" data-wide="" href={paths.lost_link(campaign)}>
            Mail me my link
          </a>
        </>
      ) : (
        <p>Open the link in the newest mail about your pledge.</p>
      )}
    </main>
  )
}

/** Whose link it was, as far as what is left of it says so. */
function campaignIn(pathname: string): string | null {
  const [, place, campaign = ''] = pathname.split('/')
  return place === 'b' && isId(campaign) ? campaign : null
}

/** Staff who look for a campaign or backer that is not theirs. */
function NotTheirs() {
  return (
    <main id="main">
      <title>There is nothing here</title>
      <h1>There is nothing here</h1>
      <p className="lead">This campaign or backer does not exist, or it belongs to another account.</p>
      <a href={paths.campaigns()}>All campaigns</a>
    </main>
  )
}

function OurFault() {
  return (
    <main id="main">
      <title>Something went wrong</title>
      <h1>Something went wrong on our side</h1>
      <p className="lead">It was written to the log. Nothing you saved is lost. Go back and try again in a moment.</p>
    </main>
  )
}
