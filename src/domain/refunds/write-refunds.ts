import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import { givenBack } from './refundable.ts'

export interface Share {
  order_id: string
  attempt_id: string
  /** minor units */
  amount: number
}

export interface DecidedRefunds {
  campaign_id: string
  shares: readonly Share[]
  operation_id: string | null
  reason_id: string | null
  /** put on hold under this reason: what was given back is owed again and must not be charged by the next run */
  hold: string | null
}

/**
 * Writes refunds before anything leaves: a row for each payment, and for each order one version, one event and its ledger rows (owed +,
 * at_gateway -). Refuses, as a programmer's error, a share of more than its payment has left; the caller has taken the orders' rows, and
 * two at once meet there. Answers the ids.
 */
export async function writeRefunds(tx: Tx, actor: Actor, decided: DecidedRefunds): Promise<string[]> {
  const { campaign_id, shares, operation_id, reason_id, hold } = decided
  if (shares.length === 0) return []
  const { rows } = await sql<{
    id: string
  }>`insert into refunds (campaign_id, id, order_id, number, key, attempt_id, payment, amount,
      currency, state, reason_id, actor_id, next_try_at, created_at, updated_at)
    select a.campaign_id, n.id, a.order_id, n.number, 'order:' || a.order_id || ':refund:' || n.number, a.id, a.payment, n.amount,
      a.currency, 'created', ${reason_id}::uuid, ${actor.id}::text, ${tx.now}, ${tx.now}, ${tx.now}
    from (
      select x.*, row_number() over (partition by x.order_id order by x.place)
        + coalesce((select max(r.number) from refunds r where r.campaign_id = ${campaign_id} and r.order_id = x.order_id), 0) as number
      from unnest(${shares.map(() => newId())}::uuid[], ${shares.map(({ order_id }) => order_id)}::uuid[],
        ${shares.map(({ attempt_id }) => attempt_id)}::uuid[], ${shares.map(({ amount }) => amount)}::bigint[])
        with ordinality x (id, order_id, attempt_id, amount, place)
    ) n
    join payment_attempts a on a.campaign_id = ${campaign_id} and a.id = n.attempt_id and a.order_id = n.order_id
    where a.state = 'succeeded' and a.is_booked and n.amount <= a.amount - ${givenBack}
    returning id`.execute(tx.db)
  if (rows.length !== shares.length) throw new Error('A refund is never more than its payment has left')
  await sql`with sums as (
      select r.order_id, sum(r.amount)::bigint as amount, min(r.currency) as currency
      from refunds r where r.campaign_id = ${campaign_id} and r.id = any(${rows.map(({ id }) => id)}::uuid[]) group by 1
    ), touched as (
      update orders o set version = o.version + 1, updated_at = ${tx.now}, balance_due = o.balance_due + s.amount,
        hold_reason = coalesce(o.hold_reason, ${hold}::text),
        held_at = coalesce(o.held_at, case when ${hold}::text is not null then ${tx.now}::timestamptz end)
      from sums s where o.campaign_id = ${campaign_id} and o.id = s.order_id
      returning o.id, o.backer_id, o.version, o.status, o.balance_due, s.amount, s.currency
    ), booked as (
      insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
      select ${campaign_id}::uuid, t.id, t.version, e.account, case e.account when 'owed' then t.amount else -t.amount end, t.currency,
        'refund', ${tx.now}::timestamptz
      from touched t cross join (values ('owed'), ('at_gateway')) e (account)
    )
    insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id, reason_id,
      operation_id, data, at)
    select ${campaign_id}::uuid, 'refund_started', t.backer_id, t.id, t.version, t.status, t.status, ${actor.kind}::text,
      ${actor.id}::text, ${reason_id}::uuid, ${operation_id}::uuid,
      jsonb_build_object('amount', t.amount, 'balance_due', t.balance_due), ${tx.now}::timestamptz
    from touched t`.execute(tx.db)
  await tx.enqueue({ job: 'send_refunds' })
  return rows.map(({ id }) => id)
}
