import { startCharge } from '../../../domain/payments/start-charge.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { inTransaction, sqlState } from '../../../domain/shared/tx.ts'
import { paths } from '../../paths.ts'
import type { Route } from './+types/retry'
import { afterCharge, findOrderOf } from './card.server.ts'
import { enterPledge, openPledge, type Pledge, readForm, seeOther } from './pledge.server.ts'

/** There is nothing to see here by itself. */
export async function loader(args: Route.LoaderArgs) {
  const { key } = await enterPledge(args)
  throw seeOther(paths.pledge(key.campaign_id, key.backer_id))
}

/**
 * Charges the card on file again, once however often it is pressed: a second press finds the charge under way and waits for it too. The
 * order's page then says what came of it.
 */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  await readForm(args.request, pledge)
  const { campaign_id, backer_id } = pledge.key
  const order = await findOrderOf(pledge)
  if (!order) throw seeOther(paths.pledge(campaign_id, backer_id))
  const tried = await tryAgain(pledge, order.id)
  throw seeOther(await afterCharge(pledge, order.id, tried === 'refused' ? { done: 'not_charged' } : {}))
}

/** Why it was refused stands on the order's page, beside the button. */
async function tryAgain({ deps, actor, key }: Pledge, order_id: string): Promise<'started' | 'refused' | 'under_way'> {
  try {
    await inTransaction(deps, (tx) => startCharge(tx, actor, { campaign_id: key.campaign_id, order_id }))
    return 'started'
  } catch (error) {
    // Another press holds the order at this moment.
    if (sqlState(error) === '55P03') return 'under_way'
    if (!(error instanceof DomainError)) throw error
    return error.code === 'charge_in_progress' || error.code === 'changed_meanwhile' ? 'under_way' : 'refused'
  }
}

/** Never shown: both lead to the order. */
export default function Retry() {
  return null
}
