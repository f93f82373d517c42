import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { stepOf } from '../../lib/charge-limits.ts'
import { takeOrder } from '../orders/find-order.ts'
import { moveOrders } from '../orders/move-orders.ts'
import { changedMeanwhile } from '../orders/refusals.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import { accountInUse, refuseWithoutGateway } from '../payments/charging.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { saveReason } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import type { Tx } from '../shared/tx.ts'
import { findRefundable, givenBack, restOf, shareOut } from './refundable.ts'
import { underWay } from './states.ts'
import { type Share, writeRefunds } from './write-refunds.ts'

export interface RefundInput extends OrderKey {
  /** minor units, more than 0 */
  amount: number
  reason: string
  /**
   * More than the credit may be given back: the order owes it again, is on hold, and a paid one is locked down again. What an unlock of a
   * charged order asks for.
   */
  owes_again?: boolean
  expected_version?: number
}

/** Why an order holds after all its money was given back on purpose. */
export const HELD_AFTER_REFUND = 'refunded'

/**
 * Gives money back to the card it came from. Guarantees: the rows are committed before the gateway hears of them; newest payment first;
 * never more than was captured here and is neither given back nor on its way; the credit falls by just this. Refuses: `refund_above_captured`,
 * `refund_above_credit` (an order that is not canceled owes nothing more afterwards, unless `owes_again`), `refund_in_progress`,
 * `charge_in_progress`, `charging_not_set_up`, `changed_meanwhile`, no reason given. Answers the order as it is then.
 */
export async function startRefund(tx: Tx, actor: Actor, input: RefundInput): Promise<Row<'orders'>> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  requireReason(input.reason)
  await refuseWithoutGateway(tx.db, campaign)
  const order = await takeOrder(tx, input)
  if (input.expected_version !== undefined && input.expected_version !== order.version) throw changedMeanwhile(order)
  const shares = await sharesOf(tx, order, input.amount, campaign.currency)
  const owesAgain = order.status !== 'canceled' && order.balance_due + input.amount > 0
  if (owesAgain) await oweAgain(tx, actor, order, input.owes_again ?? false)
  await writeRefunds(tx, actor, {
    campaign_id: order.campaign_id,
    shares: shares.map((share) => ({ ...share, order_id: order.id })),
    operation_id: null,
    reason_id: await saveReason(tx, order.campaign_id, input.reason),
    hold: owesAgain ? HELD_AFTER_REFUND : null,
  })
  return await takeOrder(tx, input)
}

async function sharesOf(tx: Tx, order: Row<'orders'>, amount: number, currency: string) {
  const key = { campaign_id: order.campaign_id, order_id: order.id }
  if (amount <= 0 || amount % stepOf(currency) !== 0)
    throw wrongAmount('amount_invalid', 'Enter an amount that a card can be given back.')
  if (await findAttemptUnderWay(tx.db, key)) {
    throw new DomainError('charge_in_progress', 'A charge is under way. Give money back when it is over.')
  }
  const payments = await findRefundable(tx.db, key)
  if (payments.some(({ is_busy }) => is_busy)) {
    throw new DomainError('refund_in_progress', 'A refund of this order is on its way already. Look again when it has left.')
  }
  const rest = restOf(payments)
  const shares = shareOut(payments, amount)
  if (!shares)
    throw wrongAmount('refund_above_captured', 'That is more than was charged here and can still be given back.', { rest })
  return shares
}

function wrongAmount(code: string, message: string, details: Record<string, unknown> = {}): DomainError {
  const refusal = invalid(message, [{ field: 'amount', code, message }], code)
  return new DomainError(code, message, { status: 422, details: { ...refusal.details, ...details } })
}

/** What is given back beyond the credit is owed again: only on purpose, and only while nothing of the order has left. */
async function oweAgain(tx: Tx, actor: Actor, order: Row<'orders'>, isMeant: boolean): Promise<void> {
  if (!isMeant) {
    const message = 'That is more than the credit: the order would owe it again.'
    throw wrongAmount('refund_above_credit', message, { credit: Math.max(0, -order.balance_due) })
  }
  if (order.status === 'ready_to_ship') throw new DomainError('reopen_first', 'The address is final. Reopen it first.')
  if (order.status === 'shipped') throw new DomainError('already_shipped', 'This order has shipped.')
  if (order.status !== 'paid') return
  await moveOrders(tx, actor, {
    campaign_id: order.campaign_id,
    name: 'owe_again',
    selection: { ids: [order.id] },
    operation_id: null,
    reason_id: null,
    code: 'refunded',
  })
}

/**
 * Gives back all that was charged here for the orders that an operation has canceled under the decision to refund: of each payment what is
 * left of it. The orders' rows are held since they were canceled.
 */
export async function refundCanceled(
  tx: Tx,
  actor: Actor,
  operation: { campaign_id: string; operation_id: string },
): Promise<void> {
  const { campaign_id, operation_id } = operation
  const { rows } = await sql<Share & { reason_id: string | null }>`select a.order_id, a.id as attempt_id,
      (a.amount - ${givenBack})::bigint as amount, e.reason_id
    from events e
    join orders o on o.campaign_id = e.campaign_id and o.id = e.order_id and o.refund_decision = 'refund'
    join payment_attempts a on a.campaign_id = o.campaign_id and a.order_id = o.id and a.state = 'succeeded' and a.is_booked
    where e.campaign_id = ${campaign_id} and e.operation_id = ${operation_id}::uuid and e.kind = 'cancel'
      and a.gateway_account = ${accountInUse} and a.amount > ${givenBack}
      and not exists (select 1 from refunds r where r.campaign_id = a.campaign_id and r.attempt_id = a.id and r.state in ${underWay})
    order by a.order_id, a.number desc`.execute(tx.db)
  const reason_id = rows[0]?.reason_id ?? null
  const shares = rows.map(({ order_id, attempt_id, amount }) => ({ order_id, attempt_id, amount }))
  await writeRefunds(tx, actor, { campaign_id, shares, operation_id, reason_id, hold: null })
}
