import { type Catalog, loadCatalog } from '../catalog/load-catalog.ts'
import { type Composition, composeSurvey, optionPlaces, questionsFor, type SurveyProblem } from '../orders/order-facts.ts'
import type { Quote } from '../orders/price-order.ts'
import type { Actor } from '../shared/actor.ts'
import type { BackerKey } from '../shared/keys.ts'
import { type Campaign, mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { type AddonChoice, addonChoices, stockProblems } from './addon-choices.ts'
import { findSurvey, mergeData, type SurveyFile } from './drafts.ts'
import type { SurveyData, SurveyInput } from './schema.ts'
import { type SurveyStep, stepsOf } from './steps.ts'

/** A backer's survey as pages show it: what is asked, what was said, what it would cost, and what is wrong with it. */
export interface SurveyView {
  campaign: Campaign
  catalog: Catalog
  file: SurveyFile
  data: SurveyData
  composition: Composition
  addons: AddonChoice[]
  steps: SurveyStep[]
  /** what would be owed once this is confirmed; negative is credit */
  balance: number
  /** everything that stops it from being confirmed, sold-out add-ons included */
  problems: SurveyProblem[]
  /** the edit started from an older version of the order than the one that stands now */
  stale: boolean
}

/** One backer's survey, with `input` merged over what is saved. Answers 404 for what is not the actor's. Changes nothing. */
export async function findSurveyView(db: Db, actor: Actor, key: BackerKey, input: SurveyInput = {}): Promise<SurveyView> {
  const campaign = await ownCampaign(db, actor, key.campaign_id)
  mayActFor(actor, key.backer_id)
  const file = await findSurvey(db, key)
  const catalog = await loadCatalog(db, key.campaign_id)
  return surveyView(campaign, catalog, file, mergeData(file.data, input))
}

/** The same from what is loaded already: a rule. */
export function surveyView(campaign: Campaign, catalog: Catalog, file: SurveyFile, data: SurveyData): SurveyView {
  const composition = composeSurvey(campaign, catalog, file, data)
  const frozen = file.order ? (file.order.quote as Quote) : null
  const addons = addonChoices({ catalog, data, pledged_addons: file.pledged_addons, frozen })
  const { total } = composition.quote
  const balance = file.order && frozen ? file.order.balance_due + total - frozen.total : total
  const level = catalog.levels.find(({ id }) => id === file.backer.level_id) ?? null
  const steps = stepsOf({
    asks_choices:
      optionPlaces(level?.id ?? null, level?.contents ?? [], []).length > 0 ||
      questionsFor(catalog, file.backer.level_id).length > 0,
    has_addons: addons.length > 0,
    ships: composition.ships,
    pays: balance > 0 || campaign.payment_method_required,
  })
  const stale = file.order !== null && file.draft?.state === 'active' && file.draft.base_version !== file.order.confirmed_version
  return {
    campaign,
    catalog,
    file,
    data,
    composition,
    addons,
    steps,
    balance,
    problems: [...stockProblems(addons), ...composition.problems],
    stale,
  }
}
