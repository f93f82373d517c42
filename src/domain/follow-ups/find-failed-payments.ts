import { sql } from 'kysely'
import type { DeclineClass } from '../payments/declines.ts'
import type { Db } from '../shared/tx.ts'
import { isUnderWay, lastDecline } from './failed-cards.ts'

/** Errored orders with one reason. Amounts are what they owe now, in minor units. A card may be tried again whose backer is reminded too. */
export interface FailedReason {
  code: string
  decline_class: DeclineClass
  orders: number
  amount: number
  /** the card is tried again by itself, the first of them at `next_at` */
  retries: { orders: number; next_at: Date | null }
  /** the backer is reminded, the first of them at `next_at` */
  reminders: { orders: number; next_at: Date | null }
  /** the backer named a day, the first of them `next_on` (YYYY-MM-DD) */
  days_named: { orders: number; next_on: string | null }
  under_way: number
  on_hold: number
  /** nothing happens by itself any more: somebody has to write to them */
  nothing_follows: number
}

export interface FailedPaymentsOverview {
  orders: number
  amount: number
  /** cards are tried again by themselves */
  retry_failed_cards: boolean
  /** the most frequent first */
  reasons: FailedReason[]
}

interface ReasonRow {
  code: string
  decline_class: DeclineClass
  orders: number
  amount: number
  retry_orders: number
  retry_at: Date | null
  remind_orders: number
  remind_at: Date | null
  named_orders: number
  named_on: string | null
  under_way: number
  on_hold: number
  nothing_follows: number
}

/** What failed and is not mended, by the bank's reason: every errored order once. The caller has checked whose campaign it is. */
export async function findFailedPayments(db: Db, campaign_id: string): Promise<FailedPaymentsOverview> {
  const { retry_failed_cards } = await db
    .selectFrom('campaigns')
    .select('retry_failed_cards')
    .where('id', '=', campaign_id)
    .executeTakeFirstOrThrow()
  const { rows } = await sql<ReasonRow>`with failed as (
      select coalesce(d.code, 'card_declined') as code, coalesce(d.decline_class, 'soft') as decline_class,
        greatest(o.balance_due, 0) as amount, ${isUnderWay} as is_under_way, o.held_at is not null as is_held,
        case when ${retry_failed_cards} and o.balance_due > 0 and f.remind_on is null then f.retry_at end as retry_at,
        case when o.balance_due > 0 and b.email_state <> 'bounced' and f.remind_on is null then f.remind_at end as remind_at, f.remind_on
      from orders o
      join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
      left join lateral ${lastDecline} d on true
      left join payment_follow_ups f on f.campaign_id = o.campaign_id and f.order_id = o.id
      where o.campaign_id = ${campaign_id} and o.status = 'errored'
    )
    select code, decline_class, count(*)::int as orders, sum(amount)::bigint as amount,
      count(retry_at) filter (where not is_held)::int as retry_orders, min(retry_at) filter (where not is_held) as retry_at,
      count(remind_at) filter (where not is_held)::int as remind_orders, min(remind_at) filter (where not is_held) as remind_at,
      count(remind_on)::int as named_orders, min(remind_on)::text as named_on,
      count(*) filter (where is_under_way)::int as under_way, count(*) filter (where is_held)::int as on_hold,
      count(*) filter (where not is_under_way and not is_held and retry_at is null and remind_at is null and remind_on is null)::int as nothing_follows
    from failed group by 1, 2 order by 3 desc, 1, 2`.execute(db)
  const sum = (pick: 'orders' | 'amount') => rows.reduce((total, row) => total + row[pick], 0)
  return { orders: sum('orders'), amount: sum('amount'), retry_failed_cards, reasons: rows.map(reasonOf) }
}

function reasonOf(row: ReasonRow): FailedReason {
  const { code, decline_class, orders, amount, under_way, on_hold, nothing_follows } = row
  return {
    code,
    decline_class,
    orders,
    amount,
    retries: { orders: row.retry_orders, next_at: row.retry_at },
    reminders: { orders: row.remind_orders, next_at: row.remind_at },
    days_named: { orders: row.named_orders, next_on: row.named_on },
    under_way,
    on_hold,
    nothing_follows,
  }
}
