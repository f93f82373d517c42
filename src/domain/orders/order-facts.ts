import type { Row } from '../../db/types.ts'
import { type Catalog, type CatalogAddon, type Contents, destinationOf } from '../catalog/load-catalog.ts'
import { checkAddress } from '../shipping/address.ts'
import type { SurveyFile } from '../surveys/drafts.ts'
import { optionKey, type SurveyData } from '../surveys/schema.ts'
import { type OrderFacts, priceOrder, type Quote } from './price-order.ts'

/** A place in the survey that stops it from being confirmed. `field` is the key in the survey's data. */
export interface SurveyProblem {
  field: string
  code:
    | 'answers_missing'
    | 'address_missing'
    | 'country_not_served'
    | 'out_of_stock'
    | 'limit_exceeded'
    | 'addon_unknown'
    | 'address_warning'
  message: string
}

export interface NewLine {
  sku_id: string
  quantity: number
  source: 'level' | 'addon'
  source_id: string | null
  price: number
}

/** Everything an order is made of, worked out from the survey's data: a rule's answer, nothing is written. */
export interface Composition {
  quote: Quote
  lines: NewLine[]
  addons: { addon_id: string; quantity: number; pledged: number }[]
  /** the SKU of every place, also where there is only one: an option that is added later does not ask again */
  options: Record<string, string>
  ships: boolean
  country: string | null
  problems: SurveyProblem[]
  address_warning: boolean
}

export interface CompositionInput {
  catalog: Catalog
  campaign: Pick<Row<'campaigns'>, 'bonus_spendable' | 'ship_from_country'>
  backer: Row<'backers'>
  pledged_addons: Record<string, number>
  data: SurveyData
  frozen: Quote | null
}

/** Works out lines, price and problems of an order from the survey's data. */
export function composeOrder(input: CompositionInput): Composition {
  const { catalog, backer, data } = input
  const level = catalog.levels.find((each) => each.id === backer.level_id) ?? null
  const chosen = chosenAddons(input)
  const contents = [...(level?.contents ?? []), ...chosen.flatMap(({ addon }) => addon.contents)]
  const ships = contents.some(({ item }) => item.kind === 'physical')
  const country = data.address?.country || data.country
  const destination = country ? destinationOf(catalog, country) : null
  const facts: OrderFacts = {
    level: level && { id: level.id, name: level.name, price: level.price ?? 0 },
    addons: chosen.map(({ addon, quantity, pledged }) => ({
      id: addon.id,
      name: addon.name,
      quantity,
      pledged_quantity: pledged,
      platform_price: addon.platform_price ?? addon.price,
      price: addon.price,
      shipping_fee: destination?.region?.addon_fees[addon.id] ?? 0,
    })),
    pledge: pledgeFacts(backer),
    bonus_spendable: input.campaign.bonus_spendable,
    ships,
    country: ships ? (country ?? null) : null,
    region_name: destination?.region?.name ?? null,
    level_shipping_fee: level ? (destination?.region?.level_fees[level.id] ?? 0) : 0,
    frozen: input.frozen,
  }
  const quote = priceOrder(facts)
  const problems = [
    ...optionProblems(level?.id ?? null, level?.contents ?? [], chosen, data),
    ...answerProblems(catalog, backer, data),
  ]
  const address = addressProblems(input, ships, country ?? null, destination?.served ?? true)
  return {
    quote,
    lines: buildLines(level ? { id: level.id, contents: level.contents } : null, chosen, data, quote),
    addons: chosen.map(({ addon, quantity, pledged }) => ({
      addon_id: addon.id,
      quantity,
      pledged: Math.min(quantity, pledged),
    })),
    options: { ...data.options, ...onlySkus(level?.id ?? null, level?.contents ?? [], chosen) },
    ships,
    country: facts.country,
    problems: [...addonProblems(input, chosen), ...problems, ...address.problems],
    address_warning: address.warning,
  }
}

/** What confirming the survey as it is now would give: the price, the lines, and what is missing. A rule. */
export function composeSurvey(
  campaign: CompositionInput['campaign'],
  catalog: Catalog,
  { backer, order, pledged_addons }: Pick<SurveyFile, 'backer' | 'order' | 'pledged_addons'>,
  data: SurveyData,
): Composition {
  return composeOrder({ catalog, campaign, backer, pledged_addons, data, frozen: order ? (order.quote as Quote) : null })
}

/** The columns of a backer that a price is worked out from. */
export function pledgeFacts(backer: Row<'backers'>): OrderFacts['pledge'] {
  return {
    status: backer.pledge_status,
    amount: backer.pledge_amount,
    minimum: backer.pledge_minimum,
    shipping: backer.pledge_shipping,
    bonus: backer.pledge_bonus,
    country: backer.pledge_country,
    has_level: backer.level_id !== null,
  }
}

interface Chosen {
  addon: CatalogAddon
  quantity: number
  pledged: number
}

function chosenAddons({ catalog, data, pledged_addons }: CompositionInput): Chosen[] {
  return catalog.addons
    .map((addon) => ({ addon, quantity: data.addons[addon.id] ?? 0, pledged: pledged_addons[addon.id] ?? 0 }))
    .filter(({ quantity }) => quantity > 0)
}

function addonProblems({ catalog, data, frozen }: CompositionInput, chosen: Chosen[]): SurveyProblem[] {
  const problems: SurveyProblem[] = []
  for (const id of Object.keys(data.addons)) {
    if ((data.addons[id] ?? 0) > 0 && !catalog.addons.some((addon) => addon.id === id)) {
      problems.push({ field: `addons.${id}`, code: 'addon_unknown', message: 'This add-on does not exist any more.' })
    }
  }
  for (const { addon, quantity, pledged } of chosen) {
    const before = Math.max(pledged, frozen?.addons[addon.id]?.quantity ?? 0)
    if (quantity <= before) continue
    if (!addon.offered) {
      problems.push({ field: `addons.${addon.id}`, code: 'addon_unknown', message: `${addon.name} is not offered any more.` })
    } else if (addon.limit_per_backer !== null && quantity > addon.limit_per_backer) {
      problems.push({
        field: `addons.${addon.id}`,
        code: 'limit_exceeded',
        message: `At most ${addon.limit_per_backer} of ${addon.name} for each backer.`,
      })
    }
  }
  return problems
}

/** Every place where an option must be chosen: an item with several SKUs, once for each source. */
export function optionPlaces(level_id: string | null, level: Contents[], chosen: { addon: CatalogAddon }[]): Place[] {
  return skuPlaces(level_id, level, chosen).filter(({ contents }) => contents.item.skus.length > 1)
}

interface Place {
  key: string
  contents: Contents
  source_name: string | null
}

function skuPlaces(level_id: string | null, level: Contents[], chosen: { addon: CatalogAddon }[]): Place[] {
  const places = level.map((contents) => ({
    key: optionKey('level', level_id, contents.item.id),
    contents,
    source_name: null as string | null,
  }))
  for (const { addon } of chosen) {
    for (const contents of addon.contents) {
      places.push({ key: optionKey('addon', addon.id, contents.item.id), contents, source_name: addon.name })
    }
  }
  return places
}

function onlySkus(level_id: string | null, level: Contents[], chosen: { addon: CatalogAddon }[]): Record<string, string> {
  return Object.fromEntries(
    skuPlaces(level_id, level, chosen).flatMap(({ key, contents: { item } }) =>
      item.skus.length === 1 && item.skus[0] ? [[key, item.skus[0].id]] : [],
    ),
  )
}

function optionProblems(level_id: string | null, level: Contents[], chosen: Chosen[], data: SurveyData): SurveyProblem[] {
  return optionPlaces(level_id, level, chosen)
    .filter(({ key, contents }) => !contents.item.skus.some((sku) => sku.id === data.options[key]))
    .map(({ key, contents }) => ({
      field: `options.${key}`,
      code: 'answers_missing' as const,
      message: `Choose an option of ${contents.item.name}.`,
    }))
}

function answerProblems(catalog: Catalog, backer: Row<'backers'>, data: SurveyData): SurveyProblem[] {
  return questionsFor(catalog, backer.level_id).flatMap((question): SurveyProblem[] => {
    const answer = data.answers[question.id]?.trim() ?? ''
    const field = `answers.${question.id}`
    if (answer === '') {
      return question.required ? [{ field, code: 'answers_missing', message: `Answer “${question.prompt}”.` }] : []
    }
    if (question.kind === 'choice' && !question.choices.includes(answer)) {
      return [{ field, code: 'answers_missing', message: `Choose one of the answers to “${question.prompt}”.` }]
    }
    return []
  })
}

/** The questions a backer of this level is asked. */
export function questionsFor(catalog: Pick<Catalog, 'questions'>, level_id: string | null) {
  return catalog.questions.filter((question) => question.level_id === null || question.level_id === level_id)
}

function addressProblems(
  { data }: CompositionInput,
  ships: boolean,
  country: string | null,
  served: boolean,
): { problems: SurveyProblem[]; warning: boolean } {
  if (!ships) return { problems: [], warning: false }
  if (!data.address) {
    return { problems: [{ field: 'address', code: 'address_missing', message: 'Enter a shipping address.' }], warning: false }
  }
  const check = checkAddress(data.address)
  const problems: SurveyProblem[] = check.errors.map((error) => ({
    field: `address.${error.field}`,
    code: 'address_missing',
    message: error.message,
  }))
  if (country && !served) {
    problems.push({ field: 'address.country', code: 'country_not_served', message: 'The creator does not ship to this country.' })
  }
  return { problems, warning: check.warnings.length > 0 && !data.address_accepted }
}

function buildLines(
  level: { id: string; contents: Contents[] } | null,
  chosen: Chosen[],
  data: SurveyData,
  quote: Quote,
): NewLine[] {
  const priceOf = (kinds: string[], ref: string) =>
    quote.lines.filter((line) => kinds.includes(line.kind) && line.ref === ref).reduce((sum, line) => sum + line.amount, 0)
  const linesOf = (source: 'level' | 'addon', id: string, contents: Contents[], times: number, price: number) =>
    contents.flatMap(({ item, quantity }, index): NewLine[] => {
      const sku_id = item.skus.length === 1 ? item.skus[0]?.id : data.options[optionKey(source, id, item.id)]
      if (!sku_id) return []
      return [{ sku_id, quantity: quantity * times, source, source_id: id, price: index === 0 ? price : 0 }]
    })
  const lines = level ? linesOf('level', level.id, level.contents, 1, priceOf(['level'], level.id)) : []
  for (const { addon, quantity } of chosen) {
    lines.push(...linesOf('addon', addon.id, addon.contents, quantity, priceOf(['addon', 'addon_pledged'], addon.id)))
  }
  return lines
}
