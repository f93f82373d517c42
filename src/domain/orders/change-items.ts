import type { Row } from '../../db/types.ts'
import { loadCatalog } from '../catalog/load-catalog.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { appendEvent, jsonb } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { normaliseAddress, phoneE164 } from '../shipping/address.ts'
import { confirmedData, findSurvey } from '../surveys/drafts.ts'
import { takeOrder } from './find-order.ts'
import type { OrderStatus } from './lifecycle.ts'
import { moveOrders } from './move-orders.ts'
import { type Composition, composeSurvey } from './order-facts.ts'
import { addonQuantities, type Quote } from './price-order.ts'
import { changedMeanwhile } from './refusals.ts'
import { copyCountry, findHeldStock, holdStock, ledgerSums, quoteDifference, writeLedger, writeLines } from './write-order.ts'

/** Why staff cannot change what is in an order in this status, as a code; null: they can. An open one is changed by its survey. */
export function whyItemsStay(status: OrderStatus): string | null {
  switch (status) {
    case 'locked':
    case 'paid':
    case 'errored':
      return null
    case 'open':
      return 'order_open'
    case 'canceled':
      return 'order_canceled'
    case 'ready_to_ship':
      return 'reopen_first'
    case 'shipped':
      return 'already_shipped'
  }
}

/** An order with other quantities of its add-ons: what it would hold and cost. */
export interface ItemsPreview {
  composition: Composition
  /** what these quantities change of the balance: negative is in the backer's favour; minor units */
  difference: number
  /** whether any quantity is another than before */
  is_change: boolean
}

/** Works out an order with these quantities, by add-on id; what is not named stays. Changes nothing. */
export async function previewItems(
  db: Db,
  campaign: Campaign,
  order: Row<'orders'>,
  addons: Record<string, number>,
): Promise<ItemsPreview> {
  const catalog = await loadCatalog(db, campaign.id)
  const file = { ...(await findSurvey(db, { campaign_id: campaign.id, backer_id: order.backer_id })), order }
  const before = confirmedData(file)
  const quantities = Object.fromEntries(Object.entries({ ...before.addons, ...addons }).filter(([, quantity]) => quantity > 0))
  const composition = composeSurvey(campaign, catalog, file, { ...before, addons: quantities })
  const now = addonQuantities(order.quote as Quote)
  const ids = new Set([...Object.keys(now), ...Object.keys(quantities)])
  const is_change = [...ids].some((id) => (now[id] ?? 0) !== (quantities[id] ?? 0))
  return { composition, difference: composition.quote.total - (order.quote as Quote).total, is_change }
}

const PLACES = /^(addons|options)\./

/**
 * A staff edit of an order past open: takes add-ons out, or puts some in. Guarantees: lines, quote, ledger and stock change together; a
 * paid order that owes then is locked again (*owe again*) and charged the difference only; a cheaper one leaves credit. Refuses: a status
 * in which contents are final, `charge_in_progress`, what cannot be ordered (422), `out_of_stock`. The caller has taken the order's row and
 * had the balance agreed to. Answers the order as it is then.
 */
export async function changeItems(
  tx: Tx,
  actor: Actor,
  change: { campaign: Campaign; order: Row<'orders'>; addons: Record<string, number>; reason: string },
): Promise<Row<'orders'>> {
  const { campaign, addons } = change
  const code = whyItemsStay(change.order.status)
  if (code) throw new DomainError(code, REFUSALS[code] ?? 'What is in this order cannot be changed.')
  const { composition, difference } = await previewItems(tx.db, campaign, change.order, addons)
  const problems = composition.problems.filter(({ field }) => PLACES.test(field))
  if (problems[0]) throw invalid(problems[0].message, problems, problems[0].code)
  const key = { campaign_id: campaign.id, order_id: change.order.id }
  if (await findAttemptUnderWay(tx.db, key)) {
    throw new DomainError('charge_in_progress', 'A charge is under way. Change the order when it is over.')
  }
  const owesAgain = change.order.status === 'paid' && change.order.balance_due + difference > 0
  const order = owesAgain ? await oweAgain(tx, actor, key) : change.order
  return await saveItems(tx, actor, { ...change, order, composition })
}

const REFUSALS: Record<string, string> = {
  order_open: 'This order is open: change the answers of its survey.',
  order_canceled: 'This order was canceled.',
  reopen_first: 'The address is final, and the warehouse may have the list. Reopen the address first.',
  already_shipped: 'This order has shipped.',
}

async function oweAgain(tx: Tx, actor: Actor, key: OrderKey): Promise<Row<'orders'>> {
  await moveOrders(tx, actor, {
    campaign_id: key.campaign_id,
    name: 'owe_again',
    selection: { ids: [key.order_id] },
    operation_id: null,
    reason_id: null,
    code: 'order_changed',
  })
  return await takeOrder(tx, key)
}

async function saveItems(
  tx: Tx,
  actor: Actor,
  change: { campaign: Campaign; order: Row<'orders'>; composition: Composition; reason: string },
): Promise<Row<'orders'>> {
  const { campaign, order, composition } = change
  const key = { campaign_id: campaign.id, order_id: order.id }
  const version = order.version + 1
  const entries = quoteDifference(await ledgerSums(tx, key), composition.quote)
  const address = composition.ships && order.address ? normaliseAddress(order.address) : null
  const saved = await tx.db
    .updateTable('orders')
    .set({
      version,
      updated_at: tx.now,
      balance_due: order.balance_due + (entries.owed ?? 0),
      quote: JSON.stringify(composition.quote),
      options: JSON.stringify(composition.options),
      country: composition.country,
      ships: composition.ships,
      address: address ? jsonb(address) : null,
      phone: address ? phoneE164(address) : null,
      address_warning: composition.address_warning,
    })
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .returningAll()
    .executeTakeFirst()
  if (!saved) throw changedMeanwhile(order)
  if (saved.country !== order.country) await copyCountry(tx, order, saved.country)
  const before = await findHeldStock(tx, key)
  await writeLines(tx, key, composition.lines, composition.addons)
  await writeLedger(tx, { ...key, order_version: version, currency: campaign.currency, reason: 'changed' }, entries)
  await appendEvent(tx, actor, {
    ...key,
    kind: 'order_changed',
    backer_id: order.backer_id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    reason: change.reason,
    data: { fields: ['addons'], total: composition.quote.total, balance_change: entries.owed ?? 0 },
  })
  await holdStock(tx, campaign.id, { before, addons: composition.addons })
  return saved
}
