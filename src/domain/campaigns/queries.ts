import { sql } from 'kysely'
import type { Actor } from '../shared/actor.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

export interface CampaignSummary extends Campaign {
  /** backers that were imported, withdrawn ones included */
  backers: number
  /** orders that are not canceled */
  orders: number
}

/** Their names alone, newest first: what every page of the desk shows. */
export async function listCampaignNames(db: Db, actor: Actor): Promise<Pick<Campaign, 'id' | 'name' | 'mode'>[]> {
  if (actor.kind !== 'staff') return []
  return await db
    .selectFrom('campaigns')
    .select(['id', 'name', 'mode'])
    .where('account_id', '=', actor.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** How many backers and orders one campaign has, as `listCampaigns` counts them. The caller names a campaign it may see. */
export async function countCampaign(db: Db, campaign_id: string): Promise<Pick<CampaignSummary, 'backers' | 'orders'>> {
  const { rows } = await sql<Pick<CampaignSummary, 'backers' | 'orders'>>`select
      (select count(*) from backers where campaign_id = ${campaign_id}) as backers,
      (select count(*) from orders where campaign_id = ${campaign_id} and status <> 'canceled') as orders`.execute(db)
  return rows[0] ?? { backers: 0, orders: 0 }
}

/** The campaigns of the account that acts, newest first. Anybody else has none. */
export async function listCampaigns(db: Db, actor: Actor): Promise<CampaignSummary[]> {
  if (actor.kind !== 'staff') return []
  return await db
    .selectFrom('campaigns as c')
    .selectAll('c')
    .select((eb) => [
      eb
        .selectFrom('backers as b')
        .whereRef('b.campaign_id', '=', 'c.id')
        .select((count) => count.fn.countAll<number>().as('n'))
        .as('backers'),
      eb
        .selectFrom('orders as o')
        .whereRef('o.campaign_id', '=', 'c.id')
        .where('o.status', '<>', 'canceled')
        .select((count) => count.fn.countAll<number>().as('n'))
        .as('orders'),
    ])
    .where('c.account_id', '=', actor.id)
    .orderBy('c.created_at', 'desc')
    .orderBy('c.id', 'desc')
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, backers: Number(row.backers), orders: Number(row.orders) })))
}
