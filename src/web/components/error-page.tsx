import { Link, useLocation } from 'react-router'
import { paths } from '../paths.ts'
import { PlainPage } from './plain-page.tsx'

interface ErrorPageProps {
  /** What a loader or action answered; null when the program failed. */
  error: { status: number; data: unknown } | null
  /** The request's number in the log. */
  report?: string | undefined
}

/** What happened, that it is safe, what to do: for a missing page, a refusal of the domain, and our own fault. */
export function ErrorPage({ error, report }: ErrorPageProps) {
  const { pathname } = useLocation()
  const { title, text } = wordsFor(error)
  const isOurs = error === null || error.status >= 500
  return (
    <PlainPage
      wide
      title={title}
      lead={text}
      foot={
        isOurs && report ? (
          <>
            Report number <bdi>{report}</bdi>
          </>
        ) : undefined
      }
    >
      <title>{`${title} · Afterfund`}</title>
      <div className="button-row">
        {isOurs && (
          <a className="button" data-variant="primary" href={pathname}>
            Load again
          </a>
        )}
        <Link className="button" to={paths.home()} reloadDocument>
          Go to my campaigns
        </Link>
      </div>
    </PlainPage>
  )
}

function wordsFor(error: ErrorPageProps['error']): { title: string; text: string } {
  const message = messageOf(error?.data)
  if (error === null || error.status >= 500) {
    return {
      title: 'Something went wrong on our side',
      text: 'It was written to the log. What was not confirmed is not saved; nothing else changed. Load the page again in a moment.',
    }
  }
  if (error.status === 404) {
    return {
      title: 'There is nothing here',
      text: message ?? 'The address leads nowhere, or to something that is not yours. Check it, or start from your campaigns.',
    }
  }
  if (error.status === 400 && message === null) {
    return {
      title: 'This form came from elsewhere',
      text: 'It was not sent from a page of this site, so nothing was done. Open the page and try again.',
    }
  }
  return { title: 'This was not done', text: message ?? 'Nothing has changed. Go back and try again.' }
}

/** The sentence of a refusal, as `orRefusalPage` sends it. */
function messageOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('message' in data)) return null
  return typeof data.message === 'string' ? data.message : null
}
