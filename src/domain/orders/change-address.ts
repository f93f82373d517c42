import { isDeepStrictEqual } from 'node:util'
import type { Row } from '../../db/types.ts'
import { loadCatalog } from '../catalog/load-catalog.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { appendEvent, jsonb } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import { type Campaign, mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type Address, type AddressRemark, checkAddress, normaliseAddress, phoneE164 } from '../shipping/address.ts'
import { confirmedData, findSurvey } from '../surveys/drafts.ts'
import { takeOrder } from './find-order.ts'
import { moveOrders } from './move-orders.ts'
import { type Composition, composeSurvey } from './order-facts.ts'
import type { Quote } from './price-order.ts'
import { changedMeanwhile, refuseChange } from './refusals.ts'
import { copyCountry, ledgerSums, quoteDifference, writeLedger } from './write-order.ts'

export interface AddressInput extends OrderKey {
  address: Address
  /** "it is right as it is": an unusual postcode or phone was looked at */
  address_accepted?: boolean
  expected_version?: number
  /** the balance due the person agreed to, in minor units; asked for when the change re-prices */
  agreed_balance?: number
  reason?: string | null
  /** it answers a change request, which has a mail of its own: of this change only an *owe again* is mailed */
  is_answer?: boolean
}

export interface AddressPreview {
  balance_before: number
  balance_after: number
  shipping_before: number
  shipping_after: number
  quote: Quote
  problems: Composition['problems']
  warnings: AddressRemark[]
}

/** What an address would change: the new price beside the old. Changes nothing. */
export async function previewAddress(
  db: Db,
  actor: Actor,
  input: Pick<AddressInput, keyof OrderKey | 'address'>,
): Promise<AddressPreview> {
  const campaign = await ownCampaign(db, actor, input.campaign_id)
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', input.order_id)
    .executeTakeFirst()
  if (!order) throw notFound('order')
  mayActFor(actor, order.backer_id)
  return await reprice(db, campaign, order, normaliseAddress(input.address))
}

async function reprice(db: Db, campaign: Campaign, order: Row<'orders'>, address: Address): Promise<AddressPreview> {
  const catalog = await loadCatalog(db, campaign.id)
  const file = await findSurvey(db, { campaign_id: campaign.id, backer_id: order.backer_id })
  const data = { ...confirmedData({ ...file, order }), address, country: address.country }
  const { quote, problems } = composeSurvey(campaign, catalog, { ...file, order }, data)
  const before = order.quote as Quote
  return {
    balance_before: order.balance_due,
    balance_after: order.balance_due + quote.total - before.total,
    shipping_before: before.shipping,
    shipping_after: quote.shipping,
    quote,
    problems: problems.filter(({ field }) => field.startsWith('address')),
    warnings: checkAddress(address).warnings,
  }
}

/**
 * Changes the shipping address of an order, in every status the lifecycle allows. Guarantees: a change of price is agreed to before it is
 * saved (`price_changed` with both balances otherwise); a paid order that owes again goes back to locked, and its backer is mailed amount and
 * reason; a cheaper one leaves credit. Refuses: a final address (`reopen_first`, `already_shipped`), `charge_in_progress` when the
 * balance would change, `changed_meanwhile`, an incomplete address or a country not served (422).
 */
export async function changeAddress(tx: Tx, actor: Actor, input: AddressInput): Promise<Row<'orders'>> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  const order = await takeOrder(tx, input)
  mayActFor(actor, order.backer_id)
  refuseChange(order, 'address')
  if (input.expected_version !== undefined && input.expected_version !== order.version) throw changedMeanwhile(order)
  const address = normaliseAddress(input.address)
  const preview = await reprice(tx.db, campaign, order, address)
  if (preview.problems[0]) throw invalid(preview.problems[0].message, preview.problems, preview.problems[0].code)
  const difference = preview.balance_after - preview.balance_before
  if (difference !== 0) await refuseUnagreed(tx, input, preview)
  const address_warning = preview.warnings.length > 0 && !input.address_accepted
  if (isDeepStrictEqual(order.address, address) && address_warning === order.address_warning) return order
  const { reason = null, is_answer = false } = input
  return await saveAddress(tx, actor, { campaign, order, address, address_warning, preview, reason, is_answer })
}

async function refuseUnagreed(tx: Tx, input: AddressInput, preview: AddressPreview): Promise<void> {
  if (await findAttemptUnderWay(tx.db, input)) {
    throw new DomainError(
      'charge_in_progress',
      'A charge is under way. Change the address when it is over; this one would change the price.',
    )
  }
  if (input.agreed_balance !== preview.balance_after) {
    throw new DomainError('price_changed', 'This address changes the price. Agree to the new balance to save it.', {
      details: {
        balance_before: preview.balance_before,
        balance_after: preview.balance_after,
        shipping_before: preview.shipping_before,
        shipping_after: preview.shipping_after,
      },
    })
  }
}

interface AddressChange {
  campaign: Campaign
  order: Row<'orders'>
  address: Address
  address_warning: boolean
  preview: AddressPreview
  reason: string | null
  is_answer: boolean
}

async function saveAddress(tx: Tx, actor: Actor, change: AddressChange): Promise<Row<'orders'>> {
  const { campaign, preview } = change
  const key = { campaign_id: campaign.id, order_id: change.order.id }
  const owesAgain = change.order.status === 'paid' && preview.balance_after > 0
  const order = owesAgain ? await oweAgain(tx, actor, change.order) : change.order
  const version = order.version + 1
  const entries = quoteDifference(await ledgerSums(tx, key), preview.quote)
  const updated = await tx.db
    .updateTable('orders')
    .set({
      address: jsonb(change.address),
      phone: phoneE164(change.address),
      address_warning: change.address_warning,
      country: order.ships ? change.address.country : null,
      quote: JSON.stringify(preview.quote),
      balance_due: preview.balance_after,
      version,
      updated_at: tx.now,
      ...(order.status === 'open' ? { confirmed_version: version, confirmed_at: tx.now } : {}),
    })
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .returningAll()
    .executeTakeFirst()
  if (!updated) throw changedMeanwhile(order)
  if (updated.country !== order.country) await copyCountry(tx, order, updated.country)
  await writeLedger(tx, { ...key, order_version: version, currency: campaign.currency, reason: 'address_changed' }, entries)
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind: 'address_changed',
    backer_id: order.backer_id,
    order_id: order.id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    reason: change.reason,
    data: { fields: ['address'], balance_change: entries.owed ?? 0, balance_due: preview.balance_after },
  })
  if (owesAgain || !change.is_answer) await tellBacker(tx, actor, updated, entries.owed ?? 0, owesAgain)
  return updated
}

/** *Owe again*: back to locked before the dearer address is written, since a paid order that owes is refused by the database. */
async function oweAgain(tx: Tx, actor: Actor, order: Row<'orders'>): Promise<Row<'orders'>> {
  const key = { campaign_id: order.campaign_id, order_id: order.id }
  await moveOrders(tx, actor, {
    campaign_id: order.campaign_id,
    name: 'owe_again',
    selection: { ids: [order.id] },
    operation_id: null,
    reason_id: null,
    code: 'address_changed',
  })
  return await takeOrder(tx, key)
}

async function tellBacker(tx: Tx, actor: Actor, order: Row<'orders'>, change: number, owesAgain: boolean): Promise<void> {
  const kind = owesAgain ? 'owe_again' : actor.kind === 'backer' ? 'confirmation' : 'changed_by_staff'
  await queueMessage(tx, {
    campaign_id: order.campaign_id,
    backer_id: order.backer_id,
    kind,
    occasion: `${order.id}:${order.version}`,
    data: {
      order_id: order.id,
      order_version: order.version,
      balance_due: order.balance_due,
      balance_change: change,
      code: 'address_changed',
    },
  })
}
