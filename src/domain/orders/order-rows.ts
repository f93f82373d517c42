import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { isUsable } from '../backers/filter.ts'
import type { DeclineClass } from '../payments/declines.ts'
import { isCardExpired } from '../payments/payment-methods.ts'
import type { Db } from '../shared/tx.ts'
import type { Address } from '../shipping/address.ts'
import type { OrderStatus } from './lifecycle.ts'

export interface OrderLine {
  sku_id: string
  sku: string
  name: string
  /** the option chosen; '' where the item has one SKU */
  option: string
  quantity: number
  source: Row<'order_lines'>['source']
  source_id: string | null
  /** the level's or add-on's name */
  source_name: string | null
  /** quoted for the whole line; a bundle's price stands on its first line */
  price: number
}

export interface ShownPaymentMethod {
  brand: string
  last4: string
  exp_month: number
  exp_year: number
  state: Row<'payment_methods'>['state']
  /** saved at the gateway account in use, and neither replaced nor detached: what a charge asks for */
  is_usable: boolean
  /** its last month is over: usable all the same, and shown as a warning */
  is_expired: boolean
}

/** Why the last charge failed, and what follows by itself. */
export interface ShownFollowUp {
  code: string
  decline_class: DeclineClass
  failed_at: Date
  /** when the card is tried again by itself; null: never, or it is switched off */
  retry_at: Date | null
  /** when the backer is reminded next; null: no more */
  remind_at: Date | null
  /** reminders that have left */
  reminders: number
  /** the day that the backer named, YYYY-MM-DD: until then nothing is sent and nothing tried */
  remind_on: string | null
}

/** An order as lists and the API show it. Amounts are minor units of `currency`. */
export interface ShownOrder {
  id: string
  number: number
  version: number
  status: OrderStatus
  balance_due: number
  captured: number
  refunded: number
  currency: string
  country: string | null
  ships: boolean
  address: Address | null
  address_warning: boolean
  level: { id: string; name: string } | null
  lines: OrderLine[]
  payment_method: ShownPaymentMethod | null
  hold: { code: string; reason: string | null; at: Date } | null
  notice: { id: string; kind: Row<'notices'>['kind']; due_at: Date } | null
  /** null: no failed charge of it waits to be mended */
  follow_up: ShownFollowUp | null
  backer: {
    id: string
    name: string
    email: string
    email_state: Row<'backers'>['email_state']
    platform_number: number | null
    survey: Row<'backers'>['survey']
  }
  created_at: Date
  confirmed_at: Date
  locked_at: Date | null
  paid_at: Date | null
  address_finalized_at: Date | null
  shipped_at: Date | null
  canceled_at: Date | null
  updated_at: Date
}

type OrderRow = Omit<ShownOrder, 'lines'> & { sort_value: string }

export interface OrderQuery {
  campaign_id: string
  /** when: a card may have expired since */
  now: Date
  /** conditions that no order meets two of: each is looked up along an index of its own */
  where: readonly RawBuilder<boolean>[]
  /** as text, for a cursor */
  sort_value?: RawBuilder<string>
  order?: RawBuilder<unknown>
  limit: number
}

/**
 * Reads orders whole, in two statements: the rows, then the lines of all of them. Aliases `o` and `b` as in filter.ts. The page is found
 * by what it is sorted by, which an index holds, before the wide rows are read.
 */
export async function readOrders(db: Db, query: OrderQuery): Promise<(ShownOrder & { sort_value: string })[]> {
  const order = query.order ?? sql`o.number`
  const parts = query.where.map(
    (where) => sql`(select o.id as order_id from orders o join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      where o.campaign_id = ${query.campaign_id} and ${where} order by ${order} limit ${query.limit})`,
  )
  const { rows } = await sql<OrderRow>`with page as (${sql.join(parts, sql` union all `)})
    select o.id, o.number, o.version, o.status, o.balance_due, o.captured, o.refunded, c.currency,
      o.country, o.ships, o.address, o.address_warning, o.created_at, o.confirmed_at, o.locked_at, o.paid_at,
      o.address_finalized_at, o.shipped_at, o.canceled_at, o.updated_at,
      case when l.id is not null then jsonb_build_object('id', l.id, 'name', l.name) end as level,
      case when p.id is not null then jsonb_build_object('brand', p.brand, 'last4', p.last4, 'exp_month', p.exp_month,
        'exp_year', p.exp_year, 'state', p.state,
        'is_usable', ${isUsable('p')}) end as payment_method,
      o.hold_reason, o.held_at, n.id as notice_id, n.kind as notice_kind, n.due_at as notice_due_at,
      case when o.held_at is not null then (select r.text from events e
          join event_reasons r on r.campaign_id = e.campaign_id and r.id = e.reason_id
        where e.campaign_id = o.campaign_id and e.order_id = o.id and e.order_version is not null and e.kind = 'held'
        order by e.order_version desc limit 1) end as hold_text,
      jsonb_build_object('id', b.id, 'name', b.name, 'email', b.email, 'email_state', b.email_state,
        'platform_number', b.platform_number, 'survey', b.survey) as backer,
      d.code as failure_code, d.decline_class, d.settled_at as failed_at, case when c.retry_failed_cards then f.retry_at end as retry_at,
      f.remind_at, coalesce(f.reminders, 0) as reminders, f.remind_on,
      ${query.sort_value ?? sql`''`} as sort_value
    from page join orders o on o.campaign_id = ${query.campaign_id} and o.id = page.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    join campaigns c on c.id = o.campaign_id
    left join levels l on l.campaign_id = o.campaign_id and l.id = o.level_id
    left join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
    left join lateral (select a.code, a.decline_class, a.settled_at from payment_attempts a where o.status = 'errored'
      and a.campaign_id = o.campaign_id and a.order_id = o.id and a.state = 'declined' order by a.number desc limit 1) d on true
    left join payment_follow_ups f on f.campaign_id = o.campaign_id and f.order_id = o.id
    left join notices n on n.campaign_id = o.campaign_id and n.id = o.notice_id and n.state = 'scheduled'
    order by ${order} limit ${query.limit}`.execute(db)
  const lines = await readLines(
    db,
    query.campaign_id,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => {
    const { payment_method: method, ...order } = withFollowUp(withHold(row))
    const payment_method = method && { ...method, is_expired: isCardExpired(method, query.now) }
    return { ...order, payment_method, lines: lines.get(row.id) ?? [] }
  })
}

type Joined = {
  hold_reason: string | null
  held_at: Date | null
  hold_text: string | null
  notice_id: string | null
  notice_kind: Row<'notices'>['kind'] | null
  notice_due_at: Date | null
}

function withHold(row: OrderRow): OrderRow {
  const { hold_reason, held_at, hold_text, notice_id, notice_kind, notice_due_at, ...order } = row as OrderRow & Joined
  return {
    ...order,
    hold: held_at ? { code: hold_reason ?? 'staff', reason: hold_text, at: held_at } : null,
    notice: notice_id && notice_kind && notice_due_at ? { id: notice_id, kind: notice_kind, due_at: notice_due_at } : null,
  }
}

type FollowUpColumns = Omit<ShownFollowUp, 'code' | 'decline_class' | 'failed_at'> & {
  failure_code: string | null
  decline_class: DeclineClass | null
  failed_at: Date | null
}

function withFollowUp(row: OrderRow): OrderRow {
  const { failure_code, decline_class, failed_at, retry_at, remind_at, reminders, remind_on, ...order } = row as OrderRow &
    FollowUpColumns
  const isFailed = order.status === 'errored' && failed_at !== null
  return {
    ...order,
    follow_up: isFailed
      ? {
          code: failure_code ?? 'card_declined',
          decline_class: decline_class ?? 'soft',
          failed_at,
          retry_at,
          remind_at,
          reminders,
          remind_on,
        }
      : null,
  }
}

async function readLines(db: Db, campaign_id: string, order_ids: string[]): Promise<Map<string, OrderLine[]>> {
  const byOrder = new Map<string, OrderLine[]>()
  if (order_ids.length === 0) return byOrder
  const { rows } = await sql<
    OrderLine & { order_id: string }
  >`select l.order_id, l.sku_id, s.code as sku, i.name, s.option_name as option,
      l.quantity, l.source, l.source_id, coalesce(v.name, a.name) as source_name, l.price
    from order_lines l
    join skus s on s.campaign_id = l.campaign_id and s.id = l.sku_id
    join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    left join levels v on l.source = 'level' and v.campaign_id = l.campaign_id and v.id = l.source_id
    left join addons a on l.source = 'addon' and a.campaign_id = l.campaign_id and a.id = l.source_id
    where l.campaign_id = ${campaign_id} and l.order_id = any(${order_ids}::uuid[])
    order by l.order_id, l.position`.execute(db)
  for (const { order_id, ...line } of rows) byOrder.set(order_id, [...(byOrder.get(order_id) ?? []), line])
  return byOrder
}
