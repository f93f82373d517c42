import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { Actor } from './actor.ts'
import type { Tx } from './tx.ts'

/** What happened. Transitions of orders write their own name (lifecycle.ts); these are the rest. */
export const EVENT_KINDS = [
  // of an order, each one version
  'order_changed',
  'address_changed',
  'pledge_changed',
  'payment_method_changed',
  'held',
  'released',
  'settled_outside',
  'noticed',
  'notice_withdrawn',
  'left_open_by_notice',
  'address_accepted',
  'charge_refused',
  'charge_booked_late',
  'payment_adopted',
  'bank_asked',
  'shipment_changed',
  'price_reduced',
  'paid_back_outside',
  'refund_started',
  'refund_accepted',
  'refund_refused',
  'refund_failed',
  'refund_adopted',
  'refunded_elsewhere',
  'disputed',
  'dispute_over',
  'dispute_lost',
  'discrepancy_settled',
  // of a backer
  'backer_imported',
  'backer_corrected',
  'link_shown',
  'link_resent',
  'link_revoked',
  'survey_sent',
  'survey_reminded',
  'payment_method_asked',
  'survey_viewed_by_staff',
  'note_saved',
  'pledge_withdrawn',
  'pledge_decided',
  'mail_bounced',
  'card_saved',
  'card_renewed',
  'card_detached',
  'remind_on_named',
  'remind_on_withdrawn',
  'payment_reminded',
  'change_requested',
  'change_request_answered',
  'change_request_withdrawn',
  // of the campaign
  'campaign_created',
  'campaign_changed',
  'prices_saved',
  'import_applied',
  'lines_exported',
  'ready_orders_exported',
  'charge_run_started',
  'charge_run_paused',
  'charge_run_resumed',
  'charge_run_stopped',
  'charge_run_done',
  'stock_counted',
  'tracking_mails_sent',
  'payment_reminders_asked',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export interface NewEvent {
  campaign_id: string
  kind: EventKind | string
  backer_id?: string | null
  order_id?: string | null
  /** the version the order has after this event; each version has exactly one */
  order_version?: number | null
  from_status?: string | null
  to_status?: string | null
  code?: string | null
  /** staff's words; stored apart, so that a person can be erased without touching events */
  reason?: string | null
  operation_id?: string | null
  /** ids, amounts, codes and field names; never a name, mail or address */
  data?: Record<string, unknown>
}

/** Appends one event. */
export async function appendEvent(tx: Tx, actor: Actor, event: NewEvent): Promise<void> {
  const reason_id = await saveReason(tx, event.campaign_id, event.reason)
  await tx.db
    .insertInto('events')
    .values({
      campaign_id: event.campaign_id,
      kind: event.kind,
      backer_id: event.backer_id ?? null,
      order_id: event.order_id ?? null,
      order_version: event.order_version ?? null,
      from_status: event.from_status ?? null,
      to_status: event.to_status ?? null,
      actor_kind: actor.kind,
      actor_id: actor.id,
      code: event.code ?? null,
      reason_id,
      operation_id: event.operation_id ?? null,
      data: JSON.stringify(event.data ?? {}),
      at: tx.now,
    })
    .execute()
}

/** Stores staff's words and answers their id; null for none. */
export async function saveReason(tx: Tx, campaign_id: string, text: string | null | undefined): Promise<string | null> {
  if (!text?.trim()) return null
  const id = newId()
  await tx.db.insertInto('event_reasons').values({ campaign_id, id, text: text.trim() }).execute()
  return id
}

/** A jsonb parameter. */
export function jsonb(value: unknown) {
  return sql<never>`${JSON.stringify(value)}::jsonb`
}
