import type { Row } from '../../src/db/types.ts'
import type { Deps } from '../../src/deps.server.ts'
import { enterCard } from '../setup/simulator.ts'
import type { TestCampaign } from './campaign.ts'
import { askForCardPage } from './charging.ts'

/*
 * Cards entered on the hosted page by backers who did not come back, and what stands in the rows.
 */

/** A hosted page with a card entered on it, and nobody who came back; answers the session's id in the return address. */
export async function closedTab(deps: Deps, campaign: TestCampaign, backer_id: string, test_card = 'visa'): Promise<string> {
  const { url } = await askForCardPage(deps, campaign, backer_id)
  const back = await enterCard(url, { test_card })
  return new URL(back).searchParams.get('session') ?? ''
}

export function sessionsOf({ db }: Pick<Deps, 'db'>, backer_id: string): Promise<Row<'card_sessions'>[]> {
  return db.selectFrom('card_sessions').selectAll().where('backer_id', '=', backer_id).orderBy('created_at').execute()
}

export function methodsOf({ db }: Pick<Deps, 'db'>, backer_id: string): Promise<Row<'payment_methods'>[]> {
  return db.selectFrom('payment_methods').selectAll().where('backer_id', '=', backer_id).orderBy('created_at').execute()
}

export function eventsOf({ db }: Pick<Deps, 'db'>, backer_id: string): Promise<Row<'events'>[]> {
  return db.selectFrom('events').selectAll().where('backer_id', '=', backer_id).orderBy('seq').execute()
}
