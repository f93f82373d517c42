import { redirect } from 'react-router'
import type { Row } from '../../../db/types.ts'
import type { Deps } from '../../../deps.server.ts'
import { findBackerByLink } from '../../../domain/backers/links.ts'
import { findBankQuestion, findOrderOfBacker } from '../../../domain/payments/bank-visits.ts'
import { sessionCookie } from '../../backer-session.server.ts'
import { depsContext } from '../../context.ts'
import { paths } from '../../paths.ts'
import type { Route } from './+types/link'
import { noEntry } from './pledge.server.ts'

/**
 * The address in a backer's mails. With the right secret it sets the cookie and leads to the clean address, so that the secret stays in no
 * history entry, no Referer and no log. It changes nothing: mail scanners open links too.
 */
export async function loader({ context, params }: Route.LoaderArgs) {
  const deps = context.get(depsContext)
  const backer = await findBackerByLink(deps.db, deps.linkSecret, {
    campaign_id: params.campaign,
    backer_id: params.backer,
    secret: params.secret,
  })
  if (!backer) throw noEntry()
  const cookie = sessionCookie(backer, { secret: deps.linkSecret, is_https: deps.config.isHttps, now: deps.clock.now() })
  throw redirect(await firstPage(deps, backer), { status: 303, headers: { 'Set-Cookie': cookie } })
}

/** The survey's next step or the order; the bank's question first, where it can be answered: its mail leads there by the same link. */
async function firstPage(deps: Deps, { campaign_id, id: backer_id }: Row<'backers'>): Promise<string> {
  const order = await findOrderOfBacker(deps.db, { campaign_id, backer_id })
  const question = order && (await findBankQuestion(deps.db, order, deps.clock.now()))
  return question && question.refusal === null ? paths.pledge_bank(campaign_id, backer_id) : paths.pledge(campaign_id, backer_id)
}

/** Never shown: the loader leads on, or the layout's page says that the link does not open a pledge. */
export default function Link() {
  return null
}
