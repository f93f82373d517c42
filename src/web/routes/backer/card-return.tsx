import type { Route } from './+types/card-return'
import { afterCard, readReturn } from './card.server.ts'
import { enterPledge, seeOther } from './pledge.server.ts'

/**
 * Where the hosted page leads back to. It does nothing but read back: the session that the address names counts only when it is one of this
 * backer's, and only as the gateway tells it. On an errored order the new card is charged at once; the page waits for that a moment.
 */
export async function loader(args: Route.LoaderArgs) {
  const pledge = await enterPledge(args)
  const gateway_id = new URL(args.request.url).searchParams.get('session') ?? ''
  const word = await readReturn(pledge, gateway_id)
  throw seeOther(await afterCard(pledge, word))
}

/** Never shown: the loader leads on. */
export default function CardReturn() {
  return null
}
