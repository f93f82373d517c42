import type { Row } from '../../src/db/types.ts'
import type { Deps } from '../../src/deps.server.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { adoptRefunds } from '../../src/domain/refunds/adopt-refunds.ts'
import { changePaid, type PaidChange, previewPaidChange } from '../../src/domain/refunds/change-paid.ts'
import { type RefundInput, startRefund } from '../../src/domain/refunds/start-refund.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import type { TestCampaign } from './campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, work } from './charging.ts'

/* Charged orders, and their money on its way back, brought there by the real commands. */

/** A paid order: `owed` was charged to the card of that name. */
export async function makeCharged(
  deps: Deps,
  campaign: TestCampaign,
  options: { owed?: number; card?: string } = {},
): Promise<Row<'orders'> & { payment: string }> {
  const { id } = await makeLocked(deps, campaign, options)
  await startRun(deps, campaign, { selection: { ids: [id] } })
  await work(deps)
  const order = await orderNow(deps, id)
  const payment = (await attemptsOf(deps, id)).at(-1)?.payment
  if (order.status !== 'paid' || !payment) throw new Error(`The order was not charged, it is ${order.status}`)
  return { ...order, payment }
}

/** One step of the dialog; the balance it leads to is agreed to as the preview tells it. */
export async function change(deps: Deps, campaign: TestCampaign, order_id: string, over: Partial<PaidChange>) {
  const input = { campaign_id: campaign.id, order_id, addons: {}, amount_off: 0, to_card: 0, outside: 0, ...over }
  const { balance_after } = await previewPaidChange(deps.db, campaign.staff, input)
  return await inTransaction(deps, (tx) =>
    changePaid(tx, campaign.staff, { ...input, reason: 'Agreed by mail', agreed_balance: balance_after }),
  )
}

/** Takes an amount off the price and gives it back to the card: the shortest way to a refund of a paid order. */
export async function giveBack(deps: Deps, campaign: TestCampaign, order_id: string, amount: number) {
  return await change(deps, campaign, order_id, { amount_off: amount, to_card: amount })
}

export async function refund(deps: Deps, campaign: TestCampaign, input: Omit<RefundInput, 'campaign_id' | 'reason'>) {
  return await inTransaction(deps, (tx) =>
    startRefund(tx, campaign.staff, { campaign_id: campaign.id, reason: 'Agreed by mail', ...input }),
  )
}

export async function refundsOf(deps: Pick<Deps, 'db'>, order_id: string): Promise<Row<'refunds'>[]> {
  return await deps.db.selectFrom('refunds').selectAll().where('order_id', '=', order_id).orderBy('number').execute()
}

export async function discrepanciesOf(deps: Pick<Deps, 'db'>, order_id: string): Promise<Row<'discrepancies'>[]> {
  return await deps.db.selectFrom('discrepancies').selectAll().where('order_id', '=', order_id).orderBy('found_at').execute()
}

/** What the gateway has of a payment, taken over. */
export async function adoptFrom(deps: Deps, payment: string): Promise<void> {
  const listed = await deps.gateway.listRefunds(payment)
  if (!listed.ok) throw new Error('The gateway lists no refunds')
  await inTransaction(deps, (tx) => adoptRefunds(tx, listed.value))
}

export async function cancel(deps: Deps, campaign: TestCampaign, ids: string[], refund_decision?: 'refund' | 'keep') {
  return await inTransaction(deps, (tx) =>
    transitionOrders(tx, campaign.staff, {
      campaign_id: campaign.id,
      name: 'cancel',
      selection: { ids },
      reason: 'Asked for by the backer',
      refund_decision,
    }),
  )
}
