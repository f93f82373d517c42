import { type RawBuilder, sql } from 'kysely'
import type { Database, Row } from '../../db/types.ts'
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

/** What the catalogue is made of, each in the creator's order. */
const PARTS = {
  items: sql`t.position, t.id`,
  skus: sql`t.position, t.id`,
  levels: sql`t.position, t.id`,
  level_items: null,
  addons: sql`t.position, t.id`,
  addon_items: null,
  shipping_regions: sql`t.position, t.id`,
  shipping_region_countries: sql`t.country`,
  level_shipping_fees: null,
  addon_shipping_fees: null,
  questions: sql`t.position, t.id`,
} as const satisfies Partial<Record<keyof Database, RawBuilder<unknown> | null>>

type Parts = { [T in keyof typeof PARTS]: Row<T>[] }

/** All parts in one statement: every page and every change of a backer reads them, and each statement is a round trip. */
async function readParts(db: Db, campaign_id: string): Promise<Parts> {
  const columns = Object.entries(PARTS).map(
    ([table, order]) => sql`coalesce((select json_agg(t ${order ? sql`order by ${order}` : sql``}) from ${sql.table(table)} t
      where t.campaign_id = ${campaign_id}), '[]'::json) as ${sql.ref(table)}`,
  )
  const { rows } = await sql<Parts>`select ${sql.join(columns)}`.execute(db)
  const [parts] = rows
  if (!parts) throw new Error('A select without a table answers one row')
  // JSON has no dates.
  const dated = <T extends { created_at: Date }>(list: T[]) =>
    list.map((row) => ({ ...row, created_at: new Date(row.created_at) }))
  const { items, levels, addons, questions } = parts
  return { ...parts, items: dated(items), levels: dated(levels), addons: dated(addons), questions: dated(questions) }
}

/** Reads the catalogue, everything in the creator's order. */
export async function loadCatalog(db: Db, campaign_id: string): Promise<Catalog> {
  const { items, skus, levels, level_items, addons, addon_items, questions, ...parts } = await readParts(db, campaign_id)
  const { shipping_regions: regions, shipping_region_countries: countries } = parts
  const { level_shipping_fees: level_fees, addon_shipping_fees: addon_fees } = parts

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
