import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

/** Who uses what of the catalogue. A canceled order is never worked out again, but its lines still name their SKUs. */

/** Orders, canceled ones included, with a line of one of these SKUs. */
export async function countOrdersOfSkus(db: Db, campaign_id: string, sku_ids: string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(distinct order_id)::int as n from order_lines
    where campaign_id = ${campaign_id} and sku_id = any(${sku_ids}::uuid[])`.execute(db)
  return rows[0]?.n ?? 0
}

/** Orders, canceled ones included, by the SKU they hold. */
export async function ordersByOption(db: Db, campaign_id: string, sku_ids: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ sku_id: string; n: number }>`select sku_id, count(distinct order_id)::int as n from order_lines
    where campaign_id = ${campaign_id} and sku_id = any(${sku_ids}::uuid[]) group by 1`.execute(db)
  return new Map(rows.map((row) => [row.sku_id, row.n]))
}

/** Orders of a level that are not canceled. */
export async function countOrdersOfLevel(db: Db, campaign_id: string, level_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from orders
    where campaign_id = ${campaign_id} and level_id = ${level_id} and status <> 'canceled'`.execute(db)
  return rows[0]?.n ?? 0
}

/** Backers of a level, withdrawn ones included. */
export async function countBackersOfLevel(db: Db, campaign_id: string, level_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from backers
    where campaign_id = ${campaign_id} and level_id = ${level_id}`.execute(db)
  return rows[0]?.n ?? 0
}

/** Orders with an add-on that are not canceled. */
export async function countOrdersOfAddon(db: Db, campaign_id: string, addon_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from order_addons a
    join orders o on o.campaign_id = a.campaign_id and o.id = a.order_id
    where a.campaign_id = ${campaign_id} and a.addon_id = ${addon_id} and o.status <> 'canceled'`.execute(db)
  return rows[0]?.n ?? 0
}

/** Backers who pledged for an add-on or have it in an order, canceled ones included. */
export async function countBackersOfAddon(db: Db, campaign_id: string, addon_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (
      select backer_id from pledged_addons where campaign_id = ${campaign_id} and addon_id = ${addon_id}
      union
      select o.backer_id from order_addons a join orders o on o.campaign_id = a.campaign_id and o.id = a.order_id
      where a.campaign_id = ${campaign_id} and a.addon_id = ${addon_id}) used`.execute(db)
  return rows[0]?.n ?? 0
}

/** How often each answer to a question stands in orders that are not canceled. */
export async function countAnswers(db: Db, campaign_id: string, question_id: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ answer: string; n: number }>`select answers ->> ${question_id} as answer, count(*)::int as n
    from orders where campaign_id = ${campaign_id} and status <> 'canceled' and trim(coalesce(answers ->> ${question_id}, '')) <> ''
    group by 1`.execute(db)
  return new Map(rows.map((row) => [row.answer.trim(), row.n]))
}
