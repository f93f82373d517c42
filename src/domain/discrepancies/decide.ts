import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { type LeftOut, toResult } from '../operations/result.ts'
import { takeOrder } from '../orders/find-order.ts'
import { moveOrders } from '../orders/move-orders.ts'
import { findAttemptUnderWay } from '../payments/attempts.ts'
import { bookOnOrder } from '../refunds/book-on-order.ts'
import type { Actor } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import { appendEvent, saveReason } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { requireReason } from '../shared/reason.ts'
import type { Tx } from '../shared/tx.ts'
import { bookingOf, DECISIONS, type Resolution } from './decisions.ts'
import type { DiscrepancyKind } from './kinds.ts'

export interface DecideInput {
  campaign_id: string
  /** discrepancies, of one kind or of several that the decision fits */
  ids: readonly string[]
  resolution: Resolution
  reason: string
}

export interface Decided {
  settled: number
  /** those that stay open, by reason */
  left: LeftOut[]
}

type Discrepancy = Row<'discrepancies'> & { kind: DiscrepancyKind }

/**
 * Decides about discrepancies, one after the other under its order's row: what waits outside the balance is owed again, kept as credit or
 * settled outside, or it is noted. Guarantees: each is decided once; one event and one ledger transaction of the order; the hold that it
 * brought ends with the last open one of its order; a paid order that owes again is locked, and its backer is mailed. Answers who is left
 * out, and why: `already_decided`, `decision_unfit` for its kind, and where the order would owe again `order_canceled`, `reopen_first`,
 * `already_shipped`, `charge_in_progress`. Refuses: no reason given (`reason_missing`); 404 for what is not of this campaign.
 */
export async function decideDiscrepancies(tx: Tx, actor: Actor, input: DecideInput): Promise<Decided> {
  await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  const reason = requireReason(input.reason)
  const ids = [...new Set(input.ids)]
  // In the order of their orders, as everything that takes several does: two that decide at once never wait for each other.
  const { rows } = await sql<Pick<Discrepancy, 'id' | 'order_id'>>`select id, order_id from discrepancies
    where campaign_id = ${input.campaign_id} and id = any(${ids}::uuid[]) order by order_id, id`.execute(tx.db)
  if (rows.length < ids.length) throw notFound('discrepancy')
  const reason_id = await saveReason(tx, input.campaign_id, reason)
  const codes = new Map<string, string[]>()
  for (const { id, order_id } of rows) {
    const code = (await decideOne(tx, actor, { ...input, id, order_id, reason, reason_id })) ?? 'moved'
    codes.set(code, [...(codes.get(code) ?? []), id])
  }
  const { moved, left } = toResult(
    [...codes].map(([code, list]) => ({ code, count: list.length, sample_ids: code === 'moved' ? [] : list.slice(0, 5) })),
  )
  return { settled: moved, left }
}

interface One extends DecideInput {
  id: string
  order_id: string | null
  reason_id: string | null
}

/** Why it cannot be decided like this; null: it is decided. */
async function decideOne(tx: Tx, actor: Actor, one: One): Promise<string | null> {
  const order = one.order_id === null ? null : await takeOrder(tx, { campaign_id: one.campaign_id, order_id: one.order_id })
  const found = await takeOpen(tx, one)
  if (!found) return 'already_decided'
  if (!DECISIONS[found.kind].includes(one.resolution)) return 'decision_unfit'
  const booking = bookingOf(found.kind, one.resolution, found.amount)
  const code = order && (await whyNotBooked(tx, order, booking.owed ?? 0))
  if (code) return code
  await markSettled(tx, actor, one)
  if (order) await bookDecision(tx, actor, { one, found, order, booking })
  else await appendEvent(tx, actor, { ...eventOf(found, one), campaign_id: one.campaign_id, reason: one.reason })
  return null
}

async function takeOpen(tx: Tx, { campaign_id, id }: One): Promise<Discrepancy | null> {
  const { rows } = await sql<Discrepancy>`select * from discrepancies where campaign_id = ${campaign_id} and id = ${id}
    and state = 'open' for update`.execute(tx.db)
  return rows[0] ?? null
}

/** A change of the balance waits for the attempt under way; and what is canceled, final or gone cannot owe. */
async function whyNotBooked(tx: Tx, order: Row<'orders'>, owed: number): Promise<string | null> {
  if (owed === 0) return null
  if (await findAttemptUnderWay(tx.db, { campaign_id: order.campaign_id, order_id: order.id })) return 'charge_in_progress'
  if (owed < 0) return null
  if (order.status === 'canceled') return 'order_canceled'
  if (order.balance_due + owed <= 0) return null
  if (order.status === 'ready_to_ship') return 'reopen_first'
  return order.status === 'shipped' ? 'already_shipped' : null
}

async function markSettled(tx: Tx, actor: Actor, { campaign_id, id, resolution, reason_id }: One): Promise<void> {
  await tx.db
    .updateTable('discrepancies')
    .set({ state: 'settled', resolution, reason_id, settled_by: actor.id, settled_at: tx.now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .execute()
}

interface Deciding {
  one: One
  found: Discrepancy
  order: Row<'orders'>
  booking: ReturnType<typeof bookingOf>
}

async function bookDecision(tx: Tx, actor: Actor, { one, found, order, booking }: Deciding): Promise<void> {
  const owed = booking.owed ?? 0
  const owesAgain = order.status === 'paid' && order.balance_due + owed > 0
  const event = eventOf(found, one)
  const booked = await bookOnOrder(tx, actor, owesAgain ? await oweAgain(tx, actor, order) : order, {
    ...event,
    ledger: booking,
    ledger_reason: 'discrepancy',
    // The campaign's: a payment in another one is not booked.
    currency: found.currency,
    hold: 'release',
    reason: one.reason,
    data: { ...event.data, balance_change: owed },
  })
  if (owed <= 0 || booked.balance_due <= 0 || booked.status === 'open') return
  await queueMessage(tx, {
    campaign_id: order.campaign_id,
    backer_id: order.backer_id,
    kind: 'owe_again',
    occasion: `${order.id}:${booked.version}`,
    data: {
      order_id: order.id,
      order_version: booked.version,
      balance_due: booked.balance_due,
      code: found.kind,
    },
  })
}

/** *Owe again*: back to locked before the balance is written, since a paid order that owes is refused by the database. */
async function oweAgain(tx: Tx, actor: Actor, { campaign_id, id: order_id }: Row<'orders'>): Promise<Row<'orders'>> {
  const move = { campaign_id, name: 'owe_again' as const, selection: { ids: [order_id] }, operation_id: null, reason_id: null }
  await moveOrders(tx, actor, { ...move, code: 'discrepancy' })
  return await takeOrder(tx, { campaign_id, order_id })
}

function eventOf(found: Discrepancy, { id, resolution }: One) {
  return {
    kind: 'discrepancy_settled' as const,
    code: resolution,
    data: { discrepancy_id: id, discrepancy: found.kind, amount: found.amount, currency: found.currency },
  }
}
