import { sql } from 'kysely'
import type { Catalog } from './load-catalog.ts'

/*
 * A later report may bring a level or add-on whose price nobody has stated yet. Whoever pledged for it is not surveyed before it is: their
 * order would give it away.
 */

/** True for a backer (alias `b`) whose level has no price, or who pledged for an add-on whose price on the platform is not typed. */
export const priceMissing = sql<boolean>`(
  exists (select 1 from levels l where l.campaign_id = b.campaign_id and l.id = b.level_id and l.price is null)
  or exists (select 1 from pledged_addons p join addons a on a.campaign_id = p.campaign_id and a.id = p.addon_id
    where p.campaign_id = b.campaign_id and p.backer_id = b.id and a.platform_price is null))`

/** The same of one backer, as a rule. */
export function isPriceMissing(
  catalog: Pick<Catalog, 'levels' | 'addons'>,
  level_id: string | null,
  pledged_addons: Record<string, number>,
): boolean {
  const level = catalog.levels.find(({ id }) => id === level_id)
  return level?.price === null || catalog.addons.some(({ id, platform_price }) => pledged_addons[id] && platform_price === null)
}
