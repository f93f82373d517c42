import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { repricePledge } from '../orders/reprice-pledge.ts'
import type { Actor } from '../shared/actor.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { type ImportKey, ofImport } from './compare-rows.ts'

/*
 * What a report may do to a backer who has an open order: the pledge's amount and the price that follows from it, or a hold.
 */

/**
 * Takes over the amounts of changed rows of backers with an open order, and re-prices the orders for which they count differently now.
 * Level, add-ons, name, mail and answers stay as they are. Answers how many orders got another price.
 */
export async function takeAmounts(tx: Tx, actor: Actor, campaign: Campaign, key: ImportKey): Promise<number> {
  const { rows } = await sql<{ id: string; differs: boolean }>`with s as (
      select r.backer_id, r.row, r.row_hash, b.pledge_amount, b.pledge_minimum, b.pledge_shipping, b.pledge_bonus, b.pledge_status,
        case when r.row->>'pledged_status' in ('collected', 'dropped') then r.row->>'pledged_status' else b.pledge_status end as new_status
      from import_rows r join backers b on b.campaign_id = r.campaign_id and b.id = r.backer_id
      where ${ofImport('r', key)} and r.kind = 'changed' and r.outcome_code = 'pledge_amount_only'
    )
    update backers b set
      pledge_amount = (s.row->>'pledge_amount')::bigint,
      pledge_minimum = coalesce((s.row->>'minimum')::bigint, 0),
      pledge_shipping = (s.row->>'shipping_amount')::bigint,
      pledge_bonus = (s.row->>'bonus')::bigint,
      pledge_status = s.new_status,
      row_hash = s.row_hash, import_id = ${key.import_id}, version = b.version + 1, updated_at = ${tx.now}
    from s where b.campaign_id = ${key.campaign_id} and b.id = s.backer_id
    returning b.id, (s.pledge_amount, s.pledge_minimum, s.pledge_shipping, s.pledge_bonus, s.pledge_status)
      is distinct from (b.pledge_amount, b.pledge_minimum, b.pledge_shipping, b.pledge_bonus, b.pledge_status) as differs`.execute(
    tx.db,
  )
  const ids = rows.filter(({ differs }) => differs).map(({ id }) => id)
  let repriced = 0
  for (let from = 0; from < ids.length; from += 500) {
    for (const backer of await findBackers(tx, key, ids.slice(from, from + 500))) {
      if (await repricePledge(tx, actor, campaign, backer)) repriced += 1
    }
  }
  return repriced
}

async function findBackers(tx: Tx, key: ImportKey, ids: string[]): Promise<Row<'backers'>[]> {
  return await tx.db
    .selectFrom('backers')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
}

/**
 * Holds the open orders whose pledge is withdrawn, or waits for the platform again: nothing of them is locked, charged or shipped until
 * staff cancel or release them. An order that is held already stays as it is. Answers how many were put on hold.
 */
export async function holdOrders(tx: Tx, actor: Actor, key: ImportKey): Promise<number> {
  const listed = sql`${ofImport('r', key)} and r.kind = 'changed' and r.outcome_code in ('pledge_withdrawn', 'pledge_waiting')`
  await sql`update backers b set pledge_status = r.row->>'pledged_status', row_hash = r.row_hash, import_id = r.import_id,
      version = b.version + 1, updated_at = ${tx.now}
    from import_rows r where b.campaign_id = ${key.campaign_id} and b.id = r.backer_id and ${listed}`.execute(tx.db)
  const { rows } = await sql<{ held: number }>`with held as (
      update orders o set version = o.version + 1, updated_at = ${tx.now}, hold_reason = r.outcome_code, held_at = ${tx.now}
      from import_rows r
      where o.campaign_id = ${key.campaign_id} and o.backer_id = r.backer_id and o.status = 'open' and o.held_at is null and ${listed}
      returning o.id, o.backer_id, o.version, o.hold_reason
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, order_version, from_status, to_status, actor_kind, actor_id, code,
        operation_id, data, at)
      select ${key.campaign_id}::uuid, 'held', h.backer_id, h.id, h.version, 'open', 'open', ${actor.kind}::text, ${actor.id}::text,
        h.hold_reason, ${key.import_id}::uuid, jsonb_build_object('import_id', ${key.import_id}::text), ${tx.now}::timestamptz from held h
    ) select count(*) as held from held`.execute(tx.db)
  return rows[0]?.held ?? 0
}
