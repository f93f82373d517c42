import { sql } from 'kysely'
import { isServed } from '../payments/charging.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type Refund, type RefundState, underWay } from './states.ts'

/** A refund that a worker took, with what it needs to ask about it. */
export interface TakenRefund extends Refund {
  /** how it stood before: created ones are sent for the first time, all others are asked about first */
  was: RefundState
  /** the account that its payment belongs to */
  gateway_account: string
  /** the gateway's refunds of this payment that the books know */
  known: string[]
}

export interface TakeRefunds {
  lease_id: string
  /** longer than the calls can take */
  lease_ms: number
  limit: number
}

/**
 * Takes refunds that are due for this worker. Guarantees: one owner at a time; one that was never sent is marked as sent before the request
 * leaves, so that whoever finds it after a kill asks before it sends. Those that left are looked at again, which changes nothing by itself.
 */
export async function takeRefunds(tx: Tx, take: TakeRefunds): Promise<TakenRefund[]> {
  const { rows } = await sql<TakenRefund>`with due as (
      select r.campaign_id, r.id, r.state as was from refunds r
      where r.next_try_at <= ${tx.now} and (r.leased_until is null or r.leased_until <= ${tx.now}) and ${isServed('r')}
      order by (r.state not in ${underWay}), r.next_try_at, r.id
      limit ${take.limit} for update skip locked
    )
    update refunds r set state = case d.was when 'created' then 'sent' when 'sent' then 'unknown' else d.was end,
      sent_at = coalesce(r.sent_at, ${tx.now}), sendings = r.sendings + 1, lease_id = ${take.lease_id}::uuid,
      leased_until = ${new Date(tx.now.getTime() + take.lease_ms)}, updated_at = ${tx.now}
    from due d, payment_attempts a
    where r.campaign_id = d.campaign_id and r.id = d.id and a.campaign_id = r.campaign_id and a.id = r.attempt_id
    returning r.*, d.was, a.gateway_account,
      array(select k.gateway_refund from refunds k
        where k.campaign_id = r.campaign_id and k.attempt_id = r.attempt_id and k.gateway_refund is not null) as known`.execute(
    tx.db,
  )
  return rows
}

/** Whether a refund waits to be sent or looked at now. */
export async function hasRefundsDue(db: Db, now: Date): Promise<boolean> {
  const { rows } = await sql`select 1 from refunds where next_try_at <= ${now}
    and (leased_until is null or leased_until <= ${now}) and ${isServed('refunds')} limit 1`.execute(db)
  return rows.length > 0
}
