import type { Row } from '../../db/types.ts'
import { type Catalog, type CatalogLevel, type Contents, destinationOf, loadCatalog } from '../catalog/load-catalog.ts'
import { questionsFor } from '../orders/order-facts.ts'
import { priceOrder, type Quote } from '../orders/price-order.ts'
import type { Actor } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/** The survey as a backer of a level in a country will see it. Amounts in minor units. */
export interface SurveyPreview {
  level: { id: string; name: string; price: number | null } | null
  country: string | null
  served: boolean
  region_name: string | null
  contents: PreviewContents[]
  questions: Pick<Row<'questions'>, 'id' | 'prompt' | 'help' | 'kind' | 'choices' | 'required'>[]
  addons: PreviewAddon[]
  ships: boolean
  /** for the level alone, to this country */
  shipping_fee: number | null
  /** what a backer sees who pledged for exactly this level and paid no shipping there */
  quote: Quote
}

export interface PreviewContents {
  item_id: string
  name: string
  kind: 'physical' | 'digital'
  quantity: number
  /** more than one: the backer chooses */
  options: { sku_id: string; name: string }[]
}

export interface PreviewAddon {
  id: string
  name: string
  description: string
  price: number
  limit_per_backer: number | null
  /** pieces left; null: no limit */
  left: number | null
  /** for each piece, to this country */
  shipping_fee: number
  contents: PreviewContents[]
}

/** Shows the survey of any level and country. Changes nothing. Answers 404 for a level of another campaign; null is "no reward". */
export async function previewSurvey(
  db: Db,
  actor: Actor,
  input: { campaign_id: string; level_id: string | null; country: string | null },
): Promise<SurveyPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const catalog = await loadCatalog(db, campaign.id)
  const level = input.level_id === null ? null : catalog.levels.find((each) => each.id === input.level_id)
  if (level === undefined) throw notFound('level')
  const destination = input.country ? destinationOf(catalog, input.country) : null
  const region = destination?.region ?? null
  const ships = level?.contents.some(({ item }) => item.kind === 'physical') ?? false
  const fee = level && ships && destination?.served ? (region?.level_fees[level.id] ?? 0) : null
  return {
    level: level && { id: level.id, name: level.name, price: level.price },
    country: input.country,
    served: destination?.served ?? true,
    region_name: region?.name ?? null,
    contents: contentsOf(level?.contents ?? []),
    questions: questionsFor(catalog, level?.id ?? null),
    addons: addonsOf(catalog, region?.addon_fees ?? {}),
    ships,
    shipping_fee: fee,
    quote: sampleQuote(level, { country: input.country, region_name: region?.name ?? null, ships, fee: fee ?? 0 }),
  }
}

function contentsOf(contents: Contents[]): PreviewContents[] {
  return contents.map(({ item, quantity }) => ({
    item_id: item.id,
    name: item.name,
    kind: item.kind,
    quantity,
    options: item.skus.length > 1 ? item.skus.map((sku) => ({ sku_id: sku.id, name: sku.option_name })) : [],
  }))
}

function addonsOf(catalog: Catalog, fees: Record<string, number>): PreviewAddon[] {
  return catalog.addons
    .filter((addon) => addon.offered)
    .map((addon) => ({
      id: addon.id,
      name: addon.name,
      description: addon.description,
      price: addon.price,
      limit_per_backer: addon.limit_per_backer,
      left: addon.stock === null ? null : Math.max(0, addon.stock - addon.held),
      shipping_fee: fees[addon.id] ?? 0,
      contents: contentsOf(addon.contents),
    }))
}

function sampleQuote(
  level: CatalogLevel | null,
  to: { country: string | null; region_name: string | null; ships: boolean; fee: number },
): Quote {
  const price = level?.price ?? 0
  return priceOrder({
    level: level && { id: level.id, name: level.name, price },
    addons: [],
    pledge: {
      status: 'collected',
      amount: price,
      minimum: price,
      shipping: 0,
      bonus: 0,
      country: to.country,
      has_level: level !== null,
    },
    bonus_spendable: true,
    ships: to.ships,
    country: to.ships ? to.country : null,
    region_name: to.region_name,
    level_shipping_fee: to.fee,
    frozen: null,
  })
}
