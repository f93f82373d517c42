import type { ReactNode } from 'react'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { discardDraft } from '../../../domain/surveys/drafts.ts'
import { resumeAt } from '../../../domain/surveys/steps.ts'
import { findSurveyView, type SurveyView } from '../../../domain/surveys/survey-view.ts'
import { CardNewsNote } from '../../components/backer/card-parts.tsx'
import { NotChargedNote } from '../../components/survey/charge-parts.tsx'
import { OrderHead, orderTitle } from '../../components/survey/order-head.tsx'
import { type OrderProps, OrderView } from '../../components/survey/order-view.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import type { Route } from './+types/pledge'
import { cardWordOf } from './card.server.ts'
import { ChangeList, NotTakenOver } from './closed.tsx'
import { type Frame, PledgePage, SupportLink } from './frame.tsx'
import { orderProps, unconfirmed } from './order.server.ts'
import { frameOf, openPledge, type Pledge, readForm, seeOther } from './pledge.server.ts'
import { leadOn } from './review.server.ts'

const DONE = [
  'order',
  'address',
  'dropped',
  'not_charged',
  'charged',
  'asked',
  'taken_back',
  'day_named',
  'day_withdrawn',
  'day_not_possible',
  'day_not_saved',
] as const

/** Behind the link: the survey's next step, the order, or why there is neither yet. */
export async function loader(args: Route.LoaderArgs) {
  const pledge = await openPledge(args)
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  const now = pledge.deps.clock.now()
  const { order, backer } = view.file
  const frame = frameOf(view.campaign, now, order?.number)
  if (!order) {
    if (backer.survey === 'not_sent' || backer.survey === 'waiting' || backer.survey === 'withdrawn') {
      return { frame, closed: backer.survey, order: null }
    }
    throw seeOther(nextStep(pledge, view))
  }
  const asked = new URL(args.request.url).searchParams.get('done')
  return {
    frame,
    closed: null,
    backer_id: backer.id,
    email: backer.email,
    order: await orderProps(pledge.deps.db, view, now),
    change: changeLinks(pledge, view),
    forms: formsOf(pledge),
    card: cardWordOf(args.request),
    unconfirmed: unconfirmed(view),
    review: paths.pledge_step(pledge.key.campaign_id, backer.id, 'review'),
    done: DONE.find((each) => each === asked) ?? null,
  }
}

function nextStep({ key }: Pledge, view: SurveyView): string {
  const reached = view.file.draft?.reached ?? null
  const fields = view.problems.map(({ field }) => field)
  return paths.pledge_step(key.campaign_id, key.backer_id, resumeAt(view.steps, reached, fields))
}

function changeLinks({ key }: Pledge, view: SurveyView) {
  const open = view.file.order?.status === 'open'
  const to = (step: 'questions' | 'addons' | 'address') => paths.pledge_step(key.campaign_id, key.backer_id, step)
  return {
    choices: open && view.steps.includes('questions') ? to('questions') : null,
    addons: open && view.steps.includes('addons') ? to('addons') : null,
    address: to('address'),
    request: view.file.order?.status === 'ready_to_ship' ? paths.pledge_change_request(key.campaign_id, key.backer_id) : null,
  }
}

function formsOf({ key: { campaign_id, backer_id } }: Pledge) {
  return {
    backer_id,
    card: paths.pledge_card(campaign_id, backer_id),
    retry: paths.pledge_retry(campaign_id, backer_id),
    remind_on: paths.pledge_remind_on(campaign_id, backer_id),
    bank: paths.pledge_bank(campaign_id, backer_id),
    here: paths.pledge(campaign_id, backer_id),
  }
}

/** Drops an unconfirmed edit, or puts the note about an overtaken one away. */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const { campaign_id, backer_id } = pledge.key
  return await leadOn(async () => {
    if (form.get('intent') !== 'drop') return paths.pledge(campaign_id, backer_id)
    const { file } = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
    if (file.order) await inTransaction(pledge.deps, (tx) => discardDraft(tx, pledge.actor, pledge.key))
    return paths.pledge(campaign_id, backer_id, { done: 'dropped' })
  })
}

const CLOSED_TITLE = {
  not_sent: 'The survey is not open yet',
  waiting: 'Your pledge has not been collected yet',
  withdrawn: 'This pledge was withdrawn',
} as const

export default function PledgeHome({ loaderData }: Route.ComponentProps) {
  if (loaderData.closed) return <ClosedSurvey frame={loaderData.frame} why={loaderData.closed} />
  const { frame, order, change, done, card } = loaderData
  // A failed charge that still has something to take: then a new card is charged at once, and the page tells how that went.
  const isChargedAtOnce = order.status === 'errored' && order.money.balance > 0
  return (
    <PledgePage frame={frame} title={`${orderTitle(order)}: order ${order.number}`}>
      <OrderHead order={order} />
      <CardNewsNote word={card} told={isChargedAtOnce || order.charges.under_way !== null} />
      {isChargedAtOnce && (done === 'not_charged' || card === 'saved') && (
        <NotChargedNote order={order} saved={card === 'saved'} />
      )}
      <Done loaded={loaderData} />
      <Unconfirmed loaded={loaderData} />
      <OrderView
        order={withDayProblem(order, done)}
        change={order.may.address ? change : { ...change, address: null }}
        forms={loaderData.forms}
        ask={<SupportLink frame={frame} />}
      />
    </PledgePage>
  )
}

/** A day that was not taken is told at its field. */
function withDayProblem(order: OrderProps, done: WithOrder['done']): OrderProps {
  const { pay_day } = order
  if (!pay_day || (done !== 'day_not_possible' && done !== 'day_not_saved')) return order
  const problem =
    done === 'day_not_possible'
      ? `Name a day between ${pay_day.first.words} and ${pay_day.last.words}.`
      : 'Your order was being changed at this moment, so the day is not saved. Send it again.'
  return { ...order, pay_day: { ...pay_day, problem } }
}

/** What the last press came to. */
function Done({ loaded: { done, order, email } }: { loaded: WithOrder }) {
  const mail = <bdi>{email}</bdi>
  switch (done) {
    case 'order':
      return <Good title="Confirmed.">A copy is on its way to {mail}.</Good>
    case 'address':
      return <Good title="The address is saved.">A mail with it is on its way to {mail}.</Good>
    case 'dropped':
      return <Good title="Your order stands as you confirmed it last." />
    case 'charged':
      return order.status === 'paid' ? <Charged order={order} email={email} /> : null
    case 'asked':
      return order.request?.state === 'open' ? (
        <Good title="Your request is on its way.">You get a mail when it is answered.</Good>
      ) : null
    case 'taken_back':
      return <Good title="The request is taken back.">The address stays as it is.</Good>
    case 'day_named':
      return order.pay_day?.named ? (
        <Good title={`You pay on ${order.pay_day.named.words}.`}>
          Until then you get no reminder, and your card is not tried by itself.
        </Good>
      ) : null
    case 'day_withdrawn':
      return order.pay_day && !order.pay_day.named ? <Good title="The day is taken back.">Pay whenever it suits you.</Good> : null
    default:
      return null
  }
}

function Good({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Note tone="good" live>
      <b>{title}</b> {children}
    </Note>
  )
}

/** The charge that somebody has just waited for. */
function Charged({ order, email }: { order: OrderProps; email: string }) {
  const receipt = order.charges.receipts.at(-1)
  if (!receipt) return null
  return (
    <Note tone="good" live>
      <b>
        <Money minor={receipt.amount} currency={order.money.currency} /> was charged to {receipt.card}.
      </b>{' '}
      A receipt is on its way to <bdi>{email}</bdi>.
    </Note>
  )
}

type WithOrder = Extract<Route.ComponentProps['loaderData'], { closed: null }>

/** Changes that were saved and not confirmed: go on, drop them, or see that a lock came first. */
function Unconfirmed({ loaded }: { loaded: WithOrder }) {
  const { unconfirmed: draft, review, backer_id, order } = loaded
  if (!draft) return null
  if (draft.state === 'overtaken' || !order.may.choices) {
    if (draft.changes.length === 0) return null
    return (
      <form method="post">
        <input type="hidden" name="backer" value={backer_id} />
        <NotTakenOver typed={draft.changes} />
        <p className="field">
          <Button name="intent" value="drop" wide>
            Put this note away
          </Button>
        </p>
      </form>
    )
  }
  return (
    <form method="post">
      <input type="hidden" name="backer" value={backer_id} />
      <Note tone="warn">
        <b>You have changes that are not confirmed.</b> They are not part of your order yet.
        <ChangeList changes={draft.changes} />
      </Note>
      <p className="stack">
        <ButtonLink to={review} variant="primary" wide reload>
          Check and confirm them
        </ButtonLink>
        <Button name="intent" value="drop" wide>
          Drop these changes
        </Button>
      </p>
    </form>
  )
}

function ClosedSurvey({ frame, why }: { frame: Frame; why: keyof typeof CLOSED_TITLE }) {
  const by = <bdi>{frame.campaign.by}</bdi>
  return (
    <PledgePage frame={frame} title={CLOSED_TITLE[why]}>
      <h1>{CLOSED_TITLE[why]}</h1>
      <p className="lead">
        {why === 'not_sent' && <>You get a mail with this same link when {by} opens it. There is nothing to do until then.</>}
        {why === 'waiting' && (
          <>
            The platform is still trying to collect it. The survey opens, and you get a mail, when it has. If your payment failed
            there, mend it on the platform.
          </>
        )}
        {why === 'withdrawn' && (
          <>
            There is nothing to fill in for it, and nothing is charged or sent. If that is not right,{' '}
            <SupportLink frame={frame}>write to {by}</SupportLink>.
          </>
        )}
      </p>
    </PledgePage>
  )
}
