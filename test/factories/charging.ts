import type { Row } from '../../src/db/types.ts'
import type { Deps } from '../../src/deps.server.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { openCardSession } from '../../src/domain/payments/card-sessions.ts'
import type { ChargeRunInput } from '../../src/domain/payments/charge-run-preview.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { completeCardSessions } from '../../src/domain/payments/read-card-sessions.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { enterCard } from '../setup/simulator.ts'
import { makeBacker, makeOrder, type TestCampaign } from './campaign.ts'

/*
 * Orders on the way to their charge, brought there by the real commands: card page, lock, run.
 */

/** Enters one of the simulator's cards (test-cards.ts, by name) on the hosted page, and has it read back. */
export async function putCard(deps: Deps, campaign: TestCampaign, backer_id: string, card = 'visa'): Promise<void> {
  const { url } = await askForCardPage(deps, campaign, backer_id)
  await enterCard(url, { test_card: card })
  const news = await completeCardSessions(deps, { campaign_id: campaign.id, backer_id })
  if (!news.saved) throw new Error(`The card was not kept: ${JSON.stringify(news)}`)
}

/** The hosted page of a backer, as the card step opens it. */
export async function askForCardPage(deps: Deps, campaign: TestCampaign, backer_id: string): Promise<{ url: string }> {
  const { url } = await openCardSession(
    deps,
    { kind: 'backer', id: backer_id, campaign_id: campaign.id },
    {
      campaign_id: campaign.id,
      backer_id,
      purpose: 'order',
      success_url: 'http://localhost/done',
      cancel_url: 'http://localhost/back',
    },
  )
  return { url }
}

/** A locked order that owes `owed` (minor units), with a card of that name on file; `card: null` for none. */
export async function makeLocked(
  deps: Deps,
  campaign: TestCampaign,
  { owed = 1300, card = 'visa' }: { owed?: number; card?: string | null } = {},
): Promise<Row<'orders'>> {
  const backer = await makeBacker(deps, campaign, { pledge_amount: 6100 - owed })
  const order = await makeOrder(deps, campaign, backer)
  if (card) await putCard(deps, campaign, backer.id, card)
  await inTransaction(deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order.id] } }),
  )
  return await orderNow(deps, order.id)
}

export async function orderNow(deps: Pick<Deps, 'db'>, id: string): Promise<Row<'orders'>> {
  return await deps.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function attemptsOf(deps: Pick<Deps, 'db'>, order_id: string): Promise<Row<'payment_attempts'>[]> {
  return await deps.db.selectFrom('payment_attempts').selectAll().where('order_id', '=', order_id).orderBy('number').execute()
}

/** Starts a run over everything, or over what is given. */
export async function startRun(deps: Deps, campaign: TestCampaign, over: Partial<ChargeRunInput> = {}) {
  return await inTransaction(deps, (tx) =>
    startChargeRun(tx, campaign.staff, { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false, ...over }),
  )
}

/** Lets the worker do all that is due. */
export async function work(deps: Deps): Promise<void> {
  await deps.worker.runDue(deps.clock.now())
}

/** The statement that a charge succeeded, declined and so on is one of the order's row; this is what the gateway's ledger says. */
export function takenFor(ledger: { metadata: Record<string, string>; amount: number }[], order_id: string): number[] {
  return ledger.filter(({ metadata }) => metadata.afterfund_order === order_id).map(({ amount }) => amount)
}
