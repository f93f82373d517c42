import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import type { Db, Tx } from '../shared/tx.ts'
import {
  beginCatalogueChange,
  type CatalogueKey,
  nextPosition,
  noteChange,
  refuseUnknown,
  refuseUnknownIds,
} from './catalogue-parts.ts'
import { type CatalogRegion, loadCatalog } from './load-catalog.ts'
import type { RegionInput, Saved } from './schema.ts'

/**
 * Makes a shipping region, or changes one as a whole. Guarantees: a country stands in one region only; a region that is not served has no
 * fees; confirmed orders keep the shipping they were quoted until their country or contents change. Refuses: countries that another region
 * names (`country_taken`), a second "everywhere else" (`everywhere_else_exists`), a group without countries (`countries_missing`), fees of
 * a level or add-on this campaign does not have (`unknown`).
 */
export async function saveRegion(tx: Tx, actor: Actor, input: Saved<RegionInput>): Promise<CatalogRegion> {
  await beginCatalogueChange(tx, actor, input.campaign_id)
  const key = { campaign_id: input.campaign_id, id: input.id ?? newId() }
  if (input.id) await refuseUnknown(tx.db, 'shipping_regions', key, 'shipping region')
  const { regions } = await loadCatalog(tx.db, key.campaign_id)
  const before = regions.find((region) => region.id === key.id) ?? null
  refuseOverlap(
    input,
    regions.filter((region) => region.id !== key.id),
  )
  await refuseUnknownIds(tx.db, 'levels', key.campaign_id, Object.keys(input.level_fees), 'level_fees')
  await refuseUnknownIds(tx.db, 'addons', key.campaign_id, Object.keys(input.addon_fees), 'addon_fees')
  const row: Row<'shipping_regions'> = {
    ...key,
    name: input.name,
    kind: input.kind,
    served: input.served,
    position: input.position ?? before?.position ?? (await nextPosition(tx.db, 'shipping_regions', key.campaign_id)),
  }
  const { name, kind, served, position } = row
  await tx.db
    .insertInto('shipping_regions')
    .values(row)
    .onConflict((conflict) => conflict.columns(['campaign_id', 'id']).doUpdateSet({ name, kind, served, position }))
    .execute()
  await writeCountriesAndFees(tx, key, input)
  await noteChange(tx, actor, { ...key, noun: 'region', done: before ? 'changed' : 'added' })
  return await findRegion(tx.db, key)
}

/** Takes a region away; its countries then belong to "everywhere else", or are not served. Confirmed orders keep their quote. */
export async function deleteRegion(tx: Tx, actor: Actor, key: CatalogueKey): Promise<void> {
  await beginCatalogueChange(tx, actor, key.campaign_id)
  await refuseUnknown(tx.db, 'shipping_regions', key, 'shipping region')
  await tx.db.deleteFrom('shipping_regions').where('campaign_id', '=', key.campaign_id).where('id', '=', key.id).execute()
  await noteChange(tx, actor, { ...key, noun: 'region', done: 'deleted' })
}

function refuseOverlap(input: RegionInput, others: CatalogRegion[]): void {
  if (input.kind === 'everywhere_else') {
    const other = others.find((region) => region.kind === 'everywhere_else')
    if (!other) return
    const message = `“${other.name}” is everywhere else already.`
    throw invalid(message, [{ field: 'kind', code: 'everywhere_else_exists', message }], 'everywhere_else_exists')
  }
  if (input.countries.length === 0) {
    const message = 'Name at least one country, or make it “everywhere else”.'
    throw invalid(message, [{ field: 'countries', code: 'countries_missing', message }], 'countries_missing')
  }
  const taken = input.countries.flatMap((country) => {
    const other = others.find((region) => region.countries.includes(country))
    return other
      ? [{ field: `countries.${country}`, code: 'country_taken', message: `${country} stands in “${other.name}” already.` }]
      : []
  })
  if (taken[0]) throw invalid(taken.map(({ message }) => message).join(' '), taken, 'country_taken')
}

async function writeCountriesAndFees(tx: Tx, key: CatalogueKey, input: RegionInput): Promise<void> {
  const scope = { campaign_id: key.campaign_id, region_id: key.id }
  for (const table of ['shipping_region_countries', 'level_shipping_fees', 'addon_shipping_fees'] as const) {
    await tx.db.deleteFrom(table).where('campaign_id', '=', scope.campaign_id).where('region_id', '=', scope.region_id).execute()
  }
  if (input.kind === 'countries') {
    const rows = input.countries.map((country) => ({ ...scope, country }))
    await tx.db.insertInto('shipping_region_countries').values(rows).execute()
  }
  if (!input.served) return
  const levels = Object.entries(input.level_fees).map(([level_id, fee]) => ({ ...scope, level_id, fee }))
  const addons = Object.entries(input.addon_fees).map(([addon_id, fee]) => ({ ...scope, addon_id, fee }))
  if (levels.length > 0) await tx.db.insertInto('level_shipping_fees').values(levels).execute()
  if (addons.length > 0) await tx.db.insertInto('addon_shipping_fees').values(addons).execute()
}

async function findRegion(db: Db, key: CatalogueKey): Promise<CatalogRegion> {
  const { regions } = await loadCatalog(db, key.campaign_id)
  return regions.find((region) => region.id === key.id) as CatalogRegion
}
