import { destinationOf } from '../../../domain/catalog/load-catalog.ts'
import { optionPlaces, questionsFor } from '../../../domain/orders/order-facts.ts'
import type { Quote } from '../../../domain/orders/price-order.ts'
import type { Address } from '../../../domain/shipping/address.ts'
import { formatAddress } from '../../../domain/shipping/address-form.ts'
import type { SurveyData } from '../../../domain/surveys/schema.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countryName } from '../../../lib/country-name.ts'
import type { AddonProps } from '../../components/survey/addon-fields.tsx'
import type { PlaceProps, QuestionProps } from '../../components/survey/choice-fields.tsx'
import type { MoneyProps } from '../../components/survey/money-lines.tsx'
import type { ContentsEntry, PledgeProps } from '../../components/survey/pledge-parts.tsx'
import type { AddressProps, AnswerProps } from '../../components/survey/review-parts.tsx'

/*
 * A survey as the domain sees it, turned into what the components take. The same for the backer's pages and for staff who look at them.
 */

type Viewed = Pick<SurveyView, 'catalog' | 'file' | 'data' | 'addons' | 'composition' | 'campaign'>

function levelOf({ catalog, file }: Viewed) {
  return catalog.levels.find(({ id }) => id === file.backer.level_id) ?? null
}

export function pledgeProps(view: Viewed): PledgeProps {
  const { backer, pledged_addons } = view.file
  const level = levelOf(view)
  return {
    level: level?.name ?? null,
    amount: backer.pledge_amount,
    shipping: level ? backer.pledge_shipping : 0,
    collected: backer.pledge_status === 'collected',
    currency: view.campaign.currency,
    addons: view.catalog.addons
      .filter(({ id }) => (pledged_addons[id] ?? 0) > 0)
      .map(({ id, name }) => ({ name, quantity: pledged_addons[id] ?? 0 })),
    contents: (level?.contents ?? []).map(({ item, quantity }) => ({
      name: item.name,
      option: '',
      quantity,
      ...(item.kind === 'digital' ? { note: 'digital, nothing to ship' } : {}),
    })),
  }
}

/** Whether a country has to be known: something ships now, or an add-on could. */
export function asksCountry(view: Viewed): boolean {
  const physical = (contents: { item: { kind: string } }[]) => contents.some(({ item }) => item.kind === 'physical')
  return view.composition.ships || view.addons.some(({ addon }) => physical(addon.contents))
}

export function levelShips(view: Viewed): boolean {
  return (levelOf(view)?.contents ?? []).some(({ item }) => item.kind === 'physical')
}

export function isServed({ catalog }: Pick<Viewed, 'catalog'>, country: string): boolean {
  return destinationOf(catalog, country).served
}

export function placeProps(view: Viewed): PlaceProps[] {
  const level = levelOf(view)
  return optionPlaces(level?.id ?? null, level?.contents ?? [], []).map(({ key, contents }) => placeOf(key, contents, view.data))
}

function placeOf(key: string, contents: ReturnType<typeof optionPlaces>[number]['contents'], data: SurveyData): PlaceProps {
  return {
    name: `options.${key}`,
    item: contents.item.name,
    options: contents.item.skus.map(({ id, option_name, code }) => ({ value: id, label: option_name || code })),
    value: data.options[key] ?? '',
  }
}

export function questionProps(view: Viewed): QuestionProps[] {
  return questionsFor(view.catalog, view.file.backer.level_id).map(({ id, prompt, help, kind, choices, required }) => ({
    name: `answers.${id}`,
    prompt,
    help,
    kind,
    choices,
    required,
    value: view.data.answers[id] ?? '',
  }))
}

export function addonProps(view: Viewed): AddonProps[] {
  return view.addons.map(({ addon, quantity, pledged, max, left, state, shipping_fee }) => ({
    name: `addons.${addon.id}`,
    title: addon.name,
    text: addon.description,
    price: addon.price,
    shipping_fee,
    quantity,
    pledged,
    max,
    left,
    limit: addon.limit_per_backer,
    state,
    places: optionPlaces(null, [], [{ addon }]).map(({ key, contents }) => placeOf(key, contents, view.data)),
  }))
}

/** What the order would hold, by the composition of the survey. */
export function contentsProps({ catalog, composition }: Viewed): ContentsEntry[] {
  return entriesOf(catalog.items, composition.lines)
}

/** What a parcel holds: one entry for each SKU, whether the pledge or an add-on brought it. */
export function entriesOf(
  items: SurveyView['catalog']['items'],
  lines: readonly { sku_id: string; quantity: number }[],
): ContentsEntry[] {
  const counts = new Map<string, number>()
  for (const { sku_id, quantity } of lines) counts.set(sku_id, (counts.get(sku_id) ?? 0) + quantity)
  return [...counts].flatMap(([sku_id, quantity]) => entryOf(items, sku_id, quantity))
}

function entryOf(items: SurveyView['catalog']['items'], sku_id: string, quantity: number): ContentsEntry[] {
  const item = items.find(({ skus }) => skus.some(({ id }) => id === sku_id))
  const sku = item?.skus.find(({ id }) => id === sku_id)
  if (!item || !sku) return []
  return [{ name: item.name, option: sku.option_name, quantity, ...(item.kind === 'digital' ? { note: 'digital' } : {}) }]
}

export function moneyProps(view: Viewed, quote: Quote, balance: number): MoneyProps {
  const { lines, shipping_left_over, total } = quote
  const booked = balance === total ? [] : [{ account: 'settled_outside', reason: '', amount: balance - total }]
  return { lines, currency: view.campaign.currency, shipping_left_over, booked, balance }
}

export function answersProps(view: Viewed): AnswerProps[] {
  return questionProps(view).map(({ prompt, value }) => ({ prompt, answer: value }))
}

/** Null where nothing ships. */
export function reviewAddress({ composition, data }: Viewed): AddressProps | null {
  if (!composition.ships) return null
  return { lines: data.address && addressLines(data.address), unusual: composition.address_warning }
}

/** An address as its country writes it, the country's name last. */
export function addressLines(address: Address): string[] {
  return [...formatAddress(address), countryName(address.country), address.phone].filter(Boolean)
}
