import { isDeepStrictEqual } from 'node:util'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { type AddressPreview, previewAddress } from '../orders/change-address.ts'
import { takeOrder } from '../orders/find-order.ts'
import { BACKER_MAY_CHANGE } from '../orders/lifecycle.ts'
import { refuseChange } from '../orders/refusals.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { appendEvent, jsonb } from '../shared/events.ts'
import type { OrderKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { type Address, normaliseAddress } from '../shipping/address.ts'

export interface ChangeRequestInput extends OrderKey {
  /** the whole address as it should be */
  address: Address
  /** "it is right as it is": an unusual postcode or phone was looked at */
  address_accepted?: boolean | undefined
  /** the balance due agreed to, in minor units; asked for when the address changes the price */
  agreed_balance?: number | undefined
  /** what the backer says to the creator */
  note?: string | undefined
}

export const NOTE_LENGTH = 1_000

/**
 * What the address asked for would change, once approved: the new price beside the old. Changes nothing. Refuses as `requestChange` does
 * by the order's status.
 */
export async function previewChangeRequest(
  db: Db,
  actor: Actor,
  input: Pick<ChangeRequestInput, keyof OrderKey | 'address'>,
): Promise<AddressPreview> {
  const preview = await previewAddress(db, actor, input)
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', input.order_id)
    .executeTakeFirstOrThrow()
  refuseUnlessFinal(order)
  return preview
}

/**
 * Asks the creator to change the address of an order that is ready to ship. Guarantees: the address is checked like one that is saved, and
 * another price is agreed to (`price_changed` with both balances otherwise); one open request for each order; the order itself stays as it
 * is. Refuses an order whose address its backer may change (`change_directly`), one that has shipped or was canceled, a second request
 * (`change_request_open`), an address that is none or that changes nothing (422).
 */
export async function requestChange(tx: Tx, actor: Actor, input: ChangeRequestInput): Promise<Row<'change_requests'>> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  const order = await takeOrder(tx, input)
  mayActFor(actor, order.backer_id)
  refuseUnlessFinal(order)
  const address = normaliseAddress(input.address)
  const preview = await previewAddress(tx.db, actor, { ...input, address })
  if (preview.problems[0]) throw invalid(preview.problems[0].message, preview.problems, preview.problems[0].code)
  const note = (input.note ?? '').trim().slice(0, NOTE_LENGTH)
  if (isDeepStrictEqual(order.address, address)) {
    const message = 'This is the address that the order has.'
    throw invalid(message, [{ field: 'address', code: 'nothing_to_do', message }], 'nothing_to_do')
  }
  if (preview.balance_after !== preview.balance_before && input.agreed_balance !== preview.balance_after) {
    throw priceChanged(preview)
  }
  const id = newId()
  const saved = await tx.db
    .insertInto('change_requests')
    .values({
      campaign_id: input.campaign_id,
      id,
      order_id: order.id,
      backer_id: order.backer_id,
      state: 'open',
      address: jsonb(address),
      address_accepted: preview.warnings.length > 0 && (input.address_accepted ?? false),
      agreed_balance: preview.balance_after,
      note,
      created_at: tx.now,
    })
    .onConflict((conflict) => conflict.columns(['campaign_id', 'order_id']).where('state', '=', 'open').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!saved) {
    throw new DomainError('change_request_open', 'The creator has a request for this order already. Withdraw it to make another.')
  }
  await appendEvent(tx, actor, {
    campaign_id: input.campaign_id,
    kind: 'change_requested',
    backer_id: order.backer_id,
    order_id: order.id,
    data: { request_id: id },
  })
  return saved
}

/** Takes an open request back. Refuses one that was answered or withdrawn (`change_request_over`). */
export async function withdrawChangeRequest(
  tx: Tx,
  actor: Actor,
  key: { campaign_id: string; request_id: string },
): Promise<Row<'change_requests'>> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  const { request } = await takeRequest(tx, actor, key)
  const saved = await tx.db
    .updateTable('change_requests')
    .set({ state: 'withdrawn', answered_at: tx.now })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', request.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendEvent(tx, actor, {
    campaign_id: key.campaign_id,
    kind: 'change_request_withdrawn',
    backer_id: request.backer_id,
    order_id: request.order_id,
    data: { request_id: request.id },
  })
  return saved
}

/** Takes an open request and its order until the transaction ends, the order first, as every other change of an order does. */
export async function takeRequest(
  tx: Tx,
  actor: Actor,
  key: { campaign_id: string; request_id: string },
): Promise<{ request: Row<'change_requests'>; order: Row<'orders'> }> {
  const found = await findRow(tx.db, key)
  mayActFor(actor, found.backer_id)
  const order = await takeOrder(tx, { campaign_id: key.campaign_id, order_id: found.order_id })
  const request = await takeOpenRequest(tx, key)
  return { request, order }
}

/** The half of it that makes "approve" and "withdraw" exclude each other: the row is locked, and its state read under the lock. */
async function takeOpenRequest(tx: Tx, key: { campaign_id: string; request_id: string }): Promise<Row<'change_requests'>> {
  const request = await tx.db
    .selectFrom('change_requests')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.request_id)
    .forUpdate()
    .executeTakeFirst()
  if (!request) throw notFound('change request')
  if (request.state !== 'open') {
    throw new DomainError('change_request_over', 'This request was answered or withdrawn already.', {
      details: { state: request.state },
    })
  }
  return request
}

async function findRow(db: Db, key: { campaign_id: string; request_id: string }): Promise<Row<'change_requests'>> {
  const row = await db
    .selectFrom('change_requests')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.request_id)
    .executeTakeFirst()
  if (!row) throw notFound('change request')
  return row
}

/** A request is for an address that is final and has not left; before, the backer changes it; after, nobody can. */
function refuseUnlessFinal(order: Row<'orders'>): void {
  if (order.status === 'ready_to_ship') return
  if (BACKER_MAY_CHANGE[order.status].address) {
    throw new DomainError('change_directly', 'The address is not final yet: change it yourself, no request is needed.', {
      details: { status: order.status, version: order.version },
    })
  }
  refuseChange(order, 'address')
}

/** The refusal of another price than the one agreed to, with both. */
function priceChanged({ balance_before, balance_after, shipping_before, shipping_after }: AddressPreview): DomainError {
  return new DomainError('price_changed', 'This address changes the price. Agree to the new balance to ask for it.', {
    details: { balance_before, balance_after, shipping_before, shipping_after },
  })
}
