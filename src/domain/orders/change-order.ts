import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { refreshSearch } from '../backers/search.ts'
import { readCatalog } from '../catalog/load-catalog.ts'
import { isPriceMissing } from '../catalog/price-missing.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { findMethodOfBacker } from '../payments/payment-methods.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { appendEvent, jsonb } from '../shared/events.ts'
import type { BackerKey, OrderKey } from '../shared/keys.ts'
import { type Campaign, mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { normaliseAddress, phoneE164 } from '../shipping/address.ts'
import { draftMark, findSurvey, mergeData, refuseClosedSurvey, type SurveyFile, withoutDraft } from '../surveys/drafts.ts'
import type { SurveyData, SurveyInput } from '../surveys/schema.ts'
import { type Composition, composeSurvey } from './order-facts.ts'
import { addonQuantities, type Quote } from './price-order.ts'
import { changedMeanwhile, draftChanged } from './refusals.ts'
import { copyCountry, findHeldStock, holdStock, ledgerSums, quoteDifference, writeLedger, writeLines } from './write-order.ts'

export interface ConfirmInput extends BackerKey {
  /** merged over the draft; left out: the draft as it is */
  data?: SurveyInput
  /** starts from the order as it was confirmed last and leaves the backer's draft alone; it is then shown to them as overtaken by a change */
  ignore_draft?: boolean
  /** the order's version the caller saw; refused with `changed_meanwhile` when it is another */
  expected_version?: number
  /** the total the person agreed to, in minor units; refused with `price_changed` when it is another now */
  agreed_total?: number
  /** the mark of the draft the person looked at (`draftMark`); refused with `draft_changed` when it says something else by now */
  seen_draft?: string
  /** staff's words, kept with the event */
  reason?: string | null
}

export interface ConfirmAnswer {
  order_id: string
  number: number
  version: number
  status: Row<'orders'>['status']
  balance_due: number
}

/**
 * Confirms a survey or an edit of it: the order comes into being (*complete survey*), or an open order becomes what was confirmed.
 * Guarantees: lines, quote, ledger, stock, card, event and mail commit together; the order is always the last confirmed version; a double
 * press confirms once. Refuses: missing answers, address or country (422 with `fields`), `out_of_stock`, a status that does not allow it
 * (`order_locked` ...), `changed_meanwhile`, `price_changed`, `draft_changed`.
 */
export async function confirmSurvey(tx: Tx, actor: Actor, input: ConfirmInput): Promise<ConfirmAnswer> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  mayActFor(actor, input.backer_id)
  const { campaign, catalog } = await readCatalog(tx, input.campaign_id)
  const found = await findSurvey(tx.db, input, 'for update')
  if (!campaign.prices_saved_at || (!found.order && isPriceMissing(catalog, found.backer.level_id, found.pledged_addons))) {
    throw new DomainError('prices_not_saved', 'Say what the pledge paid for before surveys are answered.')
  }
  const file = input.ignore_draft ? withoutDraft(found) : found
  refuseClosedSurvey(file, actor)
  refuseStale(file, input)
  const merged = mergeData(file.data, input.data ?? {})
  const data = merged.address ? { ...merged, address: normaliseAddress(merged.address) } : merged
  const composition = composeSurvey(campaign, catalog, file, data)
  refuseProblems(composition)
  if (input.agreed_total !== undefined && input.agreed_total !== composition.quote.total) {
    throw new DomainError('price_changed', 'The price changed since you looked. Look at the new total, then confirm.', {
      details: { agreed_total: input.agreed_total, total: composition.quote.total },
    })
  }
  const change = { tx, actor, campaign, file, data, composition, reason: input.reason ?? null }
  const answer = file.order ? await changeOrder(change, file.order) : await createOrder(change)
  if (!input.ignore_draft) {
    await tx.db
      .deleteFrom('drafts')
      .where('campaign_id', '=', input.campaign_id)
      .where('backer_id', '=', input.backer_id)
      .execute()
  }
  return answer
}

function refuseStale(file: SurveyFile, input: ConfirmInput): void {
  refuseOtherDraft(file, input)
  if (!file.order) {
    if (input.expected_version) throw changedMeanwhile({ status: 'open', version: 0 })
    return
  }
  if (input.expected_version !== undefined && input.expected_version !== file.order.version) throw changedMeanwhile(file.order)
  const draft = file.draft?.state === 'active' ? file.draft : null
  if (draft && draft.base_version !== file.order.confirmed_version) throw changedMeanwhile(file.order)
}

/** Without a draft nothing but what was confirmed already can be confirmed: that is a second press. */
function refuseOtherDraft({ draft }: SurveyFile, { seen_draft }: ConfirmInput): void {
  if (seen_draft === undefined || draft?.state !== 'active') return
  if (draftMark(draft) !== seen_draft) throw draftChanged()
}

function refuseProblems({ problems }: Composition): void {
  const first = problems[0]
  if (!first) return
  const message = problems.length === 1 ? first.message : `${problems.length} things to put right. First: ${first.message}`
  throw invalid(message, problems, first.code)
}

interface Change {
  tx: Tx
  actor: Actor
  campaign: Campaign
  file: SurveyFile
  data: SurveyData
  composition: Composition
  reason: string | null
}

function columns({ tx, file, data, composition }: Change) {
  return {
    level_id: file.backer.level_id,
    country: composition.country,
    ships: composition.ships,
    answers: JSON.stringify(data.answers),
    options: JSON.stringify(composition.options),
    address: composition.ships && data.address ? jsonb(data.address) : null,
    phone: composition.ships && data.address ? phoneE164(data.address) : null,
    address_warning: composition.address_warning,
    quote: JSON.stringify(composition.quote),
    confirmed_at: tx.now,
    updated_at: tx.now,
  }
}

async function createOrder(change: Change): Promise<ConfirmAnswer> {
  const { tx, actor, campaign, file, composition } = change
  const key = { campaign_id: campaign.id, order_id: newId() }
  const counter = await tx.db
    .updateTable('campaign_counters')
    .set((eb) => ({ last_order_number: eb('last_order_number', '+', 1) }))
    .where('campaign_id', '=', campaign.id)
    .returning('last_order_number')
    .executeTakeFirstOrThrow()
  const entries = quoteDifference({}, composition.quote)
  // The card that was saved before there was an order; whoever saves one holds the backer's row, as this does.
  const method = await findMethodOfBacker(tx.db, { campaign_id: campaign.id, backer_id: file.backer.id }, tx.now)
  const order = {
    campaign_id: campaign.id,
    id: key.order_id,
    backer_id: file.backer.id,
    number: counter.last_order_number,
    version: 1,
    status: 'open' as const,
    balance_due: entries.owed ?? 0,
    payment_method_id: method?.id ?? null,
    confirmed_version: 1,
    created_at: tx.now,
  }
  await tx.db
    .insertInto('orders')
    .values({ ...order, ...columns(change) })
    .execute()
  await finish(change, key, 1, entries, 'complete_survey')
  await tx.db
    .updateTable('backers')
    .set({
      survey: 'completed',
      survey_started_at: file.backer.survey_started_at ?? tx.now,
      country: composition.country ?? (file.backer.pledge_country || null),
      updated_at: tx.now,
    })
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', file.backer.id)
    .execute()
  await refreshSearch(tx.db, campaign.id, sql`b.id = ${file.backer.id}`)
  await queueMessage(tx, {
    campaign_id: campaign.id,
    backer_id: file.backer.id,
    kind: actor.kind === 'backer' ? 'confirmation' : 'changed_by_staff',
    occasion: `${key.order_id}:1`,
    data: { order_id: key.order_id, order_version: 1 },
  })
  await holdStock(tx, campaign.id, { before: [], addons: composition.addons })
  return { order_id: key.order_id, number: order.number, version: 1, status: 'open', balance_due: order.balance_due }
}

async function changeOrder(change: Change, order: Row<'orders'>): Promise<ConfirmAnswer> {
  const { tx, actor, campaign, file, composition } = change
  const key = { campaign_id: campaign.id, order_id: order.id }
  const version = order.version + 1
  const sums = await ledgerSums(tx, key)
  const entries = quoteDifference(sums, composition.quote)
  const balance_due = (sums.owed ?? 0) + (entries.owed ?? 0)
  if (!entries.owed && changedFields(change).length === 0) {
    return { order_id: order.id, number: order.number, version: order.version, status: order.status, balance_due }
  }
  const updated = await tx.db
    .updateTable('orders')
    .set({ ...columns(change), version, confirmed_version: version, balance_due })
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .where('status', '=', 'open')
    .executeTakeFirst()
  if (Number(updated.numUpdatedRows) !== 1) throw changedMeanwhile(order)
  if (composition.country !== order.country) {
    await copyCountry(tx, order, composition.country)
  }
  const before = await findHeldStock(tx, key)
  await finish(change, key, version, entries, 'order_changed')
  await queueMessage(tx, {
    campaign_id: campaign.id,
    backer_id: file.backer.id,
    kind: actor.kind === 'backer' ? 'confirmation' : 'changed_by_staff',
    occasion: `${order.id}:${version}`,
    data: { order_id: order.id, order_version: version },
  })
  await holdStock(tx, campaign.id, { before, addons: composition.addons })
  return { order_id: order.id, number: order.number, version, status: 'open', balance_due }
}

async function finish(
  change: Change,
  key: OrderKey,
  version: number,
  entries: ReturnType<typeof quoteDifference>,
  kind: 'complete_survey' | 'order_changed',
): Promise<void> {
  const { tx, actor, campaign, file, composition, reason } = change
  await writeLines(tx, key, composition.lines, composition.addons)
  await writeLedger(
    tx,
    { ...key, order_version: version, currency: campaign.currency, reason: kind === 'complete_survey' ? 'completed' : 'changed' },
    entries,
  )
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind,
    backer_id: file.backer.id,
    order_id: key.order_id,
    order_version: version,
    from_status: file.order?.status ?? null,
    to_status: 'open',
    reason,
    data: { fields: changedFields(change), total: composition.quote.total, balance_change: entries.owed ?? 0 },
  })
}

function changedFields({ file, data, composition }: Change): string[] {
  const before = file.order
  if (!before) return []
  const fields: string[] = []
  const differs = (a: unknown, b: unknown) => !isDeepStrictEqual(a, b)
  const quote = before.quote as Quote
  if (differs(before.answers, data.answers)) fields.push('answers')
  if (differs(before.options, data.options)) fields.push('options')
  if (differs(addonQuantities(quote), addonQuantities(composition.quote))) fields.push('addons')
  // That an unusual address is right as it is changes the order too: it is not left behind when addresses are made final.
  const isSaidAnew = before.address_warning !== composition.address_warning
  if (differs(before.address, data.address) || isSaidAnew) fields.push('address')
  return fields
}
