import { type RawBuilder, sql } from 'kysely'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import { SYSTEM } from '../shared/actor.ts'
import type { Db, Tx } from '../shared/tx.ts'

export interface ClosedBy {
  campaign_id: string
  operation_id: string
  /** the transition that ends every open request of the orders it moved */
  event_kind: 'ship' | 'cancel'
  code: 'already_shipped' | 'order_canceled'
}

/**
 * Closes the open change requests of the orders that an operation shipped or canceled: declined by the program itself, with the code of
 * why. Guarantees: one event each; a backer whose order has shipped is mailed the answer; one whose order was canceled has that mail.
 */
export async function closeRequestsOfOperation(tx: Tx, closed: ClosedBy): Promise<void> {
  const { campaign_id, operation_id } = closed
  const { rows } = await sql<{ id: string }>`with closed as (
      update change_requests q set state = 'declined', code = ${closed.code}, answered_at = ${tx.now}
      from events e
      where q.campaign_id = ${campaign_id} and q.state = 'open' and e.campaign_id = ${campaign_id}
        and e.operation_id = ${operation_id} and e.kind = ${closed.event_kind} and e.order_id = q.order_id
      returning q.id, q.order_id, q.backer_id
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, actor_kind, actor_id, code, operation_id, data, at)
      select ${campaign_id}::uuid, 'change_request_answered', c.backer_id, c.order_id, ${SYSTEM.kind}, null, ${closed.code}::text,
        ${operation_id}::uuid, jsonb_build_object('request_id', c.id, 'decision', 'decline'), ${tx.now}::timestamptz
      from closed c
    ) select id from closed`.execute(tx.db)
  if (rows.length === 0 || closed.event_kind === 'cancel') return
  await mailClosed(
    tx,
    campaign_id,
    rows.map(({ id }) => id),
  )
}

async function mailClosed(tx: Tx, campaign_id: string, ids: string[]): Promise<void> {
  await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select q.campaign_id, gen_random_uuid(), 'change_request_answered', q.backer_id, q.id::text,
      jsonb_build_object('request_id', q.id, 'order_id', q.order_id, 'decision', 'decline', 'code', q.code), 'queued',
      ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from change_requests q where q.campaign_id = ${campaign_id} and q.id = any(${ids}::uuid[])
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  await tx.enqueue({ job: 'deliver_messages' })
}

/** How many orders of a selection are ready to ship while their backers wait for the answer to a change request. */
export async function countWaitingRequests(db: Db, campaign_id: string, selection: Selection): Promise<number> {
  const condition: RawBuilder<boolean> = selectionCondition(selection)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from change_requests q
    join orders o on o.campaign_id = q.campaign_id and o.id = q.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where q.campaign_id = ${campaign_id} and q.state = 'open' and o.status = 'ready_to_ship' and ${condition}`.execute(db)
  return rows[0]?.count ?? 0
}
