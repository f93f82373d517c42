/**
 * The price of an order: a rule. Facts in, a quote out, every money line with its reason; no clock, no database.
 * Amounts are integer minor units of the campaign's currency.
 * Terms: lifecycle.md, Money; what a pledge counts for: pledgeCounts below.
 */

export interface PledgeFacts {
  status: string
  amount: number
  minimum: number
  shipping: number
  /** null where the report has no bonus column */
  bonus: number | null
  country: string | null
  has_level: boolean
}

export interface AddonFacts {
  id: string
  name: string
  /** how many the order takes */
  quantity: number
  /** how many were bought on the platform */
  pledged_quantity: number
  /** what one cost on the platform */
  platform_price: number
  /** what one costs here */
  price: number
  /** shipping for each piece to this order's country */
  shipping_fee: number
}

export interface OrderFacts {
  level: { id: string; name: string; price: number } | null
  addons: AddonFacts[]
  pledge: PledgeFacts
  bonus_spendable: boolean
  /** something of the order is physical */
  ships: boolean
  country: string | null
  region_name: string | null
  level_shipping_fee: number
  /** the quote of the last confirmed version: its prices stay for what it holds already */
  frozen: Quote | null
}

export type QuoteLineKind = 'level' | 'addon_pledged' | 'addon' | 'shipping' | 'pledged' | 'shipping_paid'

export interface QuoteLine {
  kind: QuoteLineKind
  /** the level's or add-on's id */
  ref: string | null
  label: string
  quantity: number
  /** price of one */
  unit: number
  /** positive: adds to what is owed */
  amount: number
  /** why, as a code; sentences in lib/quote-text.ts */
  reason: string
}

export interface Quote {
  lines: QuoteLine[]
  goods: number
  shipping: number
  tax: number
  surcharge: number
  /** what the platform's money counts for here */
  pledged: number
  /** shipping already paid that this order's shipping does not use up; shown, never spent on goods */
  shipping_left_over: number
  /** goods + shipping + tax + surcharge - pledged */
  total: number
  country: string | null
  /** whether bonus support was counted: stays as it was confirmed */
  bonus_spendable: boolean
  level_price: number
  addons: Record<string, { quantity: number; pledged: number; platform_price: number; price: number }>
}

/** How many of each add-on a quote holds, by id. */
export function addonQuantities({ addons }: Pick<Quote, 'addons'>): Record<string, number> {
  return Object.fromEntries(Object.entries(addons).map(([id, { quantity }]) => [id, quantity]))
}

/** What the pledge counts for: money for goods, and shipping already paid (spent on shipping only). */
export function pledgeCounts(pledge: PledgeFacts, bonus_spendable: boolean): { goods: number; shipping: number; bonus: number } {
  if (pledge.status !== 'collected') return { goods: 0, shipping: 0, bonus: 0 }
  if (!pledge.has_level) return { goods: pledge.amount, shipping: 0, bonus: 0 }
  const bonus = pledge.bonus ?? Math.max(0, pledge.amount - pledge.minimum - pledge.shipping)
  const goods = pledge.amount - pledge.shipping - (bonus_spendable ? 0 : bonus)
  return { goods: Math.max(0, goods), shipping: pledge.shipping, bonus }
}

/**
 * Prices an order. Guarantees: lines sum to `total`; a confirmed price stays for what the frozen quote holds already; a backer whose
 * shipping was paid on the platform pays no more shipping for what was pledged, as long as it goes to the country it was paid for.
 */
export function priceOrder(facts: OrderFacts): Quote {
  const goodsLines = [...levelLine(facts), ...facts.addons.flatMap((addon) => addonLines(addon, facts.frozen))]
  const bonus_spendable = facts.frozen?.bonus_spendable ?? facts.bonus_spendable
  const counts = pledgeCounts(facts.pledge, bonus_spendable)
  const shippingLines = shippingLine(facts, counts.shipping)
  const goods = sum(goodsLines)
  const shipping = sum(shippingLines)
  const shippingUsed = Math.min(counts.shipping, shipping)
  const pledged = counts.goods + shippingUsed
  return {
    lines: [...goodsLines, ...shippingLines, ...pledgedLines(counts.goods, shippingUsed)],
    goods,
    shipping,
    tax: 0,
    surcharge: 0,
    pledged,
    shipping_left_over: counts.shipping - shippingUsed,
    total: goods + shipping - pledged,
    country: facts.country,
    bonus_spendable,
    level_price: levelPrice(facts),
    addons: Object.fromEntries(
      facts.addons.map((addon) => {
        const prices = addonPrices(addon, facts.frozen)
        return [addon.id, { quantity: addon.quantity, pledged: Math.min(addon.quantity, addon.pledged_quantity), ...prices }]
      }),
    ),
  }
}

function levelPrice(facts: OrderFacts): number {
  return facts.level ? (facts.frozen?.level_price ?? facts.level.price) : 0
}

function levelLine(facts: OrderFacts): QuoteLine[] {
  if (!facts.level) return []
  const price = levelPrice(facts)
  return [line('level', facts.level.id, facts.level.name, 1, price, 'pledge_level')]
}

function addonPrices(addon: AddonFacts, frozen: Quote | null): { platform_price: number; price: number } {
  const before = frozen?.addons[addon.id]
  const hadExtra = before !== undefined && before.quantity > before.pledged
  const hadPledged = before !== undefined && before.pledged > 0
  return {
    platform_price: hadPledged ? before.platform_price : addon.platform_price,
    price: hadExtra ? before.price : addon.price,
  }
}

function addonLines(addon: AddonFacts, frozen: Quote | null): QuoteLine[] {
  const pledged = Math.min(addon.quantity, addon.pledged_quantity)
  const extra = addon.quantity - pledged
  const { platform_price, price } = addonPrices(addon, frozen)
  const lines: QuoteLine[] = []
  if (pledged > 0) lines.push(line('addon_pledged', addon.id, addon.name, pledged, platform_price, 'addon_from_pledge'))
  if (extra > 0) lines.push(line('addon', addon.id, addon.name, extra, price, 'addon_added'))
  return lines
}

function shippingLine(facts: OrderFacts, paid: number): QuoteLine[] {
  if (!facts.ships || !facts.country) return []
  const kept = frozenShipping(facts)
  const amount = kept ?? freshShipping(facts, paid)
  const label = facts.region_name ?? ''
  return amount === 0 && paid === 0 ? [] : [line('shipping', null, label, 1, amount, `to_${facts.country}`)]
}

/** Shipping changes only with the country or the contents. */
function frozenShipping(facts: OrderFacts): number | null {
  if (!facts.frozen || facts.frozen.country !== facts.country) return null
  const before = facts.frozen.addons
  const now = facts.addons.filter((addon) => addon.quantity > 0)
  const same = now.length === Object.keys(before).length && now.every((a) => before[a.id]?.quantity === a.quantity)
  return same ? facts.frozen.shipping : null
}

function freshShipping(facts: OrderFacts, paid: number): number {
  let pledgedPart = facts.level ? facts.level_shipping_fee : 0
  let addedPart = 0
  for (const addon of facts.addons) {
    const pledged = Math.min(addon.quantity, addon.pledged_quantity)
    pledgedPart += pledged * addon.shipping_fee
    addedPart += (addon.quantity - pledged) * addon.shipping_fee
  }
  const settled = paid > 0 && facts.pledge.country === facts.country
  return (settled ? Math.min(pledgedPart, paid) : pledgedPart) + addedPart
}

function pledgedLines(goods: number, shipping: number): QuoteLine[] {
  const lines: QuoteLine[] = []
  if (goods > 0) lines.push(line('pledged', null, '', 1, -goods, 'paid_on_platform'))
  if (shipping > 0) lines.push(line('shipping_paid', null, '', 1, -shipping, 'shipping_paid_on_platform'))
  return lines
}

function line(kind: QuoteLineKind, ref: string | null, label: string, quantity: number, unit: number, reason: string): QuoteLine {
  return { kind, ref, label, quantity, unit, amount: quantity * unit, reason }
}

function sum(lines: QuoteLine[]): number {
  return lines.reduce((total, { amount }) => total + amount, 0)
}
