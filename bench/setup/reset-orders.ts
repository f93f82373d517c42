import type { World } from './world.ts'

/** What the ledger says, where a case before has set it otherwise. */
const booked = `balance_due = coalesce((select sum(l.amount) from ledger_entries l
  where l.campaign_id = orders.campaign_id and l.order_id = orders.id and l.account = 'owed'), 0)`

const SETS = {
  open: `locked_at = null, paid_at = null, address_finalized_at = null, shipped_at = null, captured = 0, ${booked}`,
  locked: 'locked_at = now(), paid_at = null, address_finalized_at = null, captured = 0',
  // The books of these orders no longer balance: these come last.
  paid: 'locked_at = now(), paid_at = now(), address_finalized_at = null, shipped_at = null, balance_due = least(balance_due, 0)',
  ready_to_ship: 'locked_at = now(), paid_at = now(), address_finalized_at = now(), balance_due = least(balance_due, 0)',
}

/** Puts all orders of a campaign where a case begins, and the tables as tidy as after a quiet night. */
export async function resetOrders({ owner }: World, campaign_id: string, status: keyof typeof SETS): Promise<void> {
  await owner.query(`update orders set status = $2, held_at = null, hold_reason = null, ${SETS[status]} where campaign_id = $1`, [
    campaign_id,
    status,
  ])
  await owner.query('vacuum analyze orders')
  await owner.query('vacuum analyze events')
  await owner.query('checkpoint').catch(() => undefined)
}
