import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { refusalOfChange } from '../orders/lifecycle.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { findSurvey, type SurveyFile } from '../surveys/drafts.ts'
import type { GatewayCard } from './gateway.ts'
import { startCharge } from './start-charge.ts'

export interface SaveCardInput extends BackerKey {
  /** our id of the session that brought it */
  session_id: string
  /** the customer it was saved with at the gateway, as the session read back says */
  customer: string
  /** the campaign's metadata as it came back: names whose card it is */
  metadata: Record<string, string>
  card: GatewayCard
}

/** What became of a card that somebody entered. */
export interface SavedCard {
  /** null: it was not kept, and `refusal` says why */
  payment_method_id: string | null
  /** the charge that began with it: only on an errored order */
  charge: Row<'payment_attempts'> | null
  /** why it was not kept, or why it was kept and is not charged now; null where there is nothing to say */
  refusal: string | null
}

/**
 * The one writer of a new payment method. Guarantees: a session brings one card, however often and by whom it is read back; the card is the
 * backer's own (the gateway's customer and metadata say so); it takes the place of the older ones; an order gets a version and an event; an
 * errored order is charged at once, in the same transaction, and a refusal of that charge does not undo the saving. Where the order's
 * status does not allow another card, or the pledge was withdrawn, the card is not kept and the session is closed. Null: the session was
 * settled before.
 */
export async function saveCard(tx: Tx, actor: Actor, input: SaveCardInput): Promise<SavedCard | null> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  mayActFor(actor, input.backer_id)
  // The backer's row first, as every command on a survey takes it: confirming and saving a card see each other.
  const file = await findSurvey(tx.db, input, 'for update')
  const session = await takeSession(tx, input)
  if (session.state !== 'open') return null
  const refusal = (await isForeign(tx, session, input)) ? 'card_not_yours' : refusalOf(file)
  if (refusal) {
    await closeSession(tx, session, null)
    return { payment_method_id: null, charge: null, refusal }
  }
  const id = newId()
  const { gateway_id, brand, last4, exp_month, exp_year, country, fingerprint } = input.card
  await tx.db
    .insertInto('payment_methods')
    .values({
      campaign_id: input.campaign_id,
      id,
      backer_id: input.backer_id,
      gateway_account: session.gateway_account,
      gateway_customer: input.customer,
      mode: campaign.mode,
      gateway_id,
      brand,
      last4,
      exp_month,
      exp_year,
      country,
      fingerprint,
      state: 'usable',
      card_session_id: session.id,
      created_at: tx.now,
    })
    .execute()
  await closeSession(tx, session, id)
  if (file.order) await putOnOrder(tx, actor, file.order, { id, brand, last4 })
  else await tellOfBacker(tx, actor, input, { payment_method_id: id, brand, last4 })
  await replaceOthers(tx, input, id)
  const charged = file.order?.status === 'errored' ? await chargeAtOnce(tx, actor, file.order) : { charge: null, refusal: null }
  return { payment_method_id: id, ...charged }
}

async function takeSession(tx: Tx, { campaign_id, backer_id, session_id }: SaveCardInput): Promise<Row<'card_sessions'>> {
  const session = await tx.db
    .selectFrom('card_sessions')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', session_id)
    .where('backer_id', '=', backer_id)
    .forUpdate()
    .executeTakeFirst()
  if (!session) throw notFound('card session')
  return session
}

/** Whether what was read back names another backer, or a customer that is not theirs. */
async function isForeign(tx: Tx, session: Row<'card_sessions'>, input: SaveCardInput): Promise<boolean> {
  const { metadata, campaign_id, backer_id } = input
  if (metadata.afterfund_campaign !== campaign_id || metadata.afterfund_backer !== backer_id) return true
  const customer = await tx.db
    .selectFrom('gateway_customers')
    .select('gateway_id')
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('gateway_account', '=', session.gateway_account)
    .executeTakeFirst()
  return customer?.gateway_id !== input.customer
}

function refusalOf({ order, backer }: SurveyFile): string | null {
  if (order) return refusalOfChange(order.status, 'payment_method')
  return backer.survey === 'withdrawn' ? 'pledge_withdrawn' : null
}

async function closeSession(tx: Tx, session: Row<'card_sessions'>, payment_method_id: string | null): Promise<void> {
  await tx.db
    .updateTable('card_sessions')
    .set({ state: 'complete', payment_method_id, check_at: null, updated_at: tx.now })
    .where('campaign_id', '=', session.campaign_id)
    .where('id', '=', session.id)
    .execute()
}

interface ToldCard {
  id: string
  brand: string
  last4: string
}

/** The order's row is held by now, so its status and version are those that were read. */
async function putOnOrder(tx: Tx, actor: Actor, order: Row<'orders'>, { id, brand, last4 }: ToldCard): Promise<void> {
  const version = order.version + 1
  await tx.db
    .updateTable('orders')
    .set({ payment_method_id: id, version, updated_at: tx.now })
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .executeTakeFirstOrThrow()
  await appendEvent(tx, actor, {
    campaign_id: order.campaign_id,
    kind: 'payment_method_changed',
    backer_id: order.backer_id,
    order_id: order.id,
    order_version: version,
    from_status: order.status,
    to_status: order.status,
    data: { payment_method_id: id, brand, last4 },
  })
}

async function tellOfBacker(tx: Tx, actor: Actor, key: BackerKey, data: Record<string, string>): Promise<void> {
  await appendEvent(tx, actor, { campaign_id: key.campaign_id, kind: 'card_saved', backer_id: key.backer_id, data })
}

/** An attempt that is under way keeps the card it began with; nothing new is charged on it. The worker takes it from the gateway. */
async function replaceOthers(tx: Tx, { campaign_id, backer_id }: BackerKey, id: string): Promise<void> {
  await tx.db
    .updateTable('payment_methods')
    .set({ state: 'replaced', detach_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('state', '=', 'usable')
    .where('id', '<>', id)
    .execute()
}

async function chargeAtOnce(tx: Tx, actor: Actor, order: Row<'orders'>): Promise<Pick<SavedCard, 'charge' | 'refusal'>> {
  try {
    return { charge: await startCharge(tx, actor, { campaign_id: order.campaign_id, order_id: order.id }), refusal: null }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { charge: null, refusal: error.code }
  }
}
