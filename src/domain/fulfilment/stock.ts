import { sql } from 'kysely'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'

/** More pieces of one SKU than any warehouse holds: a slip of the finger. */
export const MOST_STOCK = 10_000_000

export interface StockInput {
  campaign_id: string
  /** pieces by SKU id; null: not counted. SKUs that are not named stay. */
  skus: Record<string, number | null>
}

/**
 * Writes down what lies in the warehouse, as the creator counted it. It is shown beside each SKU and holds nothing back. Guarantees: one
 * event, and none where nothing differs. Refuses a SKU that is not of this campaign (`unknown`) and a number that is no count of pieces.
 */
export async function saveStockOnHand(tx: Tx, actor: Actor, input: StockInput): Promise<{ changed: number }> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const counts = Object.entries(input.skus)
  const wrong = counts.filter(([, count]) => count !== null && !(Number.isInteger(count) && count >= 0 && count <= MOST_STOCK))
  if (wrong.length > 0) {
    const message = `Give a whole number of pieces, from 0 to ${MOST_STOCK.toLocaleString('en')}.`
    throw invalid(
      message,
      wrong.map(([sku]) => ({ field: `skus.${sku}`, code: 'invalid', message })),
    )
  }
  const ids = counts.map(([id]) => id)
  await refuseUnknown(tx, input.campaign_id, ids)
  const { rows } = await sql<{ id: string }>`update skus s set stock_on_hand = w.count
    from unnest(${ids}::uuid[], ${counts.map(([, count]) => count)}::int[]) w (id, count)
    where s.campaign_id = ${input.campaign_id} and s.id = w.id and s.stock_on_hand is distinct from w.count
    returning s.id`.execute(tx.db)
  if (rows.length > 0) {
    const skus = rows.map(({ id }) => id)
    await appendEvent(tx, actor, { campaign_id: input.campaign_id, kind: 'stock_counted', data: { skus } })
  }
  return { changed: rows.length }
}

async function refuseUnknown(tx: Tx, campaign_id: string, ids: string[]): Promise<void> {
  const known = await sql<{ id: string }>`select s.id from skus s
    join items i on i.campaign_id = s.campaign_id and i.id = s.item_id
    where s.campaign_id = ${campaign_id} and s.id::text = any(${ids}::text[]) and i.kind = 'physical'`.execute(tx.db)
  const found = new Set(known.rows.map(({ id }) => id))
  const unknown = ids.filter((id) => !found.has(id))
  if (unknown.length === 0) return
  const message = 'This campaign has no such SKU that ships.'
  throw invalid(
    message,
    unknown.map((id) => ({ field: `skus.${id}`, code: 'unknown', message })),
    'unknown',
  )
}
