import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import type { Db, Tx } from '../shared/tx.ts'
import {
  beginCatalogueChange,
  type CatalogueKey,
  countText,
  deleteUnused,
  inUse,
  nextPosition,
  noteChange,
  refuseUnknown,
  refuseUnknownItems,
  sameContents,
} from './catalogue-parts.ts'
import { type CatalogAddon, loadCatalog } from './load-catalog.ts'
import type { AddonInput, Saved } from './schema.ts'
import { countBackersOfAddon, countOrdersOfAddon } from './usage.ts'

/**
 * Makes an add-on, or changes one as a whole. Guarantees: a new price, limit or "not offered" leaves confirmed orders as they are; what it
 * cost on the platform stays. Refuses: less stock than orders hold already (`stock_below_held`), other contents once it is in orders
 * (`addon_in_orders`), items this campaign does not have (`unknown`).
 */
export async function saveAddon(tx: Tx, actor: Actor, input: Saved<AddonInput>): Promise<CatalogAddon> {
  await beginCatalogueChange(tx, actor, input.campaign_id)
  const { campaign_id, id: given, items, position: wanted, ...columns } = input
  const key = { campaign_id, id: given ?? newId() }
  if (given) await refuseUnknown(tx.db, 'addons', key, 'add-on')
  await refuseUnknownItems(tx.db, campaign_id, items)
  const before = await findAddon(tx.db, key)
  if (before) await refuseOtherContents(tx.db, before, items)
  const position = wanted ?? before?.position ?? (await nextPosition(tx.db, 'addons', campaign_id))
  if (before) await updateAddon(tx, key, { ...columns, position })
  else
    await tx.db
      .insertInto('addons')
      .values({ ...key, ...columns, position, created_at: tx.now })
      .execute()
  await tx.db.deleteFrom('addon_items').where('campaign_id', '=', campaign_id).where('addon_id', '=', key.id).execute()
  await tx.db
    .insertInto('addon_items')
    .values(items.map((row) => ({ campaign_id, addon_id: key.id, ...row })))
    .execute()
  await noteChange(tx, actor, { ...key, noun: 'addon', done: before ? 'changed' : 'added' })
  return (await findAddon(tx.db, key)) as CatalogAddon
}

/**
 * Takes an add-on away with its fees; surveys that are being filled in forget it. Refuses one that backers pledged for or have in an order
 * (`addon_in_use`): stop offering it instead.
 */
export async function deleteAddon(tx: Tx, actor: Actor, key: CatalogueKey): Promise<void> {
  await beginCatalogueChange(tx, actor, key.campaign_id)
  await refuseUnknown(tx.db, 'addons', key, 'add-on')
  const used = await countBackersOfAddon(tx.db, key.campaign_id, key.id)
  const message = `${countText(used, 'backer has', 'backers have')} this add-on, so it stays. Stop offering it instead.`
  const refusal = inUse('addon_in_use', message, used)
  if (used > 0) throw refusal
  await deleteUnused(
    () => tx.db.deleteFrom('addons').where('campaign_id', '=', key.campaign_id).where('id', '=', key.id).execute(),
    refusal,
  )
  // Else these backers could not confirm: their draft would name an add-on that does not exist.
  await sql`update drafts set data = data #- array['addons', ${key.id}::text], version = version + 1
    where campaign_id = ${key.campaign_id} and data -> 'addons' ? ${key.id}::text`.execute(tx.db)
  await noteChange(tx, actor, { ...key, noun: 'addon', done: 'deleted' })
}

async function findAddon(db: Db, key: CatalogueKey): Promise<CatalogAddon | null> {
  const { addons } = await loadCatalog(db, key.campaign_id)
  return addons.find((addon) => addon.id === key.id) ?? null
}

async function refuseOtherContents(db: Db, before: CatalogAddon, items: AddonInput['items']): Promise<void> {
  const contents = before.contents.map(({ item, quantity }) => ({ item_id: item.id, quantity }))
  if (sameContents(contents, items)) return
  const orders = await countOrdersOfAddon(db, before.campaign_id, before.id)
  if (orders === 0) return
  const message = `${countText(orders, 'order')} ${orders === 1 ? 'has' : 'have'} this add-on with what it holds now, so that stays. Make another add-on instead.`
  throw inUse('addon_in_orders', message, orders)
}

/** The check and the write are one statement: a survey that holds a piece at this moment is counted. */
async function updateAddon(
  tx: Tx,
  key: CatalogueKey,
  columns: Omit<AddonInput, 'items' | 'position'> & { position: number },
): Promise<void> {
  const { stock } = columns
  const updated = await tx.db
    .updateTable('addons')
    .set(columns)
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .where((eb) => (stock === null ? eb.lit(true) : eb('held', '<=', stock)))
    .executeTakeFirst()
  if (Number(updated.numUpdatedRows) === 1) return
  const { held } = await tx.db
    .selectFrom('addons')
    .select('held')
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .executeTakeFirstOrThrow()
  const message = `Orders hold ${countText(held, 'piece')} already, so the stock cannot be ${stock}. Enter ${held} or more.`
  throw invalid(message, [{ field: 'stock', code: 'stock_below_held', message }], 'stock_below_held')
}
