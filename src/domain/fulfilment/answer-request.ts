import type { Row } from '../../db/types.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { type AddressPreview, changeAddress, previewAddress } from '../orders/change-address.ts'
import { takeOrder } from '../orders/find-order.ts'
import type { CarriedTransition } from '../orders/lifecycle.ts'
import { moveOrders } from '../orders/move-orders.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import type { Address } from '../shipping/address.ts'
import { mailInvalidAddresses } from './address-mails.ts'
import { takeRequest } from './change-requests.ts'

export interface AnswerInput {
  campaign_id: string
  request_id: string
  decision: 'approve' | 'decline'
  /** staff's words to the backer */
  answer?: string | undefined
  /** with approve: staff say that the unusual postcode or phone is right as it is */
  address_accepted?: boolean | undefined
}

export interface AnswerPreview extends AddressPreview {
  /** what the backer agreed to; another balance_after is refused */
  agreed_balance: number
  price_changed: boolean
  /** where the order stands once approved */
  leads_to: Row<'orders'>['status']
}

/** What approving a request would do now. Changes nothing. */
export async function previewAnswer(
  db: Db,
  actor: Actor,
  key: { campaign_id: string; request_id: string },
): Promise<AnswerPreview> {
  await ownCampaign(db, actor, key.campaign_id)
  staffOnly(actor)
  const request = await db
    .selectFrom('change_requests as q')
    .innerJoin('orders as o', (join) => join.onRef('o.campaign_id', '=', 'q.campaign_id').onRef('o.id', '=', 'q.order_id'))
    .select(['q.order_id', 'q.address', 'q.address_accepted', 'q.agreed_balance', 'o.status', 'o.held_at'])
    .where('q.campaign_id', '=', key.campaign_id)
    .where('q.id', '=', key.request_id)
    .executeTakeFirst()
  if (!request) throw notFound('change request')
  const { order_id, agreed_balance, status } = request
  const preview = await previewAddress(db, actor, { campaign_id: key.campaign_id, order_id, address: request.address as Address })
  const isFinal = status === 'ready_to_ship'
  const qualifies = isFinal && request.held_at === null && (preview.warnings.length === 0 || request.address_accepted)
  const paid = status === 'paid' || isFinal
  const leads_to = !paid ? status : preview.balance_after > 0 ? 'locked' : qualifies ? 'ready_to_ship' : 'paid'
  return { ...preview, agreed_balance, price_changed: differsFromAgreed(preview, agreed_balance), leads_to }
}

/**
 * Answers an open change request. *Approve*, in one transaction: the address is reopened, changed with the balance the backer agreed to,
 * and finalized again where it still qualifies; else the order stays paid, or locked where it owes again (its backer is mailed how much).
 * *Decline*: nothing changes. Both: one event, and a mail with staff's words. Refuses a request that is over (`change_request_over`), and
 * an approval at another price than the one agreed to (`price_changed` with both).
 */
export async function answerChangeRequest(tx: Tx, actor: Actor, input: AnswerInput): Promise<Row<'change_requests'>> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const { request, order } = await takeRequest(tx, actor, input)
  if (input.decision === 'approve') await carryOutRequest(tx, actor, { request, order, input })
  const saved = await tx.db
    .updateTable('change_requests')
    .set({
      state: input.decision === 'approve' ? 'approved' : 'declined',
      answer: (input.answer ?? '').trim(),
      answered_by: actor.id,
      answered_at: tx.now,
    })
    .where('campaign_id', '=', input.campaign_id)
    .where('id', '=', request.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendEvent(tx, actor, {
    campaign_id: input.campaign_id,
    kind: 'change_request_answered',
    backer_id: request.backer_id,
    order_id: request.order_id,
    reason: input.answer ?? null,
    data: { request_id: request.id, decision: input.decision },
  })
  await queueMessage(tx, {
    campaign_id: input.campaign_id,
    backer_id: request.backer_id,
    kind: 'change_request_answered',
    occasion: request.id,
    data: { request_id: request.id, order_id: request.order_id, decision: input.decision },
  })
  return saved
}

async function carryOutRequest(
  tx: Tx,
  actor: Actor,
  { request, order, input }: { request: Row<'change_requests'>; order: Row<'orders'>; input: AnswerInput },
): Promise<void> {
  const key = { campaign_id: input.campaign_id, order_id: order.id }
  const address = request.address as Address
  const preview = await previewAddress(tx.db, actor, { ...key, address })
  if (differsFromAgreed(preview, request.agreed_balance)) throw priceOverrun(preview, request.agreed_balance)
  const wasFinal = order.status === 'ready_to_ship'
  if (wasFinal) await moveOne(tx, actor, key, 'reopen_address')
  await changeAddress(tx, actor, {
    ...key,
    address,
    address_accepted: request.address_accepted || (input.address_accepted ?? false),
    agreed_balance: preview.balance_after,
    is_answer: true,
  })
  const changed = await takeOrder(tx, key)
  if (!wasFinal || changed.status !== 'paid') return
  const selection = { ids: [order.id] }
  const { moved } = await moveOrders(tx, actor, {
    campaign_id: key.campaign_id,
    name: 'finalize_address',
    selection,
    operation_id: null,
    reason_id: null,
    code: 'change_request',
  })
  if (moved === 0) await mailInvalidAddresses(tx, actor, { campaign_id: key.campaign_id, selection })
}

async function moveOne(
  tx: Tx,
  actor: Actor,
  { campaign_id, order_id }: { campaign_id: string; order_id: string },
  name: CarriedTransition,
): Promise<void> {
  const { moved, left } = await moveOrders(tx, actor, {
    campaign_id,
    name,
    selection: { ids: [order_id] },
    operation_id: null,
    reason_id: null,
    code: 'change_request',
  })
  if (moved === 0) throw new DomainError(left[0]?.code ?? 'wrong_status', 'The address cannot be reopened now.')
}

/** The price is another than the one agreed to. A balance that moved for other reasons needs no new consent. */
function differsFromAgreed(preview: AddressPreview, agreed_balance: number): boolean {
  return preview.balance_after !== preview.balance_before && preview.balance_after !== agreed_balance
}

function priceOverrun(preview: AddressPreview, agreed_balance: number): DomainError {
  const message = 'The price of this address has changed since the backer asked. Decline it; they can ask again at the new price.'
  const { balance_before, balance_after, shipping_before, shipping_after } = preview
  return new DomainError('price_changed', message, {
    details: { balance_before, balance_after, agreed_balance, shipping_before, shipping_after },
  })
}
