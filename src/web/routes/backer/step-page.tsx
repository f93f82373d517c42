import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Steps } from '../../components/backer/backer-page.tsx'
import type { FieldErrors } from '../../components/survey/choice-fields.tsx'
import { ErrorSummary, type FormProblem, titleWith } from '../../ui/error-summary.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { type Closed, ClosedPage } from './closed.tsx'
import { type Frame, PledgePage } from './frame.tsx'

/** What every step knows about itself. */
export interface StepFrame {
  frame: Frame
  backer_id: string
  names: string[]
  now: number
  /** an edit of this order; null while the survey is filled in for the first time */
  order_number: number | null
  next: 'review' | null
  back_to: string | null
  order_path: string
  closed: Closed | null
}

interface Answer {
  problems: readonly FormProblem[]
  refused: { code: string; message: string } | null
  closed: Closed | null
}

interface StepPageProps {
  page: StepFrame
  answer?: Answer | undefined
  /** problems to show although nothing was posted: an add-on that is gone */
  problems?: readonly FormProblem[]
  title: string
  /** instead of where one is in the survey */
  place?: string
  /** of the window, where it differs from the page's */
  window_title?: string
  lead?: ReactNode
  children: ReactNode
}

/** A step of the survey: where one is, what is wrong, the question. */
export function StepPage(props: StepPageProps) {
  const { page, answer, problems = [], title, window_title = title, lead, children } = props

  const closed = answer?.closed ?? page.closed
  if (closed) return <ClosedPage frame={page.frame} closed={closed} order_path={page.order_path} />
  const wrong = answer?.refused ? [answer.refused] : answer ? answer.problems : problems
  return (
    <PledgePage frame={page.frame} title={titleWith(wrong, window_title)}>
      {page.back_to && (
        <p className="back-line">
          <a href={page.back_to}>
            <Icon of={ArrowLeft} mirrors /> {page.next ? 'Back without changing this' : 'Back'}
          </a>
        </p>
      )}
      {page.order_number === null ? (
        <Steps names={page.names} now={page.now} />
      ) : (
        <p className="steps">{props.place ?? `Changing order ${page.order_number}`}</p>
      )}
      <ErrorSummary problems={answer ? answer.problems : problems} />
      {answer?.refused && <RefusedNote refused={answer.refused} />}
      <h1>{title}</h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </PledgePage>
  )
}

/** A refusal that leaves everything as it is: what happened, that it is safe, what to do. */
export function RefusedNote({ refused }: { refused: { code: string; message: string } }) {
  if (refused.code === 'being_locked') {
    return (
      <Note tone="warn" live>
        <b>Orders are being locked at this moment.</b> Nothing is lost: what you typed is still below. Try again in a moment.
      </Note>
    )
  }
  return (
    <Note tone="danger" live>
      <b>{refused.message}</b>
      <br />
      <small>Code: {refused.code}</small>
    </Note>
  )
}

/** What every form of a backer carries: whose it is, and where it leads. */
export function FormFacts({ page }: { page: StepFrame }) {
  return (
    <>
      <input type="hidden" name="backer" value={page.backer_id} />
      {page.next && <input type="hidden" name="next" value={page.next} />}
    </>
  )
}

/** Problems by field, as the fields take them. */
export function errorsByField(problems: readonly FormProblem[]): FieldErrors {
  return Object.fromEntries(problems.map(({ id = '', message }) => [id, [message]]))
}
