import type { Row } from '../../src/db/types.ts'
import type { Deps } from '../../src/deps.server.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import type { TestCampaign } from './campaign.ts'
import { makeLocked, orderNow, startRun, work } from './charging.ts'

/*
 * The bank's question: orders whose card's bank wants to hear from its holder, and the simulator's page on which it asks.
 */

/** Says yes or no on the bank's page, as its form does; answers where it leads back to, or null where nothing is asked there any more. */
export async function answerBank(page: string, answer: 'yes' | 'no'): Promise<URL | null> {
  const response = await fetch(page, { method: 'POST', body: new URLSearchParams({ answer }), redirect: 'manual' })
  const location = response.headers.get('location')
  if (response.status === 404) return null
  if (response.status !== 303 || !location) throw new Error(`The bank's page answers ${response.status}`)
  return new URL(location)
}

/** An order that was charged by a run, and whose bank wants to hear from its backer. */
export async function makeAsked(
  deps: Deps,
  campaign: TestCampaign,
  { card = 'always_asks', owed }: { card?: string; owed?: number } = {},
): Promise<Row<'orders'>> {
  const order = await makeLocked(deps, campaign, { card, ...(owed === undefined ? {} : { owed }) })
  await startRun(deps, campaign, { selection: { ids: [order.id] } })
  await work(deps)
  const asked = await orderNow(deps, order.id)
  if (asked.status !== 'errored') throw new Error(`The order is ${asked.status}`)
  return asked
}

/** Its backer, as the one who acts. */
export function backerOf(order: Row<'orders'>): Actor {
  return { kind: 'backer', id: order.backer_id, campaign_id: order.campaign_id }
}

/** What a backer's press needs to know beside who they are. */
export function pressOf({ campaign_id, backer_id }: Row<'orders'>) {
  return { campaign_id, backer_id, return_url: `http://localhost:3000/b/${campaign_id}/${backer_id}/bank/return` }
}
