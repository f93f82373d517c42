import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { freeCode } from '../imports/create-catalogue.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import type { Tx } from '../shared/tx.ts'
import {
  beginCatalogueChange,
  countText,
  deleteUnused,
  inUse,
  nextPosition,
  noteChange,
  refuseUnknown,
} from './catalogue-parts.ts'
import { type CatalogItem, loadCatalog } from './load-catalog.ts'
import type { ItemInput, Saved, SkuInput } from './schema.ts'
import { countOrdersOfSkus, ordersByOption } from './usage.ts'

/**
 * Makes an item, or changes one as a whole: SKUs that are not listed any more are taken away. Guarantees: an item with one SKU asks no
 * option; orders that hold the item keep their SKU when others are added. Refuses: a name or code that is taken (`name_taken`,
 * `code_taken`), options without distinct names (`option_name_missing`, `option_name_twice`), and what would change an order: taking away or
 * renaming a SKU that orders hold (`sku_in_orders`), physical to digital or back (`item_in_orders`).
 */
export async function saveItem(tx: Tx, actor: Actor, input: Saved<ItemInput>): Promise<CatalogItem> {
  await beginCatalogueChange(tx, actor, input.campaign_id)
  const { campaign_id } = input
  const catalog = await loadCatalog(tx.db, campaign_id)
  const key = { campaign_id, id: input.id ?? newId() }
  if (input.id) await refuseUnknown(tx.db, 'items', key, 'item')
  const before = catalog.items.find((item) => item.id === key.id) ?? null
  const others = catalog.items.filter((item) => item.id !== key.id)
  if (others.some((item) => item.name === input.name)) {
    const message = `There is an item called “${input.name}” already.`
    throw invalid(message, [{ field: 'name', code: 'name_taken', message }], 'name_taken')
  }
  const skus = planSkus(key, input, before, others)
  if (before) await refuseChangedOrders(tx, before, input, skus)
  const position = input.position ?? before?.position ?? (await nextPosition(tx.db, 'items', campaign_id))
  const row = { ...key, name: input.name, kind: input.kind, position, created_at: before?.created_at ?? tx.now }
  await tx.db
    .insertInto('items')
    .values(row)
    .onConflict((conflict) => conflict.columns(['campaign_id', 'id']).doUpdateSet({ name: row.name, kind: row.kind, position }))
    .execute()
  await writeSkus(tx, before, skus)
  await noteChange(tx, actor, { ...key, noun: 'item', done: before ? 'changed' : 'added' })
  return { ...row, skus }
}

/** Takes an item away with its SKUs. Refuses one that a level or add-on holds (`item_in_contents`) or orders hold (`item_in_orders`). */
export async function deleteItem(tx: Tx, actor: Actor, key: { campaign_id: string; id: string }): Promise<void> {
  await beginCatalogueChange(tx, actor, key.campaign_id)
  await refuseUnknown(tx.db, 'items', key, 'item')
  const { levels, addons } = await loadCatalog(tx.db, key.campaign_id)
  const holders = [...levels, ...addons].filter(({ contents }) => contents.some(({ item }) => item.id === key.id))
  if (holders[0]) {
    const names = holders.map(({ name }) => `“${name}”`).join(', ')
    throw inUse('item_in_contents', `This item is part of ${names}. Take it out there first.`, holders.length)
  }
  const skus = await tx.db
    .selectFrom('skus')
    .select('id')
    .where('campaign_id', '=', key.campaign_id)
    .where('item_id', '=', key.id)
    .execute()
  const used = await countOrdersOfSkus(
    tx.db,
    key.campaign_id,
    skus.map(({ id }) => id),
  )
  const refusal = inUse('item_in_orders', `This item is in ${countText(used, 'order')}, so it stays.`, used)
  if (used > 0) throw refusal
  await deleteUnused(async () => {
    await tx.db.deleteFrom('skus').where('campaign_id', '=', key.campaign_id).where('item_id', '=', key.id).execute()
    await tx.db.deleteFrom('items').where('campaign_id', '=', key.campaign_id).where('id', '=', key.id).execute()
  }, refusal)
  await noteChange(tx, actor, { ...key, noun: 'item', done: 'deleted' })
}

type SkuRow = Row<'skus'>

function planSkus(
  key: { campaign_id: string; id: string },
  input: ItemInput,
  before: CatalogItem | null,
  others: CatalogItem[],
): SkuRow[] {
  const taken = new Set(others.flatMap((item) => item.skus.map((sku) => sku.code)))
  const given = new Set(input.skus.flatMap((sku) => sku.code || []))
  const isOnly = input.skus.length === 1
  const seen = { ids: new Set<string>(), names: new Set<string>() }
  return input.skus.map((sku, index): SkuRow => {
    const known = knownSku(sku, index, before, seen.ids)
    const option_name = isOnly ? '' : sku.option_name
    if (!isOnly) refuseOptionName(option_name, index, seen.names)
    const code = sku.code || known?.code || freeCode(`${input.name} ${option_name}`, new Set([...taken, ...given]))
    if (taken.has(code)) {
      const message = `The code ${code} is taken already.`
      throw invalid(message, [{ field: `skus.${index}.code`, code: 'code_taken', message }], 'code_taken')
    }
    taken.add(code)
    return {
      campaign_id: key.campaign_id,
      id: known?.id ?? newId(),
      item_id: key.id,
      code,
      option_name,
      weight_g: sku.weight_g,
      position: index,
      stock_on_hand: sku.stock_on_hand === undefined ? (known?.stock_on_hand ?? null) : sku.stock_on_hand,
    }
  })
}

function knownSku(sku: SkuInput, index: number, before: CatalogItem | null, seen: Set<string>): SkuRow | null {
  if (!sku.id) return null
  const known = before?.skus.find(({ id }) => id === sku.id?.toLowerCase())
  if (known && !seen.has(known.id)) {
    seen.add(known.id)
    return known
  }
  const message = known ? 'This SKU is named twice.' : 'This item has no such SKU.'
  throw invalid(message, [{ field: `skus.${index}.id`, code: 'unknown', message }], 'unknown')
}

function refuseOptionName(name: string, index: number, seen: Set<string>): void {
  const code = name === '' ? 'option_name_missing' : seen.has(name) ? 'option_name_twice' : null
  seen.add(name)
  if (!code) return
  const message =
    code === 'option_name_missing' ? 'Name each option: backers choose by it.' : `The option “${name}” is there twice.`
  throw invalid(message, [{ field: `skus.${index}.option_name`, code, message }], code)
}

/** A backer who chose Blue gets Blue: what orders hold is neither taken away nor renamed. */
async function refuseChangedOrders(tx: Tx, before: CatalogItem, input: ItemInput, skus: SkuRow[]): Promise<void> {
  const { campaign_id } = before
  const inOrders = await ordersByOption(
    tx.db,
    campaign_id,
    before.skus.map(({ id }) => id),
  )
  for (const sku of before.skus) {
    const count = inOrders.get(sku.id) ?? 0
    const after = skus.find(({ id }) => id === sku.id)
    const renamed = after && sku.option_name !== '' && after.option_name !== '' && after.option_name !== sku.option_name
    if (count === 0 || (after && !renamed)) continue
    const what = sku.option_name ? `“${sku.option_name}”` : sku.code
    const how = after ? 'keeps its name. Add another option instead.' : 'stays.'
    throw inUse('sku_in_orders', `${countText(count, 'order')} ${count === 1 ? 'holds' : 'hold'} ${what}, so it ${how}`, count)
  }
  if (before.kind === input.kind) return
  const used = await countOrdersOfSkus(
    tx.db,
    campaign_id,
    before.skus.map(({ id }) => id),
  )
  if (used > 0) throw inUse('item_in_orders', `This item is in ${countText(used, 'order')}, so it stays ${before.kind}.`, used)
}

async function writeSkus(tx: Tx, before: CatalogItem | null, skus: SkuRow[]): Promise<void> {
  const gone = (before?.skus ?? []).filter((sku) => !skus.some(({ id }) => id === sku.id))
  for (const { campaign_id, id, code } of gone) {
    const refusal = inUse('sku_in_orders', `Orders hold ${code}, so it stays.`, 1)
    await deleteUnused(
      () => tx.db.deleteFrom('skus').where('campaign_id', '=', campaign_id).where('id', '=', id).execute(),
      refusal,
    )
  }
  // Two SKUs may swap code or name: both are moved out of the way first.
  const kept = skus.filter((sku) => before?.skus.some(({ id }) => id === sku.id))
  for (const { campaign_id, id } of kept) {
    const aside = { code: `~${id}`, option_name: `~${id}` }
    await tx.db.updateTable('skus').set(aside).where('campaign_id', '=', campaign_id).where('id', '=', id).execute()
  }
  for (const sku of skus) {
    const { code, option_name, weight_g, position, stock_on_hand } = sku
    await tx.db
      .insertInto('skus')
      .values(sku)
      .onConflict((conflict) =>
        conflict.columns(['campaign_id', 'id']).doUpdateSet({ code, option_name, weight_g, position, stock_on_hand }),
      )
      .execute()
  }
}
