import type { Row } from '../../db/types.ts'
import type { Quote } from '../orders/price-order.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import type { Address } from '../shipping/address.ts'
import type { MessageKind } from './kinds.ts'
import type { Message } from './outbox.ts'

/** All that a mail is written from, read when it is sent. Nothing of it is stored with the message. */
export interface MailFacts {
  kind: MessageKind
  /** what the cause of the mail left with it: ids, amounts, codes and dates */
  data: Record<string, unknown>
  campaign: Campaign
  backer: Row<'backers'>
  level_name: string | null
  order: OrderFacts | null
  /** the notice that the mail is about */
  notice: Row<'notices'> | null
  now: Date
}

export interface OrderFacts {
  number: number
  status: Row<'orders'>['status']
  version: number
  balance_due: number
  quote: Quote
  address: Address | null
  ships: boolean
  has_payment_method: boolean
  lines: { name: string; option: string; quantity: number }[]
  settled: { account: string; amount: number }[]
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
  const notice_id = message.data.notice_id
  const notice =
    typeof notice_id === 'string'
      ? await db
          .selectFrom('notices')
          .selectAll()
          .where('campaign_id', '=', campaign_id)
          .where('id', '=', notice_id)
          .executeTakeFirst()
      : null
  return {
    kind: message.kind as MessageKind,
    data: message.data,
    campaign,
    backer,
    level_name: level?.name ?? null,
    order: await loadOrder(db, backer),
    notice: notice ?? null,
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
    .select(['account', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', order.campaign_id)
    .where('order_id', '=', order.id)
    .where('account', 'in', ['settled_outside', 'credit', 'card'])
    .groupBy('account')
    .execute()
  const method = order.payment_method_id
    ? await db
        .selectFrom('payment_methods')
        .select('state')
        .where('campaign_id', '=', order.campaign_id)
        .where('id', '=', order.payment_method_id)
        .executeTakeFirst()
    : null
  return {
    number: order.number,
    status: order.status,
    version: order.version,
    balance_due: order.balance_due,
    quote: order.quote as Quote,
    address: order.address as Address | null,
    ships: order.ships,
    has_payment_method: method?.state === 'usable',
    lines,
    settled: settled.map(({ account, amount }) => ({ account, amount: Number(amount) })),
  }
}

/**
 * Why a mail that was queued must not leave any more, as a code; null: it may. Canceled orders and withdrawn pledges get nothing but word of
 * the cancellation; an address that bounced gets nothing until it is corrected; what has become untrue is not told.
 */
export function whyNotMail(facts: MailFacts): string | null {
  const { backer, order, kind } = facts
  if (backer.email_state === 'bounced') return 'mail_bounced'
  if (kind !== 'cancellation') {
    if (backer.survey === 'withdrawn') return 'pledge_withdrawn'
    if (order?.status === 'canceled') return 'order_canceled'
  }
  if (kind === 'reminder' && backer.survey === 'completed') return 'already_answered'
  if (kind === 'payment_method_needed' && order?.has_payment_method) return 'payment_method_there'
  if ((kind === 'lock_notice' || kind === 'lock_notice_moved') && facts.notice?.state !== 'scheduled') return 'notice_over'
  if (NEEDS_ORDER.has(kind) && !order) return 'no_order'
  return null
}

const NEEDS_ORDER: ReadonlySet<MessageKind> = new Set([
  'confirmation',
  'changed_by_staff',
  'owe_again',
  'price_changed',
  'lock_notice',
  'lock_notice_moved',
  'lock_notice_withdrawn',
  'payment_method_needed',
])
