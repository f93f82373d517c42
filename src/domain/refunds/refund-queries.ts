import { sql } from 'kysely'
import type { OrderKey } from '../shared/keys.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import type { RefundState } from './states.ts'

/** A refund as pages and the API show it. Amounts are minor units. */
export interface ShownRefund {
  id: string
  number: number
  order: { id: string; number: number }
  backer: { id: string; name: string }
  state: RefundState
  amount: number
  currency: string
  code: string | null
  /** made at the payment service by somebody else, or taken back by the bank (`code` dispute_lost) */
  is_elsewhere: boolean
  /** the attempt whose payment it gives back */
  attempt_id: string
  payment_method: { brand: string; last4: string }
  /** the gateway's own id, where one exists */
  gateway_refund: string | null
  /** staff's words */
  reason: string | null
  created_at: Date
  sent_at: Date | null
  settled_at: Date | null
  /** how long it has been under way, or was until it was over */
  age_seconds: number
}

export interface RefundFilter {
  order_id?: string | undefined
  states?: readonly RefundState[] | undefined
}

/** Refunds of a campaign, newest first, by cursor. The caller has checked whose campaign it is. */
export async function listRefunds(
  db: Db,
  campaign_id: string,
  input: RefundFilter & PageInput & { now: Date },
): Promise<Page<ShownRefund>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  // Ids are UUIDv7, so they ascend in time.
  const parts = [
    place ? sql`r.id::text < ${place[0]}` : sql`true`,
    input.order_id ? sql`r.order_id = ${input.order_id}` : sql`true`,
    input.states?.length ? sql`r.state = any(${[...input.states]}::text[])` : sql`true`,
  ]
  const { rows } = await sql<ShownRefund>`select r.id, r.number, jsonb_build_object('id', o.id, 'number', o.number) as "order",
      jsonb_build_object('id', b.id, 'name', b.name) as backer, r.state, r.amount, r.currency, r.code, r.is_elsewhere, r.attempt_id,
      jsonb_build_object('brand', p.brand, 'last4', p.last4) as payment_method, r.gateway_refund, w.text as reason,
      r.created_at, r.sent_at, r.settled_at,
      greatest(0, extract(epoch from coalesce(r.settled_at, ${input.now}::timestamptz) - r.created_at))::int as age_seconds
    from refunds r
    join orders o on o.campaign_id = r.campaign_id and o.id = r.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    join payment_attempts a on a.campaign_id = r.campaign_id and a.id = r.attempt_id
    join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    left join event_reasons w on w.campaign_id = r.campaign_id and w.id = r.reason_id
    where r.campaign_id = ${campaign_id} and ${sql.join(parts, sql` and `)}
    order by r.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

/** What went back to the backer of an order, oldest first, for their page. */
export interface BackersRefund {
  amount: number
  at: Date
  /** the gateway took it and says later whether it arrived */
  is_on_its_way: boolean
  card: { brand: string; last4: string }
}

/** The refunds of an order that left and did not come back; of a lost dispute its backer knows. */
export async function findRefundsForBacker(db: Db, key: OrderKey): Promise<BackersRefund[]> {
  const { rows } =
    await sql<BackersRefund>`select r.amount, coalesce(r.settled_at, r.created_at) as at, r.state = 'pending' as is_on_its_way,
      jsonb_build_object('brand', p.brand, 'last4', p.last4) as card
    from refunds r
    join payment_attempts a on a.campaign_id = r.campaign_id and a.id = r.attempt_id
    join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where r.campaign_id = ${key.campaign_id} and r.order_id = ${key.order_id} and r.state in ('pending', 'succeeded')
    order by r.id`.execute(db)
  return rows
}
