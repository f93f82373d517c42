import { isDeepStrictEqual } from 'node:util'
import type { Row } from '../../db/types.ts'
import { addonQuantities, type Quote } from '../orders/price-order.ts'
import { refuseChange } from '../orders/refusals.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import type { BackerKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { addressFromReport } from '../shipping/address-fit.ts'
import type { SurveyData, SurveyInput } from './schema.ts'
import { whySurveyClosed } from './statuses.ts'
import { SURVEY_STEPS, type SurveyStep } from './steps.ts'

/** Where the survey starts: what the report says, or the order as it was confirmed last. */
export function startingData(
  backer: Row<'backers'>,
  pledged_addons: Record<string, number>,
  order: Row<'orders'> | null,
  order_addons: Record<string, number>,
): SurveyData {
  if (order) {
    return {
      answers: order.answers,
      options: order.options,
      addons: order_addons,
      country: order.country,
      address: order.address as SurveyData['address'],
      address_accepted: order.address !== null && !order.address_warning,
    }
  }
  const prefill = backer.prefill as Partial<Pick<SurveyData, 'address' | 'answers'>>
  return {
    answers: prefill.answers ?? {},
    options: {},
    addons: pledged_addons,
    country: prefill.address?.country || backer.pledge_country,
    address: prefill.address ? addressFromReport(prefill.address) : null,
    address_accepted: false,
  }
}

/** The order's data as they were confirmed last; without an order, where the survey starts. */
export function confirmedData({ backer, order, pledged_addons }: Omit<SurveyFile, 'data' | 'draft'>): SurveyData {
  return startingData(backer, pledged_addons, order, order ? addonQuantities(order.quote as Quote) : {})
}

/** Merges what came in over what is there; a part that did not come stays. */
export function mergeData(base: SurveyData, input: SurveyInput): SurveyData {
  const address = input.address === undefined ? base.address : input.address
  const sameAddress = isDeepStrictEqual(address, base.address)
  return {
    answers: { ...base.answers, ...input.answers },
    options: { ...base.options, ...input.options },
    addons: { ...base.addons, ...input.addons },
    country: input.country === undefined ? (address?.country ?? base.country) : input.country,
    address,
    address_accepted: input.address_accepted ?? (sameAddress && base.address_accepted),
  }
}

export interface SurveyFile {
  backer: Row<'backers'>
  order: Row<'orders'> | null
  draft: Row<'drafts'> | null
  pledged_addons: Record<string, number>
  /** what the pages show and a confirmation confirms: the active draft, else where the survey starts */
  data: SurveyData
}

/** Everything of one backer's survey. Answers 404 for a backer of another campaign. */
export async function findSurvey(db: Db, key: BackerKey, lock?: 'for update'): Promise<SurveyFile> {
  let query = db.selectFrom('backers').selectAll().where('campaign_id', '=', key.campaign_id).where('id', '=', key.backer_id)
  if (lock) query = query.forUpdate()
  const backer = await query.executeTakeFirst()
  if (!backer) throw notFound('backer')
  let orders = db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('backer_id', '=', key.backer_id)
  if (lock) orders = orders.forUpdate()
  const order = (await orders.executeTakeFirst()) ?? null
  const pledged = await db
    .selectFrom('pledged_addons')
    .select(['addon_id', 'quantity'])
    .where('campaign_id', '=', key.campaign_id)
    .where('backer_id', '=', key.backer_id)
    .execute()
  const bought = order
    ? await db
        .selectFrom('order_addons')
        .select(['addon_id', 'quantity'])
        .where('campaign_id', '=', key.campaign_id)
        .where('order_id', '=', order.id)
        .execute()
    : []
  const draft =
    (await db
      .selectFrom('drafts')
      .selectAll()
      .where('campaign_id', '=', key.campaign_id)
      .where('backer_id', '=', key.backer_id)
      .executeTakeFirst()) ?? null
  const pledged_addons = Object.fromEntries(pledged.map((row) => [row.addon_id, row.quantity]))
  const start = startingData(backer, pledged_addons, order, Object.fromEntries(bought.map((row) => [row.addon_id, row.quantity])))
  const data = draft?.state === 'active' ? (draft.data as SurveyData) : start
  return { backer, order, draft, pledged_addons, data }
}

/** The same without the backer's draft: where staff start from who change an order, so that nothing half-filled is confirmed for its backer. */
export function withoutDraft(file: SurveyFile): SurveyFile {
  return { ...file, draft: null, data: confirmedData(file) }
}

/** Refuses a survey that nobody may fill in: withdrawn, waiting for the platform's money, or not sent yet (for the backer). */
export function refuseClosedSurvey({ backer, order }: Pick<SurveyFile, 'backer' | 'order'>, actor: Actor): void {
  if (order) refuseChange(order, 'choices')
  const code = whySurveyClosed({ survey: backer.survey, order }, actor.kind === 'backer' ? 'backer' : 'staff')
  if (code) throw new DomainError(code, CLOSED[code] ?? 'This survey cannot be filled in.')
}

const CLOSED: Record<string, string> = {
  pledge_withdrawn: 'This pledge was withdrawn, so there is no survey for it.',
  pledge_waiting: 'The platform has not collected this pledge yet. The survey opens when it has.',
  survey_not_sent: 'The survey is not open yet. You will get a mail when it is.',
}

export interface DraftInput extends BackerKey {
  data: SurveyInput
  /** the step of the pages that this is; the furthest one is kept, so that the backer goes on there */
  step?: SurveyStep
}

/**
 * Saves one step of the survey. Guarantees: what came in is merged over what is there, an order is not touched, the first saved step
 * makes the survey *started*. Refuses what `refuseClosedSurvey` does. A draft that a lock has overtaken starts afresh from the order.
 */
export async function saveDraft(tx: Tx, actor: Actor, input: DraftInput): Promise<SurveyData> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  mayActFor(actor, input.backer_id)
  const file = await findSurvey(tx.db, input, 'for update')
  refuseClosedSurvey(file, actor)
  const data = mergeData(file.data, input.data)
  const row = {
    campaign_id: input.campaign_id,
    backer_id: input.backer_id,
    data: JSON.stringify(data),
    base_version: file.draft?.state === 'active' ? file.draft.base_version : (file.order?.confirmed_version ?? 0),
    reached: furthest(file.draft?.state === 'active' ? file.draft.reached : null, input.step),
    state: 'active' as const,
    updated_at: tx.now,
  }
  await tx.db
    .insertInto('drafts')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['campaign_id', 'backer_id']).doUpdateSet((eb) => ({
        data: row.data,
        base_version: row.base_version,
        reached: row.reached,
        state: row.state,
        updated_at: row.updated_at,
        version: eb('drafts.version', '+', 1),
      })),
    )
    .execute()
  if (file.backer.survey === 'sent' || file.backer.survey === 'not_sent') {
    await tx.db
      .updateTable('backers')
      .set({ survey: 'started', survey_started_at: tx.now, updated_at: tx.now })
      .where('campaign_id', '=', input.campaign_id)
      .where('id', '=', input.backer_id)
      .execute()
  }
  return data
}

function furthest(before: SurveyStep | null, now: SurveyStep | undefined): SurveyStep | null {
  if (!now || !before) return now ?? before
  return SURVEY_STEPS.indexOf(now) > SURVEY_STEPS.indexOf(before) ? now : before
}

/** Names what a draft says: another mark, other contents. Where there is none the order, or the report, is what is confirmed. */
export function draftMark(draft: Pick<Row<'drafts'>, 'base_version' | 'version'> | null): string {
  return draft ? `${draft.base_version}.${draft.version}` : '0'
}

/** Drops an unconfirmed edit; the order stays as it was confirmed. */
export async function discardDraft(tx: Tx, actor: Actor, key: BackerKey): Promise<void> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  mayActFor(actor, key.backer_id)
  await tx.db.deleteFrom('drafts').where('campaign_id', '=', key.campaign_id).where('backer_id', '=', key.backer_id).execute()
}
