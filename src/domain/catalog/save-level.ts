import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
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
import { type CatalogLevel, loadCatalog } from './load-catalog.ts'
import type { LevelInput, Saved } from './schema.ts'
import { countBackersOfLevel, countOrdersOfLevel } from './usage.ts'

/**
 * Makes a pledge level, or changes one as a whole. Guarantees: its price and how reports find it stay as they are. Refuses other contents
 * once orders of this level exist (`level_in_orders`), and items this campaign does not have (`unknown`).
 */
export async function saveLevel(tx: Tx, actor: Actor, input: Saved<LevelInput>): Promise<CatalogLevel> {
  await beginCatalogueChange(tx, actor, input.campaign_id)
  const key = { campaign_id: input.campaign_id, id: input.id ?? newId() }
  if (input.id) await refuseUnknown(tx.db, 'levels', key, 'pledge level')
  await refuseUnknownItems(tx.db, key.campaign_id, input.items)
  const before = await findLevel(tx.db, key)
  if (
    before &&
    !sameContents(
      before.contents.map(({ item, quantity }) => ({ item_id: item.id, quantity })),
      input.items,
    )
  ) {
    const orders = await countOrdersOfLevel(tx.db, key.campaign_id, key.id)
    if (orders > 0) {
      const message = `${countText(orders, 'order')} of this level ${orders === 1 ? 'was' : 'were'} confirmed with what it holds now, so that stays. Cancel them first, or offer the rest as an add-on.`
      throw inUse('level_in_orders', message, orders)
    }
  }
  const position = input.position ?? before?.position ?? (await nextPosition(tx.db, 'levels', key.campaign_id))
  await writeLevel(tx, key, { name: input.name, position })
  await tx.db.deleteFrom('level_items').where('campaign_id', '=', key.campaign_id).where('level_id', '=', key.id).execute()
  if (input.items.length > 0) {
    const rows = input.items.map((row) => ({ campaign_id: key.campaign_id, level_id: key.id, ...row }))
    await tx.db.insertInto('level_items').values(rows).execute()
  }
  await noteChange(tx, actor, { ...key, noun: 'level', done: before ? 'changed' : 'added' })
  return (await findLevel(tx.db, key)) as CatalogLevel
}

/** Takes a level away with its fees and questions. Refuses one that backers pledged for (`level_in_pledges`). */
export async function deleteLevel(tx: Tx, actor: Actor, key: CatalogueKey): Promise<void> {
  await beginCatalogueChange(tx, actor, key.campaign_id)
  await refuseUnknown(tx.db, 'levels', key, 'pledge level')
  const used = await countBackersOfLevel(tx.db, key.campaign_id, key.id)
  const refusal = inUse('level_in_pledges', `${countText(used, 'backer')} pledged for this level, so it stays.`, used)
  if (used > 0) throw refusal
  await deleteUnused(
    () => tx.db.deleteFrom('levels').where('campaign_id', '=', key.campaign_id).where('id', '=', key.id).execute(),
    refusal,
  )
  await noteChange(tx, actor, { ...key, noun: 'level', done: 'deleted' })
}

async function findLevel(db: Db, key: CatalogueKey): Promise<CatalogLevel | null> {
  const { levels } = await loadCatalog(db, key.campaign_id)
  return levels.find((level) => level.id === key.id) ?? null
}

async function writeLevel(tx: Tx, key: CatalogueKey, columns: Pick<Row<'levels'>, 'name' | 'position'>): Promise<void> {
  await tx.db
    .insertInto('levels')
    .values({ ...key, ...columns, created_at: tx.now })
    .onConflict((conflict) => conflict.columns(['campaign_id', 'id']).doUpdateSet(columns))
    .execute()
}
