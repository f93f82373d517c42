import { data, redirect } from 'react-router'
import { openCardSession } from '../../../domain/payments/card-sessions.ts'
import { ownCampaign } from '../../../domain/shared/policy.ts'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import type { Route } from './+types/card'
import { PledgePage, SupportLink } from './frame.tsx'
import { frameOf, openPledge, type PledgeArgs, readForm, refusedBy } from './pledge.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const pledge = await openPledge(args)
  const { campaign_id, backer_id } = pledge.key
  const campaign = await ownCampaign(pledge.deps.db, pledge.actor, campaign_id)
  return { frame: frameOf(campaign, pledge.deps.clock.now()), back_to: paths.pledge(campaign_id, backer_id) }
}

/** Opens the gateway's hosted page and leads there. A plain form: no card number comes here, no script is needed. */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const purpose = form.get('purpose') === 'order' ? 'order' : 'survey'
  let url: string
  try {
    const page = await openCardSession(pledge.deps, pledge.actor, { ...pledge.key, purpose, ...returnAddresses(args, purpose) })
    url = page.url
  } catch (error) {
    const { refused, status } = refusedBy(error)
    return data({ refused: { code: refused.code, message: refused.message } }, { status })
  }
  throw redirect(url, 303)
}

/** Under the origin that the backer's browser is at, since their cookie is. */
function returnAddresses({ request, params }: PledgeArgs, purpose: 'survey' | 'order') {
  const { origin } = new URL(request.url)
  const { campaign, backer } = params
  const canceled = { card: 'canceled' }
  const cancel =
    purpose === 'order' ? paths.pledge(campaign, backer, canceled) : paths.pledge_step(campaign, backer, 'payment', canceled)
  return { success_url: `${origin}${paths.pledge_card_return(campaign, backer)}`, cancel_url: `${origin}${cancel}` }
}

const TITLES: Record<string, string> = {
  charging_not_set_up: 'Cards cannot be added yet',
  gateway_unreachable: 'The card page does not answer',
  card_page_asked_too_often: 'Wait a while, then try again',
}

/** Shown only when the hosted page could not be opened: what happened, that it is safe, what to do. */
export default function CardPage({ loaderData, actionData }: Route.ComponentProps) {
  const { frame, back_to } = loaderData
  const refused = actionData?.refused
  const title = refused ? (TITLES[refused.code] ?? 'This order takes no other card now') : 'Your card'
  return (
    <PledgePage frame={frame} title={refused ? `Error: ${title}` : title}>
      <h1>{title}</h1>
      <p className="lead">
        {refused ? (
          <>{refused.message} Nothing was charged, and everything you saved is still there.</>
        ) : (
          'Cards are added on your order’s page.'
        )}
      </p>
      {refused?.code === 'charging_not_set_up' && (
        <p className="stack">
          <span>
            <SupportLink frame={frame} /> if it stays like this.
          </span>
        </p>
      )}
      <ButtonLink to={back_to} variant="primary" wide reload>
        Go back
      </ButtonLink>
      {refused && <p className="small quiet centered">Code: {refused.code}</p>}
    </PledgePage>
  )
}
