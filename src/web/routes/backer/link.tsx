import { redirect } from 'react-router'
import { findBackerByLink } from '../../../domain/backers/links.ts'
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
  throw redirect(paths.pledge(params.campaign, params.backer), { status: 303, headers: { 'Set-Cookie': cookie } })
}

/** Never shown: the loader leads on, or the layout's page says that the link does not open a pledge. */
export default function Link() {
  return null
}
