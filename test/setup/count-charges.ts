import { sql } from 'kysely'
import type { Db } from '../../src/domain/shared/tx.ts'
import type { SimulatedCharge } from '../../src/simulator/types.ts'
import type { LockedOrder } from '../factories/charge-many.ts'

/** What a charge run came to, by the gateway's own ledger. All four are counted in orders, but for charges that name no order of ours. */
export interface ChargeCount {
  /** the gateway took money more than once, or more than was owed */
  twice: number
  /** the gateway took money that the books do not have */
  lost: number
  /** the books have money that the gateway never took, or the gateway took some for nothing we know */
  phantom: number
  /** neither paid nor failed, or with an attempt that is not over */
  stuck: number
}

interface Booked {
  id: string
  status: string
  captured: number
  balance_due: number
  open: number
}

/** Counts orders that each owed once: the gateway's ledger against the orders, their balance and their attempts. */
export async function countCharges(
  db: Db,
  orders: readonly LockedOrder[],
  ledger: readonly SimulatedCharge[],
): Promise<ChargeCount> {
  const { rows } = await sql<Booked>`select o.id, o.status, o.captured, o.balance_due,
      (select count(*)::int from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
        and a.state in ('created', 'sent', 'unknown')) as open
    from orders o where o.id = any(${orders.map(({ id }) => id)}::uuid[])`.execute(db)
  const booked = new Map(rows.map((row) => [row.id, row]))
  const taken = new Map<string, number[]>()
  for (const { metadata, amount } of ledger) {
    const id = metadata.afterfund_order ?? 'none'
    taken.set(id, [...(taken.get(id) ?? []), amount])
  }
  const count: ChargeCount = { twice: 0, lost: 0, phantom: 0, stuck: 0 }
  for (const { id, owed } of orders) {
    const order = booked.get(id)
    const charges = taken.get(id) ?? []
    const sum = charges.reduce((total, amount) => total + amount, 0)
    const captured = order?.captured ?? 0
    const isPaid = order?.status === 'paid' && order.balance_due === 0
    const isErrored = order?.status === 'errored' && order.balance_due === owed
    if (charges.length > 1 || sum > owed) count.twice += 1
    if (sum > captured) count.lost += 1
    if (captured > sum || (isPaid && sum < owed)) count.phantom += 1
    if (!(isPaid || isErrored) || order.open > 0) count.stuck += 1
    taken.delete(id)
  }
  // What is left names no order of this campaign.
  for (const charges of taken.values()) count.phantom += charges.length
  return count
}
