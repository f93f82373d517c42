import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { optionPlaces, questionsFor } from '../../../domain/orders/order-facts.ts'
import { normaliseAddress } from '../../../domain/shipping/address.ts'
import { fitAddress } from '../../../domain/shipping/address-fit.ts'
import { addressFormOf } from '../../../domain/shipping/address-form.ts'
import { findSurvey, mergeData, refuseClosedSurvey, type SurveyFile, withoutDraft } from '../../../domain/surveys/drafts.ts'
import { type SurveyInput, surveyDataSchema } from '../../../domain/surveys/schema.ts'
import { type SurveyView, surveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { countryName } from '../../../lib/country-name.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { orRefusalPage } from '../../session.server.ts'
import { readAddress } from '../backer/address.server.ts'
import {
  addonProps,
  asksCountry,
  contentsProps,
  isServed,
  moneyProps,
  placeProps,
  questionProps,
} from '../backer/fields.server.ts'
import { textOf } from '../backer/pledge.server.ts'
import type { requireCampaign } from './session.server.ts'

type Desk = Awaited<ReturnType<typeof requireCampaign>>

/** Where staff start: the order as it was confirmed last, or what the backer has filled in so far. */
export async function openAnswers(
  { deps, actor, campaign }: Desk,
  backer_id: string,
): Promise<{ view: SurveyView; closed: string | null }> {
  const found = await orRefusalPage(findSurvey(deps.db, { campaign_id: campaign.id, backer_id }))
  const file: SurveyFile = found.order ? withoutDraft(found) : found
  const view = surveyView(campaign, await loadCatalog(deps.db, campaign.id), file, file.data)
  return { view, closed: closedBy(() => refuseClosedSurvey(file, actor)) }
}

function closedBy(check: () => void): string | null {
  try {
    check()
    return null
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'string') throw error
    return reasonSentence(code)
  }
}

/** What was typed, as the survey takes it; what it cannot take stands beside its field. */
export function readAnswers(form: FormData, view: SurveyView): { data: SurveyInput; errors: Record<string, string[]> } {
  const { catalog, file, campaign } = view
  const errors: Record<string, string[]> = {}
  const asked = questionsFor(catalog, file.backer.level_id)
  const answers = Object.fromEntries(asked.map(({ id }) => [id, textOf(form, `answers.${id}`)]))
  const addons: Record<string, number> = {}
  for (const { addon } of view.addons) {
    const typed = textOf(form, `addons.${addon.id}`)
    if (/^\d{0,3}$/.test(typed)) addons[addon.id] = Number(typed)
    else errors[`addons.${addon.id}`] = ['Enter a whole number up to 999.']
  }
  const data = { answers, options: readOptions(form, view), addons, ...readPlace(form, view, campaign.ship_from_country) }
  const parsed = surveyDataSchema.safeParse(data)
  for (const { path, message } of parsed.error?.issues ?? []) errors[path.join('.')] = [message]
  return { data: parsed.data ?? {}, errors }
}

function readOptions(form: FormData, { catalog, file, addons }: SurveyView): Record<string, string> {
  const level = catalog.levels.find(({ id }) => id === file.backer.level_id)
  const places = optionPlaces(level?.id ?? null, level?.contents ?? [], addons)
  const options: Record<string, string> = {}
  for (const { key, contents } of places) {
    const sku = textOf(form, `options.${key}`)
    if (contents.item.skus.some(({ id }) => id === sku)) options[key] = sku
  }
  return options
}

/** Country and address; an address of which nothing was typed is none. */
function readPlace(form: FormData, view: SurveyView, from: string): SurveyInput {
  if (!asksCountry(view)) return {}
  const address = readAddress(form, from)
  const isEmpty = [address.line1, address.line2, address.city, address.postcode].every((part) => part === '')
  return {
    country: address.country || null,
    address: isEmpty || address.country === '' ? null : address,
    address_accepted: textOf(form, 'address_accepted') === 'on',
  }
}

/** The same survey with what was typed in it. */
export function withAnswers(view: SurveyView, data: SurveyInput): SurveyView {
  return surveyView(view.campaign, view.catalog, view.file, mergeData(view.data, data))
}

/** What stops it from being confirmed, by field. A missing address stands at its first field. */
export function problemsByField({ problems }: SurveyView): Record<string, string[]> {
  return Object.fromEntries(problems.map(({ field, message }) => [field === 'address' ? 'address.line1' : field, [message]]))
}

/** The form and its total, as the page takes them. */
export function answerFields(view: SurveyView) {
  const { data, composition, campaign, file } = view
  const country = data.address?.country || data.country || ''
  const unusual = composition.problems.some(({ code }) => code === 'address_warning')
  return {
    places: placeProps(view),
    questions: questionProps(view),
    addons: addonProps(view),
    place: asksCountry(view)
      ? {
          country,
          countries: countriesByName(),
          served: country === '' || isServed(view, country),
          country_name: country && countryName(country),
          form: country ? addressFormOf(country, campaign.ship_from_country) : [],
          values: data.address ? fitAddress(normaliseAddress(data.address)) : { name: file.backer.name, country },
          unusual: unusual || composition.address_warning,
          accepted: data.address_accepted,
        }
      : null,
    contents: contentsProps(view),
    money: moneyProps(view, composition.quote, view.balance),
    total: composition.quote.total,
  }
}
