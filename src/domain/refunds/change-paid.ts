import type { Row } from '../../db/types.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { changeItems, previewItems, whyItemsStay } from '../orders/change-items.ts'
import { takeOrder } from '../orders/find-order.ts'
import { mayTry } from '../orders/lifecycle.ts'
import { moveOrders } from '../orders/move-orders.ts'
import { changedMeanwhile } from '../orders/refusals.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import type { OrderKey } from '../shared/keys.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { bookOnOrder } from './book-on-order.ts'
import { findRefundable, type RefundablePayment, restOf } from './refundable.ts'
import { startRefund } from './start-refund.ts'

/** What one step changes of an order and its money. Amounts are minor units, 0 for none. */
export interface PaidChange extends OrderKey {
  /** quantity by add-on id; what is not named stays */
  addons: Record<string, number>
  /** taken off the price */
  amount_off: number
  /** given back to the cards that paid */
  to_card: number
  /** paid back in another way, and recorded here */
  outside: number
  /** more than the credit goes back to the card: the order owes it again and is on hold */
  owes_again?: boolean
}

/** The balance before and after each part, so that it can be agreed to. Negative is credit. */
export interface PaidChangePreview {
  version: number
  balance_before: number
  /** what the items change */
  items: number
  amount_off: number
  to_card: number
  outside: number
  balance_after: number
  /** most of what can be given back to cards now */
  rest: number
  payments: RefundablePayment[]
  /** the status after it, where it becomes another */
  becomes: 'paid' | 'locked' | null
  /** what stops it */
  problems: { field: string; code: string; message: string }[]
}

/** Works a step out without taking it: every figure, and what stands against it. */
export async function previewPaidChange(db: Db, actor: Actor, change: PaidChange): Promise<PaidChangePreview> {
  const campaign = await ownCampaign(db, actor, change.campaign_id)
  staffOnly(actor)
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', change.campaign_id)
    .where('id', '=', change.order_id)
    .executeTakeFirst()
  if (!order) throw notFound('order')
  return await preview(db, campaign, order, change)
}

async function preview(db: Db, campaign: Campaign, order: Row<'orders'>, change: PaidChange): Promise<PaidChangePreview> {
  const { amount_off, to_card, outside } = change
  const payments = await findRefundable(db, change)
  const items = await itemsOf(db, campaign, order, change)
  const owed = order.balance_due + items.difference - amount_off
  const balance_after = owed + to_card + outside
  const rest = restOf(payments)
  const figures = { owed, rest, kept: order.captured - order.refunded, is_busy: payments.some((each) => each.is_busy) }
  return {
    version: order.version,
    balance_before: order.balance_due,
    items: items.difference,
    ...{ amount_off, to_card, outside, balance_after, rest, payments },
    becomes: becomes(order, balance_after),
    problems: [...items.problems, ...moneyProblems(order, change, figures)],
  }
}

async function itemsOf(db: Db, campaign: Campaign, order: Row<'orders'>, { addons }: PaidChange) {
  const { difference, is_change, composition } = await previewItems(db, campaign, order, addons)
  if (!is_change) return { difference: 0, problems: [] }
  const code = whyItemsStay(order.status)
  if (code)
    return { difference: 0, problems: [{ field: 'addons', code, message: 'What is in this order cannot be changed now.' }] }
  return { difference, problems: composition.problems.filter(({ field }) => /^(addons|options)\./.test(field)) }
}

function becomes(order: Row<'orders'>, balance_after: number): PaidChangePreview['becomes'] {
  if (order.status === 'paid' && balance_after > 0) return 'locked'
  return (order.status === 'locked' || order.status === 'errored') && balance_after <= 0 ? 'paid' : null
}

function moneyProblems(
  order: Row<'orders'>,
  { amount_off, to_card, outside, owes_again = false }: PaidChange,
  { owed, rest, kept, is_busy }: { owed: number; rest: number; kept: number; is_busy: boolean },
): PaidChangePreview['problems'] {
  const problems: PaidChangePreview['problems'] = []
  const add = (field: string, code: string, message: string) => problems.push({ field, code, message })
  if (to_card > 0 && is_busy)
    add('to_card', 'refund_in_progress', 'A refund of this order is on its way. Look again when it has left.')
  else if (to_card > rest) add('to_card', 'refund_above_captured', 'More than was charged here and can still be given back.')
  if (order.status === 'canceled') {
    if (amount_off > 0) add('amount_off', 'order_canceled', 'The order is canceled: nothing is owed for it.')
    if (to_card + outside > kept) add('outside', 'refund_above_captured', 'More than was charged here and is not given back.')
    return problems
  }
  const credit = Math.max(0, -owed)
  if (outside > credit) add('outside', 'refund_above_credit', 'More than the credit that this leaves.')
  else if (to_card + outside > credit && to_card > 0 && !owes_again) {
    add('to_card', 'refund_above_credit', 'More than the credit that this leaves: the order would owe it again.')
  }
  return problems
}

/**
 * Changes an order and settles the difference in one step: items out or in, an amount off the price, money back to the card, or recorded as
 * paid back in another way; what is not given back stays as credit. Guarantees: all of it or nothing; the balance afterwards is the one that
 * was agreed to (`price_changed` with both otherwise); only the difference is owed or given back; its backer is mailed once what changed, and
 * once when money leaves. Refuses what `previewPaidChange` tells, `charge_in_progress`, `changed_meanwhile`, `nothing_to_do`, no reason.
 */
export async function changePaid(
  tx: Tx,
  actor: Actor,
  change: PaidChange & { reason: string; expected_version?: number; agreed_balance: number },
): Promise<Row<'orders'>> {
  const campaign = await ownCampaign(tx.db, actor, change.campaign_id)
  staffOnly(actor)
  const reason = requireReason(change.reason)
  const before = await takeOrder(tx, change)
  if (change.expected_version !== undefined && change.expected_version !== before.version) throw changedMeanwhile(before)
  const seen = await preview(tx.db, campaign, before, change)
  if (seen.problems[0]) throw invalid(seen.problems[0].message, seen.problems, seen.problems[0].code)
  if (seen.balance_after !== change.agreed_balance) throw priceChanged(seen)
  if (await findAttemptUnderWay(tx.db, change)) {
    throw new DomainError('charge_in_progress', 'A charge is under way. Change the order when it is over.')
  }
  const order = await carryOut(tx, actor, { campaign, order: before, change, reason })
  if (order.version === before.version) throw new DomainError('nothing_to_do', 'This changes nothing.')
  if (!mayTry('nothing_owed', order.status, 'staff') || order.balance_due > 0) return order
  await moveOrders(tx, actor, {
    campaign_id: campaign.id,
    name: 'nothing_owed',
    selection: { ids: [order.id] },
    operation_id: null,
    reason_id: null,
    code: 'order_changed',
  })
  return await takeOrder(tx, change)
}

function priceChanged({ balance_before, balance_after }: PaidChangePreview): DomainError {
  return new DomainError('price_changed', 'The balance is another than the one you saw. Look at it again.', {
    details: { balance_before, balance_after },
  })
}

interface Step {
  campaign: Campaign
  order: Row<'orders'>
  change: PaidChange
  reason: string
}

/** Each part is a version and an event of its own; what lowers the balance comes first, so that a paid order owes nothing on the way. */
async function carryOut(tx: Tx, actor: Actor, step: Step): Promise<Row<'orders'>> {
  const { campaign, change, reason } = step
  const { amount_off, outside, to_card, addons } = change
  const { currency } = campaign
  let order = step.order
  if (amount_off > 0) {
    const ledger = { credit: amount_off, owed: -amount_off }
    const data = { amount: amount_off }
    order = await bookOnOrder(tx, actor, order, {
      kind: 'price_reduced',
      ledger,
      ledger_reason: 'price_reduced',
      currency,
      reason,
      data,
    })
  }
  const { is_change } = await previewItems(tx.db, campaign, order, addons)
  if (is_change) order = await changeItems(tx, actor, { campaign, order, addons, reason })
  if (outside > 0) {
    const ledger = { settled_outside: -outside, owed: outside }
    const data = { amount: outside }
    order = await bookOnOrder(tx, actor, order, {
      kind: 'paid_back_outside',
      ledger,
      ledger_reason: 'paid_back',
      currency,
      reason,
      data,
    })
  }
  if (to_card > 0) {
    order = await startRefund(tx, actor, { ...keyOf(order), amount: to_card, reason, owes_again: change.owes_again ?? false })
  }
  if (is_change || amount_off > 0) await tellBacker(tx, step.order, order)
  return order
}

function keyOf({ campaign_id, id }: Row<'orders'>): OrderKey {
  return { campaign_id, order_id: id }
}

async function tellBacker(tx: Tx, before: Row<'orders'>, order: Row<'orders'>): Promise<void> {
  const owesAgain = before.balance_due <= 0 && order.balance_due > 0
  await queueMessage(tx, {
    campaign_id: order.campaign_id,
    backer_id: order.backer_id,
    kind: owesAgain ? 'owe_again' : 'changed_by_staff',
    occasion: `${order.id}:${order.version}`,
    data: {
      order_id: order.id,
      order_version: order.version,
      balance_due: order.balance_due,
      balance_change: order.balance_due - before.balance_due,
      code: 'order_changed',
    },
  })
}
