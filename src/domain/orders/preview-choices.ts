import { loadCatalog } from '../catalog/load-catalog.ts'
import type { Actor } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import type { OrderKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { findSurvey, mergeData, withoutDraft } from '../surveys/drafts.ts'
import type { SurveyInput } from '../surveys/schema.ts'
import { findBackerOfOrder } from './find-order.ts'
import { composeSurvey, type SurveyProblem } from './order-facts.ts'
import type { Quote } from './price-order.ts'
import { refuseChange } from './refusals.ts'

export interface ChoicesPreview {
  quote: Quote
  balance_before: number
  balance_after: number
  shipping_before: number
  shipping_after: number
  /** what stops the change from being saved */
  problems: SurveyProblem[]
}

/**
 * What changed choices would cost, merged over the order as it was confirmed last. Changes nothing, and does not look at the backer's
 * draft. Refuses a status that does not allow it (`order_locked` ...).
 */
export async function previewChoices(db: Db, actor: Actor, input: OrderKey & { data: SurveyInput }): Promise<ChoicesPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  const backer_id = await findBackerOfOrder(db, input)
  mayActFor(actor, backer_id)
  const file = withoutDraft(await findSurvey(db, { campaign_id: input.campaign_id, backer_id }))
  if (!file.order) throw notFound('order')
  refuseChange(file.order, 'choices')
  const catalog = await loadCatalog(db, input.campaign_id)
  const { quote, problems } = composeSurvey(campaign, catalog, file, mergeData(file.data, input.data))
  const before = file.order.quote as Quote
  const { balance_due } = file.order
  return {
    quote,
    balance_before: balance_due,
    balance_after: balance_due + quote.total - before.total,
    shipping_before: before.shipping,
    shipping_after: quote.shipping,
    problems,
  }
}
