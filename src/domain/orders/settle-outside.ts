import type { Row } from '../../db/types.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import type { Tx } from '../shared/tx.ts'
import { takeOrder } from './find-order.ts'
import { mayTry } from './lifecycle.ts'
import { moveOrders } from './move-orders.ts'
import { changedMeanwhile, refuseChange } from './refusals.ts'
import { balanced, writeLedger } from './write-order.ts'

export interface SettleInput extends OrderKey {
  /** minor units, more than 0 and at most what is owed */
  amount: number
  /** paid by other means, or waived */
  how: 'paid_elsewhere' | 'waived'
  reason: string
  expected_version?: number
}

/**
 * Settles an amount outside the gateway: a ledger row. Guarantees: the balance falls by exactly this amount; a locked or errored order
 * that owes nothing any more becomes paid (*nothing owed*). Refuses: more than is owed, a canceled or shipped order, `charge_in_progress`,
 * no reason given.
 */
export async function settleOutside(tx: Tx, actor: Actor, input: SettleInput): Promise<Row<'orders'>> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  requireReason(input.reason)
  const order = await takeOrder(tx, input)
  if (input.expected_version !== undefined && input.expected_version !== order.version) throw changedMeanwhile(order)
  if (order.status === 'canceled') refuseChange(order, 'choices')
  if (input.amount <= 0 || input.amount > order.balance_due) {
    throw invalid('The amount must be more than nothing and at most what is owed.', [
      { field: 'amount', code: 'amount_invalid', message: 'More than nothing, and at most what is owed.' },
    ])
  }
  if (await findAttemptUnderWay(tx.db, input)) {
    throw new DomainError('charge_in_progress', 'A charge is under way. Settle when it is over.')
  }
  const version = order.version + 1
  const balance_due = order.balance_due - input.amount
  const updated = await tx.db
    .updateTable('orders')
    .set({ balance_due, version, updated_at: tx.now })
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', input.order_id)
    .where('version', '=', order.version)
    .returningAll()
    .executeTakeFirst()
  if (!updated) throw changedMeanwhile(order)
  await writeLedger(
    tx,
    {
      campaign_id: input.campaign_id,
      order_id: order.id,
      order_version: version,
      currency: campaign.currency,
      reason: input.how,
    },
    balanced({ settled_outside: input.amount }),
  )
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind: 'settled_outside',
    backer_id: order.backer_id,
    order_id: order.id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    code: input.how,
    reason: input.reason,
    data: { amount: input.amount, balance_due },
  })
  if (balance_due > 0 || !mayTry('nothing_owed', order.status, 'staff')) return updated
  await moveOrders(tx, actor, {
    campaign_id: campaign.id,
    name: 'nothing_owed',
    selection: { ids: [order.id] },
    operation_id: null,
    reason_id: null,
    code: 'settled_outside',
  })
  return await takeOrder(tx, input)
}
