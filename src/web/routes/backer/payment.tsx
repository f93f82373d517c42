import { CreditCard } from 'lucide-react'
import { findMethodOfBacker } from '../../../domain/payments/payment-methods.ts'
import { findSurveyView } from '../../../domain/surveys/survey-view.ts'
import { CardForm, CardNewsNote, CardOnFile, Consent } from '../../components/backer/card-parts.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/payment'
import { cardWordOf } from './card.server.ts'
import { cardProps } from './order.server.ts'
import { openPledge, plannedDay, readForm, seeOther } from './pledge.server.ts'
import { closedOf, openStep, refuseNotOpen, saveStep, unsaved, withTyped } from './step.server.ts'
import { FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'How you pay'

export async function loader(args: Route.LoaderArgs) {
  const { pledge, view, page } = await openStep(args, 'payment')
  const { deps, key } = pledge
  const now = deps.clock.now()
  return {
    page,
    balance: view.balance,
    currency: view.campaign.currency,
    planned: plannedDay(view.campaign, now),
    card: cardProps(await findMethodOfBacker(deps.db, key, now)),
    card_to: paths.pledge_card(key.campaign_id, key.backer_id),
    news: cardWordOf(args.request),
    can_add: deps.gateway.mode === view.campaign.mode,
  }
}

/** The card is saved by then, or put off: the step only leads on. */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  // An order has its card already; leading on must not make an edit of it that changes nothing.
  if (view.file.order) {
    await readForm(args.request, pledge)
    refuseNotOpen(pledge, view)
    const closed = closedOf(view, [], true)
    if (closed) return withTyped(unsaved({ closed }, 409), () => null)
    const { campaign_id, backer_id } = pledge.key
    const isEdited = view.file.draft?.state === 'active'
    throw seeOther(isEdited ? paths.pledge_step(campaign_id, backer_id, 'review') : paths.pledge(campaign_id, backer_id))
  }
  return withTyped(await saveStep(args, { step: 'payment', read: () => ({}), check: () => [] }), () => null)
}

/** A card on file for what the order will owe. The card itself is entered on the payment service's page. */
export default function Payment({ loaderData, actionData }: Route.ComponentProps) {
  const { page, balance, currency, card, card_to, news, can_add, planned } = loaderData
  const amount = <Money minor={balance} currency={currency} />
  const form = { to: card_to, backer_id: page.backer_id, purpose: 'survey' as const }
  return (
    <StepPage
      page={page}
      answer={actionData}
      title={TITLE}
      lead={balance > 0 ? <>You will owe {amount} for this order.</> : 'Nothing is owed, but a card is asked of everybody.'}
    >
      <CardNewsNote word={news} />
      {card && (
        <Sheet title="Your card">
          <CardOnFile card={card} />
        </Sheet>
      )}
      {card && <GoOn page={page} words="Save and continue" />}
      {can_add ? (
        <div className="card-change">
          <Consent by={page.frame.campaign.by} balance={balance} currency={currency} when="after_lock" planned={planned} />
          <CardForm {...form} variant={card ? 'outlined' : 'primary'}>
            {card ? 'Use another card' : 'Add a card'}
          </CardForm>
        </div>
      ) : (
        <NotSetUp by={page.frame.campaign.by} />
      )}
      {!card && <GoOn page={page} words="Go on without a card" is_put_off />}
    </StepPage>
  )
}

type Loaded = Route.ComponentProps['loaderData']

function GoOn({ page, words, is_put_off }: { page: Loaded['page']; words: string; is_put_off?: boolean }) {
  return (
    <form method="post" className="go-on">
      <FormFacts page={page} />
      <Button variant={is_put_off ? 'text' : 'primary'} wide>
        {words}
      </Button>
      {is_put_off && (
        <p className="small quiet">
          Your order will be open, and it cannot be locked without a card. You can add one later, at the same link.
        </p>
      )}
    </form>
  )
}

function NotSetUp({ by }: { by: string }) {
  return (
    <Note tone="warn" icon={CreditCard}>
      <b>A card cannot be added yet: charging is not set up.</b> Nothing is charged. <bdi>{by}</bdi> can write to you when you can
      add one, at the same link.
    </Note>
  )
}
