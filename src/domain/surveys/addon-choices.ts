import { type Catalog, type CatalogAddon, destinationOf } from '../catalog/load-catalog.ts'
import type { SurveyProblem } from '../orders/order-facts.ts'
import type { Quote } from '../orders/price-order.ts'
import type { SurveyData } from './schema.ts'

/** Without a limit and without a stock, a page offers up to here; the API takes more. */
const MOST_AT_ONCE = 20

/** One add-on as one backer may choose it now. */
export interface AddonChoice {
  addon: CatalogAddon
  /** what the survey's data say */
  quantity: number
  /** bought on the platform */
  pledged: number
  /** the most that this backer may take now */
  max: number
  /** how many more could be added here, what this backer's order holds included; null: no stock limit */
  left: number | null
  state: 'offered' | 'sold_out' | 'withdrawn' | 'not_shipped'
  /** shipping for each piece to the backer's country */
  shipping_fee: number
}

interface ChoiceInput {
  catalog: Catalog
  data: SurveyData
  pledged_addons: Record<string, number>
  frozen: Quote | null
}

/** The add-ons a backer sees: what is offered, and what they hold or pledged for already. A rule: nothing is held by it. */
export function addonChoices({ catalog, data, pledged_addons, frozen }: ChoiceInput): AddonChoice[] {
  const country = data.address?.country || data.country
  const destination = country ? destinationOf(catalog, country) : null
  return catalog.addons.flatMap((addon): AddonChoice[] => {
    const pledged = pledged_addons[addon.id] ?? 0
    const before = frozen?.addons[addon.id]
    const held = before ? before.quantity - before.pledged : 0
    const quantity = data.addons[addon.id] ?? 0
    const has = Math.max(pledged, before?.quantity ?? 0)
    if (!addon.offered && has === 0 && quantity === 0) return []
    const left = addon.stock === null ? null : Math.max(0, addon.stock - addon.held + held)
    const ships = addon.contents.some(({ item }) => item.kind === 'physical')
    const limit = addon.limit_per_backer ?? Math.max(MOST_AT_ONCE, quantity)
    const most = Math.max(has, limit)
    const max = addon.offered ? Math.min(most, pledged + (left ?? most)) : has
    const state = stateOf(addon, { has, left, notShipped: ships && destination?.served === false })
    const shipping_fee = destination?.region?.addon_fees[addon.id] ?? 0
    return [{ addon, quantity, pledged, max, left, state, shipping_fee }]
  })
}

function stateOf(addon: CatalogAddon, facts: { has: number; left: number | null; notShipped: boolean }): AddonChoice['state'] {
  if (facts.notShipped) return 'not_shipped'
  if (!addon.offered) return 'withdrawn'
  return facts.left === 0 && facts.has === 0 ? 'sold_out' : 'offered'
}

/** What a draft wants and can no longer have. Confirming checks it once more, in the statement that takes the stock. */
export function stockProblems(choices: readonly AddonChoice[]): SurveyProblem[] {
  return choices
    .filter(({ quantity, pledged, left }) => left !== null && quantity - Math.min(quantity, pledged) > left)
    .map(({ addon, left }) => ({
      field: `addons.${addon.id}`,
      code: 'out_of_stock',
      message: left === 0 ? `${addon.name} is sold out.` : `Only ${left} of ${addon.name} left.`,
    }))
}
