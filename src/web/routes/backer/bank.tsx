import { Hourglass, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { data } from 'react-router'
import { askBank, leaveBank } from '../../../domain/payments/ask-bank.ts'
import { findOrderOfBacker } from '../../../domain/payments/bank-visits.ts'
import { ownCampaign } from '../../../domain/shared/policy.ts'
import { formatMoney } from '../../../lib/money.ts'
import { CardForm } from '../../components/backer/card-parts.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/bank'
import { afterBank, findQuestion } from './bank.server.ts'
import { Facts, Over, Page, type PartProps, Refused } from './bank-page.tsx'
import { bankProps } from './order.server.ts'
import { frameOf, openPledge, type Pledge, readForm, refusedBy, seeOther } from './pledge.server.ts'

/** What the bank wants to hear: how much, from which card, what happens then, and the button that leads there. */
export async function loader(args: Route.LoaderArgs) {
  const pledge = await openPledge(args)
  const { deps, actor, key } = pledge
  const { campaign_id, backer_id } = key
  const order_path = paths.pledge(campaign_id, backer_id)
  const order = await findOrderOfBacker(deps.db, key)
  const question = await findQuestion(pledge)
  if (!order || (!question && order.status !== 'errored')) throw seeOther(order_path)
  const campaign = await ownCampaign(deps.db, actor, campaign_id)
  return {
    frame: frameOf(campaign, deps.clock.now(), order.number),
    backer_id,
    order: { number: order.number, balance: order.balance_due, currency: campaign.currency },
    bank: question && bankProps(question),
    code: question?.attempt.code ?? null,
    is_early: new URL(args.request.url).searchParams.get('back') === 'early',
    links: {
      order: order_path,
      here: paths.pledge_bank(campaign_id, backer_id),
      card: paths.pledge_card(campaign_id, backer_id),
      retry: paths.pledge_retry(campaign_id, backer_id),
    },
  }
}

/** Leads to the bank's page, or ends the question. A plain form: no script is needed. */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  let to: string
  try {
    to = form.get('intent') === 'leave' ? await leave(pledge) : await ask(pledge, args.request)
  } catch (error) {
    const { refused, status } = refusedBy(error)
    return data({ refused: { code: refused.code, message: refused.message } }, { status })
  }
  throw seeOther(to)
}

async function ask(pledge: Pledge, request: Request): Promise<string> {
  const { campaign_id, backer_id } = pledge.key
  // Under the origin that the backer's browser is at, since their cookie is. It names nothing secret.
  const return_url = `${new URL(request.url).origin}${paths.pledge_bank_return(campaign_id, backer_id)}`
  const outcome = await askBank(pledge.deps, pledge.actor, { ...pledge.key, return_url })
  return outcome.outcome === 'asks' ? outcome.url : await afterBank(pledge, outcome)
}

async function leave(pledge: Pledge): Promise<string> {
  return await afterBank(pledge, await leaveBank(pledge.deps, pledge.actor, pledge.key))
}

export default function BankPage({ loaderData, actionData }: Route.ComponentProps) {
  const { bank, is_early } = loaderData
  const refused = actionData?.refused
  if (!bank) return <Over loaded={loaderData} />
  if (bank.refusal) return <Refused loaded={loaderData} bank={bank} code={bank.refusal} />
  const failure = refused && (
    <Note tone="danger" live>
      <b>{refused.message}</b>
      <br />
      <small>Code: {refused.code}</small>
    </Note>
  )
  if (bank.until) return <Waits loaded={loaderData} bank={bank} failure={failure} isEarly={is_early} />
  return <Asks loaded={loaderData} bank={bank} failure={failure} />
}

/** What the last visit came to, where it was not the first. */
const BEFORE: Record<string, string> = {
  payment_intent_authentication_failure: 'Your bank has no yes from you. Nothing was charged, and you can try again.',
  authentication_not_handled: 'Your bank has no yes from you. Nothing was charged, and you can try again.',
  bank_not_answered: 'Your bank had no answer from you within the hour. Nothing was charged, and you can try again.',
  bank_not_asked: 'Your bank could not be asked. Nothing was charged; try again in a moment, or use another card.',
}

function Asks({ loaded, bank, failure }: PartProps & { failure: ReactNode }) {
  const { order, links, backer_id, code } = loaded
  const amount = <Money minor={bank.amount} currency={order.currency} />
  const before = code === null ? undefined : BEFORE[code]
  return (
    <Page
      loaded={loaded}
      title={`${failure ? 'Error: ' : ''}Confirm ${formatMoney(bank.amount, order.currency)} with your bank`}
      lead="Your bank wants to hear from you before it pays. Nothing was charged, and your order is safe."
    >
      {failure}
      {before && !failure && (
        <Note tone="warn" icon={TriangleAlert} live>
          {before}
        </Note>
      )}
      <Facts loaded={loaded} bank={bank} />
      <form method="post" action={links.here} className="stack">
        <input type="hidden" name="backer" value={backer_id} />
        <Button variant="primary" wide>
          Confirm with your bank
        </Button>
      </form>
      <Sheet title="What happens then">
        <ol className="numbered">
          <li>The button leads to your bank’s own page. It may open your bank’s app.</li>
          <li>There you say yes to {amount}. What you type at your bank never comes here.</li>
          <li>
            Your bank leads you back here, and <bdi>{loaded.frame.campaign.by}</bdi> charges {amount}, once. You get a receipt.
          </li>
        </ol>
      </Sheet>
      <div className="stack">
        <CardForm to={links.card} backer_id={backer_id} purpose="order">
          Use another card
        </CardForm>
        <p className="small quiet">
          Another card is charged right away, once, and your bank is not asked about this one any more. If you do nothing, your
          order waits and is not packed.
        </p>
      </div>
    </Page>
  )
}

/** Its backer was at the bank, in this window or another: nobody knows the answer yet. */
function Waits({ loaded, bank, failure, isEarly }: PartProps & { failure: ReactNode; isEarly: boolean }) {
  const { links, backer_id } = loaded
  return (
    <Page
      loaded={loaded}
      title={`${failure ? 'Error: ' : ''}Your bank waits for your answer`}
      lead={
        <>
          {isEarly && 'Your bank has not told us your answer yet. '}
          If you said yes, look again in a moment; we also mail you. If you did not, go on to your bank
          {bank.until && (
            <>
              {' '}
              until <Time at={bank.until} as="moment" />
            </>
          )}
          .
        </>
      }
    >
      {failure}
      <Note icon={Hourglass}>
        Nothing else is charged for your order meanwhile. <a href={links.here}>Look again</a>
      </Note>
      <Facts loaded={loaded} bank={bank} />
      <form method="post" action={links.here} className="stack">
        <input type="hidden" name="backer" value={backer_id} />
        <Button variant="primary" wide>
          Go on to your bank
        </Button>
        <Button name="intent" value="leave" wide>
          Pay in another way
        </Button>
        <p className="small quiet">
          The second button ends your bank’s question: nothing is charged for it, and your order’s page lets you use another card.
        </p>
      </form>
    </Page>
  )
}
