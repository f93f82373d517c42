import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { changedMeanwhile } from '../orders/refusals.ts'
import { type LedgerAmounts, writeLedger } from '../orders/write-order.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent, type EventKind } from '../shared/events.ts'
import type { Tx } from '../shared/tx.ts'

export interface Booking {
  kind: EventKind
  /** ledger rows by account; they sum to zero. What stands on `owed` changes the balance, nothing else does. */
  ledger: LedgerAmounts
  currency: string
  /** of the ledger rows */
  ledger_reason: string
  /** by how much more was given back than before */
  refunded?: number
  /**
   * put: the gateway and the books differ, so nothing is charged or shipped until staff have decided; release: they agree again, so a hold
   * of that reason ends, unless something else of the order is undecided
   */
  hold?: 'put' | 'release'
  code?: string | null
  reason?: string | null
  data?: Record<string, unknown>
}

/**
 * Books one thing about an order whose row the caller has taken: one version, one event, one ledger transaction. The status stays. Answers
 * the order as it is then, for the next booking.
 */
export async function bookOnOrder(tx: Tx, actor: Actor, order: Row<'orders'>, booking: Booking): Promise<Row<'orders'>> {
  const { ledger } = booking
  const version = order.version + 1
  const saved = await tx.db
    .updateTable('orders')
    .set({
      version,
      updated_at: tx.now,
      balance_due: order.balance_due + (ledger.owed ?? 0),
      refunded: order.refunded + (booking.refunded ?? 0),
      ...(booking.hold ? HOLDS[booking.hold](tx.now) : {}),
    })
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .returningAll()
    .executeTakeFirst()
  if (!saved) throw changedMeanwhile(order)
  const key = { campaign_id: order.campaign_id, order_id: order.id }
  await writeLedger(tx, { ...key, order_version: version, currency: booking.currency, reason: booking.ledger_reason }, ledger)
  await appendEvent(tx, actor, {
    ...key,
    kind: booking.kind,
    backer_id: order.backer_id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    code: booking.code ?? null,
    reason: booking.reason ?? null,
    data: booking.data ?? {},
  })
  return saved
}

const isSettled = sql`hold_reason = 'discrepancy' and not exists (select 1 from discrepancies d
  where d.campaign_id = orders.campaign_id and d.order_id = orders.id and d.state = 'open')`

const HOLDS = {
  put: (now: Date) => ({
    hold_reason: sql<string>`coalesce(hold_reason, 'discrepancy')`,
    held_at: sql<Date>`coalesce(held_at, ${now}::timestamptz)`,
  }),
  release: () => ({
    hold_reason: sql<string | null>`case when ${isSettled} then null else hold_reason end`,
    held_at: sql<Date | null>`case when ${isSettled} then null else held_at end`,
  }),
}
