import { sql } from 'kysely'
import type { Db } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import type { SimulatedCharge } from '../../src/simulator/types.ts'
import type { LockedOrder } from '../factories/charge-many.ts'
import { type ChargeCount, countCharges } from '../setup/count-charges.ts'

/** The books against the gateway's ledger, after everything. */
export interface TrialCount extends ChargeCount {
  /** orders on hold, and discrepancies that nobody has decided: there is none to be found here */
  unexplained: number
  /** what `npm run verify` finds */
  unsound: number
  /** what is wrong, for people */
  lines: string[]
}

export const nothingWrong = { twice: 0, lost: 0, phantom: 0, stuck: 0, unexplained: 0, unsound: 0, lines: [] }

export async function countBooks(
  db: Db,
  orders: readonly LockedOrder[],
  ledger: readonly SimulatedCharge[],
  now: Date,
): Promise<TrialCount> {
  const count = await countCharges(db, orders, ledger)
  const { rows: held } = await sql<{ told: string }>`select 'order ' || number || ' is held: ' || hold_reason as told from orders
      where hold_reason is not null
    union all select kind || ' ' || subject || ' ' || data::text from discrepancies where state = 'open'`.execute(db)
  const unsound = await verifyBooks(db, now)
  const { rows: stuck } = await sql<{
    told: string
  }>`select 'order ' || o.number || ' is ' || o.status || ', owes ' || o.balance_due
      || ', attempts ' || coalesce(string_agg(a.number || ' ' || a.state || ' ' || coalesce(a.code, ''), ', ' order by a.number), 'none') as told
    from orders o left join payment_attempts a on a.campaign_id = o.campaign_id and a.order_id = o.id
    where o.status not in ('paid', 'errored') or exists (select 1 from payment_attempts b where b.campaign_id = o.campaign_id
      and b.order_id = o.id and b.state in ('created', 'sent', 'unknown')) group by o.campaign_id, o.id`.execute(db)
  const lines = [
    ...[...held, ...stuck].map(({ told }) => told),
    ...unsound.map(({ rule, id, found }) => `${rule}: ${id} ${found}`),
    ...(count.twice + count.lost + count.phantom > 0 ? tellMoney(orders, ledger) : []),
  ]
  return { ...count, unexplained: held.length, unsound: unsound.length, lines }
}

/** The orders whose sum at the gateway is not what they owed. */
function tellMoney(orders: readonly LockedOrder[], ledger: readonly SimulatedCharge[]): string[] {
  return orders.flatMap(({ id, owed, card }) => {
    const taken = ledger.filter(({ metadata }) => metadata.afterfund_order === id)
    const sum = taken.reduce((total, { amount }) => total + amount, 0)
    return sum === owed || sum === 0 ? [] : [`${id} (${card}) owed ${owed}, taken ${JSON.stringify(taken)}`]
  })
}
