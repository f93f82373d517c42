import { remindOn } from '../../../domain/follow-ups/remind-on.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { inTransaction, sqlState } from '../../../domain/shared/tx.ts'
import { paths } from '../../paths.ts'
import type { Route } from './+types/remind-on'
import { findOrderOf } from './card.server.ts'
import { enterPledge, noEntry, openPledge, type Pledge, readForm, seeOther, textOf } from './pledge.server.ts'

/** There is nothing to see here by itself. */
export async function loader(args: Route.LoaderArgs) {
  const { key } = await enterPledge(args)
  throw seeOther(paths.pledge(key.campaign_id, key.backer_id))
}

/** Names the day on which the backer pays, changes it or takes it back. The order's page says what came of it, at the field. */
export async function action(args: Route.ActionArgs) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const { campaign_id, backer_id } = pledge.key
  const date = form.get('intent') === 'withdraw' ? null : textOf(form, 'date')
  const order = await findOrderOf(pledge)
  if (!order) throw seeOther(paths.pledge(campaign_id, backer_id))
  const done = await tryToName(pledge, order.id, date)
  throw seeOther(`${paths.pledge(campaign_id, backer_id, { done })}${done?.startsWith('day_not') ? '#pay-day' : ''}`)
}

/** Null: there is nothing to wait for any more, and the order's page shows why. */
async function tryToName({ deps, actor, key }: Pledge, order_id: string, date: string | null) {
  try {
    await inTransaction(deps, (tx) => remindOn(tx, actor, { campaign_id: key.campaign_id, order_id, date }))
    return date === null ? 'day_withdrawn' : 'day_named'
  } catch (error) {
    // Somebody else changes the order at this moment.
    if (sqlState(error) === '55P03') return 'day_not_saved'
    if (!(error instanceof DomainError)) throw error
    if (error.status === 404) throw noEntry()
    return error.code === 'remind_on_range' ? 'day_not_possible' : null
  }
}

/** Never shown: it leads to the order. */
export default function RemindOn() {
  return null
}
