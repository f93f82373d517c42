import { sql } from 'kysely'
import { type Catalog, loadCatalog } from '../catalog/load-catalog.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/** What looks unfinished in the catalogue, before backers see it. */
export interface CatalogueWarning {
  code: 'level_without_contents' | 'addon_without_contents' | 'shipping_not_set' | 'shipping_fee_missing' | 'country_not_served'
  /** what it is about: names of levels, add-ons, regions, or codes of countries */
  names: string[]
  /** how many backers it touches */
  backers: number
}

/** The warnings of a campaign's catalogue that touch backers who can still be surveyed, or an add-on on offer. */
export async function findCatalogueWarnings(db: Db, campaign: Campaign): Promise<CatalogueWarning[]> {
  const catalog = await loadCatalog(db, campaign.id)
  const { rows } = await sql<Group>`select level_id, pledge_country as country, count(*)::int as backers from backers
    where campaign_id = ${campaign.id} and survey not in ('withdrawn', 'waiting') group by 1, 2`.execute(db)
  return [...levelsWithoutContents(catalog, rows), ...addonsWithoutContents(catalog), ...shippingWarnings(catalog, rows)]
}

interface Group {
  level_id: string | null
  country: string | null
  backers: number
}

const count = (groups: Group[]) => groups.reduce((sum, group) => sum + group.backers, 0)

function levelsWithoutContents(catalog: Catalog, groups: Group[]): CatalogueWarning[] {
  const empty = catalog.levels.filter(
    (level) => level.contents.length === 0 && groups.some((group) => group.level_id === level.id),
  )
  if (empty.length === 0) return []
  const backers = count(groups.filter((group) => empty.some((level) => level.id === group.level_id)))
  return [{ code: 'level_without_contents', names: empty.map(({ name }) => name), backers }]
}

function addonsWithoutContents(catalog: Catalog): CatalogueWarning[] {
  const empty = catalog.addons.filter((addon) => addon.offered && addon.contents.length === 0)
  return empty.length === 0 ? [] : [{ code: 'addon_without_contents', names: empty.map(({ name }) => name), backers: 0 }]
}

function shippingWarnings(catalog: Catalog, groups: Group[]): CatalogueWarning[] {
  const shipping = new Set(
    catalog.levels.filter((level) => level.contents.some(({ item }) => item.kind === 'physical')).map(({ id }) => id),
  )
  const shipped = groups.filter((group) => group.level_id !== null && shipping.has(group.level_id))
  if (shipped.length === 0) return []
  if (catalog.regions.length === 0) return [{ code: 'shipping_not_set', names: [], backers: count(shipped) }]
  const warnings: CatalogueWarning[] = []
  const elsewhere = catalog.regions.find((region) => region.kind === 'everywhere_else')
  const regionOf = (country: string) => catalog.regions.find((region) => region.countries.includes(country)) ?? elsewhere
  const unserved = shipped.filter((group) => group.country !== null && !regionOf(group.country)?.served)
  if (unserved.length > 0) {
    const names = [...new Set(unserved.flatMap((group) => group.country ?? []))].sort()
    warnings.push({ code: 'country_not_served', names, backers: count(unserved) })
  }
  const feeless = shipped.filter((group) => {
    const region = group.country === null ? null : regionOf(group.country)
    return region?.served && region.level_fees[group.level_id ?? ''] === undefined
  })
  if (feeless.length > 0) {
    const regions = new Set(feeless.flatMap((group) => regionOf(group.country ?? '')?.name ?? []))
    warnings.push({ code: 'shipping_fee_missing', names: [...regions], backers: count(feeless) })
  }
  return warnings
}
