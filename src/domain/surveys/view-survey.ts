import { loadCatalog } from '../catalog/load-catalog.ts'
import { type Composition, composeSurvey } from '../orders/order-facts.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { findSurvey, type SurveyFile } from './drafts.ts'

export interface ViewedSurvey extends SurveyFile {
  composition: Composition
}

/**
 * A backer's survey as it stands now, for staff: what was filled in, what it would cost and what is missing. Guarantees: an event says who
 * looked. Answers 404 for a backer of another campaign.
 */
export async function viewSurvey(tx: Tx, actor: Actor, key: BackerKey): Promise<ViewedSurvey> {
  const campaign = await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const file = await findSurvey(tx.db, key)
  const composition = composeSurvey(campaign, await loadCatalog(tx.db, campaign.id), file, file.data)
  await appendEvent(tx, actor, { campaign_id: campaign.id, kind: 'survey_viewed_by_staff', backer_id: key.backer_id })
  return { ...file, composition }
}
