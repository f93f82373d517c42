import type { Row } from '../../db/types.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'

export interface CatalogItem extends Row<'items'> {
  skus: Row<'skus'>[]
}
export interface Contents {
  item: CatalogItem
  quantity: number
}
export interface CatalogLevel extends Row<'levels'> {
  contents: Contents[]
}
export interface CatalogAddon extends Row<'addons'> {
  contents: Contents[]
}
export interface CatalogRegion extends Row<'shipping_regions'> {
  countries: string[]
  /** fee by level id */
  level_fees: Record<string, number>
  /** fee for each piece, by add-on id */
  addon_fees: Record<string, number>
}

/** The whole catalogue of one campaign; small, so it is read as a whole. */
export interface Catalog {
  items: CatalogItem[]
  levels: CatalogLevel[]
  addons: CatalogAddon[]
  regions: CatalogRegion[]
  questions: Row<'questions'>[]
}

/** Reads the catalogue, everything in the creator's order. */
export async function loadCatalog(db: Db, campaign_id: string): Promise<Catalog> {
  const of = <T extends 'items' | 'skus' | 'levels' | 'addons' | 'shipping_regions' | 'questions'>(table: T) =>
    db
      .selectFrom(table as 'items')
      .selectAll()
      .where('campaign_id', '=', campaign_id)
      .orderBy('position')
      .orderBy('id')
      .execute() as unknown as Promise<Row<T>[]>
  const items = await of('items')
  const skus = await of('skus')
  const levels = await of('levels')
  const addons = await of('addons')
  const regions = await of('shipping_regions')
  const questions = await of('questions')
  const level_items = await db.selectFrom('level_items').selectAll().where('campaign_id', '=', campaign_id).execute()
  const addon_items = await db.selectFrom('addon_items').selectAll().where('campaign_id', '=', campaign_id).execute()
  const countries = await db
    .selectFrom('shipping_region_countries')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .orderBy('country')
    .execute()
  const level_fees = await db.selectFrom('level_shipping_fees').selectAll().where('campaign_id', '=', campaign_id).execute()
  const addon_fees = await db.selectFrom('addon_shipping_fees').selectAll().where('campaign_id', '=', campaign_id).execute()

  const withSkus = items.map((item) => ({ ...item, skus: skus.filter((sku) => sku.item_id === item.id) }))
  const contentsOf = (rows: { item_id: string; quantity: number }[]): Contents[] =>
    withSkus.flatMap((item) => {
      const row = rows.find((each) => each.item_id === item.id)
      return row ? [{ item, quantity: row.quantity }] : []
    })
  return {
    items: withSkus,
    levels: levels.map((level) => ({ ...level, contents: contentsOf(level_items.filter((row) => row.level_id === level.id)) })),
    addons: addons.map((addon) => ({ ...addon, contents: contentsOf(addon_items.filter((row) => row.addon_id === addon.id)) })),
    regions: regions.map((region) => ({
      ...region,
      countries: countries.filter((row) => row.region_id === region.id).map((row) => row.country),
      level_fees: Object.fromEntries(level_fees.filter((f) => f.region_id === region.id).map((f) => [f.level_id, f.fee])),
      addon_fees: Object.fromEntries(addon_fees.filter((f) => f.region_id === region.id).map((f) => [f.addon_id, f.fee])),
    })),
    questions,
  }
}

/**
 * Campaign and catalogue for a confirmation. Guarantees: neither changes until the transaction is over (many may read at once), so an order
 * never comes into being with contents or prices that were changed beneath it.
 */
export async function readCatalog(tx: Tx, campaign_id: string): Promise<{ campaign: Campaign; catalog: Catalog }> {
  const campaign = await tx.db
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', campaign_id)
    .forShare()
    .executeTakeFirstOrThrow()
  return { campaign, catalog: await loadCatalog(tx.db, campaign_id) }
}

export type Destination = { served: true; region: CatalogRegion | null } | { served: false; region: CatalogRegion | null }

/**
 * Where a country belongs. A campaign without any region ships everywhere at no charge; with regions, a country that no region names
 * and no "everywhere else" takes is not served.
 */
export function destinationOf(catalog: Pick<Catalog, 'regions'>, country: string): Destination {
  if (catalog.regions.length === 0) return { served: true, region: null }
  const region =
    catalog.regions.find((each) => each.countries.includes(country)) ??
    catalog.regions.find((each) => each.kind === 'everywhere_else')
  return region?.served ? { served: true, region } : { served: false, region: region ?? null }
}
