import { type RawBuilder, sql } from 'kysely'
import { accountInUse, isServed } from '../payments/charging.ts'
import type { OrderKey } from '../shared/keys.ts'
import type { Db } from '../shared/tx.ts'
import { gaveNothing, underWay } from './states.ts'

/** A payment of an order, and what of it can still be given back. Amounts are minor units. */
export interface RefundablePayment {
  attempt_id: string
  amount: number
  rest: number
  currency: string
  card: { brand: string; last4: string }
  charged_at: Date
  /** a refund of it is on its way to the gateway */
  is_busy: boolean
  /** taken with the keys in use: another account's payment cannot be given back with them */
  is_ours: boolean
}

/** What of the payment `a` is given back, on its way, or was taken back by its bank: an SQL expression. */
export const givenBack: RawBuilder<number> = sql`coalesce((select sum(r.amount) from refunds r
  where r.campaign_id = a.campaign_id and r.attempt_id = a.id and r.state not in ${gaveNothing}), 0)`

/** The payments that were taken and booked for an order, newest first: the order in which they are given back. */
export async function findRefundable(db: Db, key: OrderKey): Promise<RefundablePayment[]> {
  const { rows } = await sql<RefundablePayment>`select a.id as attempt_id, a.amount, a.currency,
      greatest(0, a.amount - ${givenBack})::bigint as rest,
      jsonb_build_object('brand', p.brand, 'last4', p.last4) as card, coalesce(a.settled_at, a.updated_at) as charged_at,
      exists (select 1 from refunds r where r.campaign_id = a.campaign_id and r.attempt_id = a.id and r.state in ${underWay}) as is_busy,
      (a.gateway_account = coalesce(${accountInUse}, '') and ${isServed('a')}) as is_ours
    from payment_attempts a
    join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where a.campaign_id = ${key.campaign_id} and a.order_id = ${key.order_id} and a.state = 'succeeded' and a.is_booked
    order by a.number desc`.execute(db)
  return rows
}

/** How much of an order's payments a refund can give back now, in minor units. */
export function restOf(payments: readonly RefundablePayment[]): number {
  return payments.reduce((sum, { rest, is_busy, is_ours }) => sum + (is_busy || !is_ours ? 0 : rest), 0)
}

/** Which payments an amount is given back from: newest first. Null where they do not hold as much. */
export function shareOut(
  payments: readonly RefundablePayment[],
  amount: number,
): { attempt_id: string; amount: number }[] | null {
  const shares: { attempt_id: string; amount: number }[] = []
  let left = amount
  for (const { attempt_id, rest, is_busy, is_ours } of payments) {
    const share = is_busy || !is_ours ? 0 : Math.min(rest, left)
    if (share > 0) shares.push({ attempt_id, amount: share })
    left -= share
  }
  return left === 0 ? shares : null
}
