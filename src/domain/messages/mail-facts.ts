import type { Row } from '../../db/types.ts'
import { hasPaymentMethod } from '../backers/filter.ts'
import { BOOKED_SINCE, bookedSince } from '../orders/order-money.ts'
import type { Quote } from '../orders/price-order.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import type { Address } from '../shipping/address.ts'
import { MESSAGE_KINDS, type MessageKind } from './kinds.ts'
import { loadMailCauses, type MailCauses } from './mail-causes.ts'
import type { Message } from './outbox.ts'

/** All that a mail is written from, read when it is sent. Nothing of it is stored with the message. */
export interface MailFacts extends MailCauses {
  kind: MessageKind
  /** what the cause of the mail left with it: ids, amounts, codes and dates */
  data: Record<string, unknown>
  campaign: Campaign
  backer: Row<'backers'>
  level_name: string | null
  order: OrderFacts | null
  now: Date
}

export interface OrderFacts {
  number: number
  status: Row<'orders'>['status']
  version: number
  balance_due: number
  quote: Quote
  address: Address | null
  /** something in the address looks unusual, and nobody said that it is right */
  address_warning: boolean
  ships: boolean
  /** the card that is charged next; null where none is usable */
  payment_method: { id: string; brand: string; last4: string; exp_month: number; exp_year: number } | null
  lines: { name: string; option: string; quantity: number }[]
  settled: { account: string; reason: string; amount: number }[]
}

/** Reads the facts of a mail. */
export async function loadMailFacts(db: Db, message: Message, now: Date): Promise<MailFacts> {
  const { campaign_id } = message
  const campaign = await db.selectFrom('campaigns').selectAll().where('id', '=', campaign_id).executeTakeFirstOrThrow()
  const backer = await db
    .selectFrom('backers')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', message.backer_id)
    .executeTakeFirstOrThrow()
  const level = backer.level_id
    ? await db
        .selectFrom('levels')
        .select('name')
        .where('campaign_id', '=', campaign_id)
        .where('id', '=', backer.level_id)
        .executeTakeFirst()
    : null
  return {
    kind: message.kind as MessageKind,
    data: message.data,
    campaign,
    backer,
    level_name: level?.name ?? null,
    order: await loadOrder(db, backer),
    ...(await loadMailCauses(db, message)),
    now,
  }
}

async function loadOrder(db: Db, backer: Row<'backers'>): Promise<OrderFacts | null> {
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', backer.campaign_id)
    .where('backer_id', '=', backer.id)
    .executeTakeFirst()
  if (!order) return null
  const lines = await db
    .selectFrom('order_lines as l')
    .innerJoin('skus as s', (join) => join.onRef('s.campaign_id', '=', 'l.campaign_id').onRef('s.id', '=', 'l.sku_id'))
    .innerJoin('items as i', (join) => join.onRef('i.campaign_id', '=', 's.campaign_id').onRef('i.id', '=', 's.item_id'))
    .select(['i.name', 's.option_name as option', 'l.quantity'])
    .where('l.campaign_id', '=', order.campaign_id)
    .where('l.order_id', '=', order.id)
    .orderBy('l.position')
    .execute()
  const settled = await db
    .selectFrom('ledger_entries')
    .select(['account', 'reason', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', order.campaign_id)
    .where('order_id', '=', order.id)
    .where('account', 'in', BOOKED_SINCE)
    .groupBy(['account', 'reason'])
    .orderBy('account')
    .execute()
  const method = await db
    .selectFrom('orders as o')
    .innerJoin('payment_methods as p', (join) =>
      join.onRef('p.campaign_id', '=', 'o.campaign_id').onRef('p.id', '=', 'o.payment_method_id'),
    )
    .select(['p.id', 'p.brand', 'p.last4', 'p.exp_month', 'p.exp_year'])
    .where('o.campaign_id', '=', order.campaign_id)
    .where('o.id', '=', order.id)
    .where(hasPaymentMethod)
    .executeTakeFirst()
  return {
    number: order.number,
    status: order.status,
    version: order.version,
    balance_due: order.balance_due,
    quote: order.quote as Quote,
    address: order.address as Address | null,
    address_warning: order.address_warning,
    ships: order.ships,
    payment_method: method ?? null,
    lines,
    settled: bookedSince(settled),
  }
}

/**
 * Why a mail that was queued must not leave any more, as a code; null: it may. Canceled orders and withdrawn pledges get nothing but word of
 * the cancellation; an address that bounced gets nothing until it is corrected; what has become untrue is not told.
 */
export function whyNotMail(facts: MailFacts): string | null {
  const { backer, order, kind } = facts
  if (backer.email_state === 'bounced') return 'mail_bounced'
  // Money that went back is told whatever became of the order.
  if (kind !== 'cancellation' && kind !== 'refunded') {
    if (backer.survey === 'withdrawn') return 'pledge_withdrawn'
    if (order?.status === 'canceled') return 'order_canceled'
  }
  if (kind === 'reminder' && backer.survey === 'completed') return 'already_answered'
  if (NEEDS_ORDER.has(kind) && !order) return 'no_order'
  return order ? whyUntrue(facts, order) : null
}

/** What has become untrue since the mail was queued. */
function whyUntrue(facts: MailFacts, order: OrderFacts): string | null {
  const { kind, notice, shipment } = facts
  switch (kind) {
    case 'payment_method_needed':
      return order.payment_method ? 'payment_method_there' : null
    case 'card_expiring':
      return whyNotExpiring(facts, order)
    case 'lock_notice':
    case 'lock_notice_moved':
    case 'finalize_notice':
    case 'finalize_notice_moved':
      return notice?.state === 'scheduled' ? null : 'notice_over'
    case 'owe_again':
      return order.balance_due > 0 ? null : 'nothing_owed'
    case 'charge_failed':
      return order.status === 'errored' ? null : 'charge_settled'
    case 'payment_reminder':
      return order.status === 'errored' && order.balance_due > 0 ? null : 'charge_settled'
    case 'address_invalid':
      return order.status === 'paid' && order.ships && (!order.address || order.address_warning) ? null : 'address_mended'
    case 'tracking':
      return shipment?.state === 'left' ? null : 'shipping_undone'
    default:
      return null
  }
}

/** The card was replaced, the day was moved, or nothing is charged then. */
function whyNotExpiring({ data, campaign }: MailFacts, { status, balance_due, payment_method }: OrderFacts): string | null {
  if (payment_method?.id !== data.payment_method_id) return 'card_replaced'
  if (campaign.charge_on !== data.charge_on) return 'charge_day_moved'
  return balance_due > 0 && (status === 'open' || status === 'locked') ? null : 'nothing_owed'
}

/** About the backer alone; all other mails are about an order. */
const WITHOUT_ORDER: readonly MessageKind[] = ['invitation', 'reminder', 'cancellation', 'link']
const NEEDS_ORDER: ReadonlySet<MessageKind> = new Set(MESSAGE_KINDS.filter((kind) => !WITHOUT_ORDER.includes(kind)))
