import { sql } from 'kysely'
import type { StageCounts } from '../orders/counts.ts'
import type { Db } from '../shared/tx.ts'

/** In minor units of the campaign's currency. Canceled orders are left out of all but `canceled_kept`. */
export interface MoneyFigures {
  /** what the platform took, as far as it counts for orders */
  pledged: number
  /** what orders are worth beyond that: `collected` + `settled` + `open` */
  added: number
  /** taken from cards here, less what went back */
  collected: number
  /** settled without a card: paid elsewhere or waived */
  settled: number
  /** still owed */
  open: number
  /** in backers' favour, in orders that are worth less than was paid */
  credit: number
  /** taken from cards here, and kept after the order was canceled */
  canceled_kept: number
}

/**
 * Where the money stands. Guarantees: the sums are those of the ledger, `open` and `credit` those of the counts. The caller has checked whose
 * campaign it is, and hands in its stages.
 */
export async function findMoney(db: Db, campaign_id: string, { orders }: Pick<StageCounts, 'orders'>): Promise<MoneyFigures> {
  const all = await sumAccounts(db, campaign_id)
  const canceled = orders.canceled.count > 0 ? await sumAccounts(db, campaign_id, true) : new Map<string, number>()
  const live = (account: string) => (all.get(account) ?? 0) - (canceled.get(account) ?? 0)
  const stages = Object.entries(orders).flatMap(([status, stage]) => (status === 'canceled' ? [] : [stage]))
  const [collected, settled] = [live('card'), live('settled_outside') + live('credit')]
  const open = stages.reduce((sum, { owed }) => sum + owed, 0)
  return {
    pledged: live('pledged'),
    added: collected + settled + open,
    collected,
    settled,
    open,
    credit: -stages.reduce((sum, { credit }) => sum + credit, 0),
    canceled_kept: canceled.get('card') ?? 0,
  }
}

/** Sums of the ledger by account: of all orders, or of the canceled ones, which are few. */
async function sumAccounts(db: Db, campaign_id: string, of_canceled = false): Promise<Map<string, number>> {
  const canceled = sql`and l.order_id in (select o.id from orders o where o.campaign_id = ${campaign_id} and o.status = 'canceled')`
  const { rows } = await sql<{ account: string; amount: number }>`select l.account, sum(l.amount)::bigint as amount
    from ledger_entries l
    where l.campaign_id = ${campaign_id} and l.account in ('pledged', 'card', 'settled_outside', 'credit')
      ${of_canceled ? canceled : sql``} group by 1`.execute(db)
  return new Map(rows.map(({ account, amount }) => [account, amount]))
}
