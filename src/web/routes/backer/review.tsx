import { CalendarClock } from 'lucide-react'
import { findMethodOfBacker } from '../../../domain/payments/payment-methods.ts'
import { describeChanges } from '../../../domain/surveys/describe-changes.ts'
import { draftMark } from '../../../domain/surveys/drafts.ts'
import { findSurveyView } from '../../../domain/surveys/survey-view.ts'
import { CardOnFile, type CardProps } from '../../components/backer/card-parts.tsx'
import { MoneyLines } from '../../components/survey/money-lines.tsx'
import { ContentsList } from '../../components/survey/pledge-parts.tsx'
import { AddressSheet, AnswersSheet } from '../../components/survey/review-parts.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/review'
import { ChangeList } from './closed.tsx'
import { answersProps, contentsProps, moneyProps, reviewAddress } from './fields.server.ts'
import { cardProps } from './order.server.ts'
import { openPledge, plannedDay, readForm, seeOther } from './pledge.server.ts'
import { confirmReview, dropChanges, keepChanges, leadOn, reviewProblems } from './review.server.ts'
import { closedOf, openStep, refuseNotOpen, unsaved } from './step.server.ts'
import { FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'Check it, then you are done'

export async function loader(args: Route.LoaderArgs) {
  const { pledge, view, page } = await openStep(args, 'review')
  const { campaign_id, backer_id } = pledge.key
  const { file, campaign } = view
  const draft = file.draft?.state === 'active' ? file.draft : null
  if (file.order && !draft && !page.closed) throw seeOther(page.order_path)
  const now = pledge.deps.clock.now()
  const method = await findMethodOfBacker(pledge.deps.db, pledge.key, now)
  const changes = file.order ? describeChanges(view.catalog, file, view.data) : []
  const change = (step: 'start' | 'questions' | 'addons' | 'address' | 'payment') =>
    view.steps.includes(step) ? paths.pledge_step(campaign_id, backer_id, step, { next: 'review' }) : null
  return {
    page: { ...page, back_to: null },
    draft: draftMark(draft),
    total: view.composition.quote.total,
    before: file.order?.balance_due ?? null,
    money: moneyProps(view, view.composition.quote, view.balance),
    contents: contentsProps(view),
    answers: answersProps(view),
    address: reviewAddress(view),
    change: {
      start: change('start'),
      questions: change('questions'),
      addons: change('addons'),
      address: change('address'),
      payment: change('payment'),
    },
    problems: reviewProblems(pledge, view),
    stale: view.stale,
    changes,
    same: file.order !== null && changes.length === 0 && file.order.balance_due === view.balance,
    pays: view.balance > 0,
    card: cardProps(method),
    deadline: plannedDay(campaign, now),
  }
}

export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  refuseNotOpen(pledge, view)
  const intent = form.get('intent')
  if (intent === 'drop') return await leadOn(() => dropChanges(pledge, view))
  const { draft } = view.file
  const typed = draft ? describeChanges(view.catalog, view.file, draft.data as typeof view.data) : []
  const closed = closedOf(view, typed, true)
  if (closed) return unsaved({ closed }, 409)
  if (intent === 'keep') return await leadOn(() => keepChanges(pledge, view))
  return await confirmReview(pledge, view, form)
}

export default function Review({ loaderData, actionData }: Route.ComponentProps) {
  const { page, money, change, problems, stale, deadline, before, same } = loaderData
  const by = <bdi>{page.frame.campaign.by}</bdi>
  const edit = page.order_number !== null
  const wrong = stale ? actionData !== undefined : problems.length > 0 && !actionData?.refused
  // What was refused and still stands is in the list below, with the link to put it right: it is not said twice.
  const listed = stale || problems.some(({ message }) => message === actionData?.refused?.message)
  return (
    <StepPage
      page={page}
      answer={actionData && listed ? { ...actionData, refused: null } : actionData}
      title={edit ? 'Check your changes' : TITLE}
      window_title={`${wrong ? 'Error: ' : ''}${edit ? 'Check your changes' : TITLE}`}
      lead={
        same ? (
          'Nothing here is different from your order.'
        ) : (
          <>
            You can still change everything until {by} locks your order{deadline && <>, planned for {deadline}</>}.
          </>
        )
      }
    >
      {problems.length > 0 && !stale && <StillMissing problems={problems} />}
      {stale && <Stale page={page} by={page.frame.campaign.by} changes={loaderData.changes} />}
      {edit && !stale && loaderData.changes.length > 0 && (
        <Sheet title="What you change">
          <ChangeList changes={loaderData.changes} />
        </Sheet>
      )}
      <Sheet title="What you get" aside={<Links to={change} />}>
        <ContentsList entries={loaderData.contents} />
      </Sheet>
      <AnswersSheet answers={loaderData.answers} change_to={change.questions} />
      <Sheet title="What you pay" aside={change.addons && <a href={change.addons}>Change add-ons</a>}>
        <MoneyLines money={money} due="You will pay" />
        {edit && before !== null && before !== money.balance && <Before before={before} currency={money.currency} />}
      </Sheet>
      {loaderData.address && <AddressSheet address={loaderData.address} change_to={change.address} />}
      {(change.payment || loaderData.card) && <HowYouPay card={loaderData.card} change_to={change.payment} />}
      {!stale && (
        <form method="post">
          <FormFacts page={page} />
          <input type="hidden" name="draft" value={loaderData.draft} />
          <input type="hidden" name="agreed_total" value={loaderData.total} />
          <ChargePromise loaded={loaderData} />
          {problems.length === 0 && !same && (
            <Button variant="primary" wide name="intent" value="confirm">
              {edit ? 'Confirm my changes' : 'Confirm my order'}
            </Button>
          )}
          {edit && (
            <p className="field">
              <Button variant={same ? 'primary' : 'text'} wide name="intent" value="drop">
                {same ? 'Go back to my order' : 'Drop these changes'}
              </Button>
            </p>
          )}
          {problems.length === 0 && !same && <p className="small quiet centered">We mail you a copy at once.</p>}
        </form>
      )}
    </StepPage>
  )
}

function Links({ to }: { to: { start: string | null; questions: string | null; addons: string | null } }) {
  const step = to.questions ?? to.start
  return step && <a href={step}>{to.questions ? 'Change choices' : 'Change country'}</a>
}

function Before({ before, currency }: { before: number; currency: string }) {
  return (
    <p className="small quiet">
      {before < 0 ? 'Until now: credit of ' : 'Until now you owed '}
      <Money minor={Math.abs(before)} currency={currency} />.
    </p>
  )
}

/** The card on file, or that there is none yet. */
function HowYouPay({ card, change_to }: { card: CardProps | null; change_to: string | null }) {
  return (
    <Sheet title="How you pay" aside={change_to && <a href={change_to}>{card ? 'Change card' : 'Add a card'}</a>}>
      {card ? <CardOnFile card={card} /> : <p>No card yet. Your order cannot be locked without one.</p>}
    </Sheet>
  )
}

/** Nothing is charged today: the promise before the button. */
function ChargePromise({ loaded: { pays, card, money } }: { loaded: Loaded }) {
  if (!pays) return null
  const amount = <Money minor={money.balance} currency={money.currency} />
  return (
    <Note tone="warn" icon={CalendarClock}>
      <b>Nothing is charged today.</b>{' '}
      {card ? (
        <>
          {amount} is charged to {card.name} after your order is locked.
        </>
      ) : (
        <>{amount} is owed once your order is locked.</>
      )}{' '}
      If the amount changes, you get a mail first.
    </Note>
  )
}

function StillMissing({ problems }: { problems: Route.ComponentProps['loaderData']['problems'] }) {
  return (
    <div className="error-summary" role="alert" aria-labelledby="still-missing">
      <h2 id="still-missing">Before you can confirm</h2>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.step} ${problem.message}`}>
            <a href={problem.to}>{problem.message}</a>
          </li>
        ))}
      </ul>
    </div>
  )
}

type Loaded = Route.ComponentProps['loaderData']
interface StaleProps {
  page: Loaded['page']
  by: string
  changes: Loaded['changes']
}

/** The order was changed under an edit: nothing is merged silently. */
function Stale({ page, by, changes }: StaleProps) {
  return (
    <form method="post">
      <FormFacts page={page} />
      <Note tone="warn" live>
        <b>Your order was changed while you were making changes.</b> <bdi>{by}</bdi>, or you in another window, changed it.
        Nothing of yours is lost. If you keep your changes, this is different from your order as it is now:
        <ChangeList changes={changes} />
      </Note>
      <p className="stack">
        <Button variant="primary" wide name="intent" value="keep">
          Keep my changes and check again
        </Button>
        <Button wide name="intent" value="drop">
          Drop my changes, keep the order as it is
        </Button>
      </p>
    </form>
  )
}
