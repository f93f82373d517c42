import { sql } from 'kysely'
import { conditionsOf, leftOutCode } from '../orders/conditions.ts'
import { type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'

/**
 * After a finalize over `selection`: mails the backers of the orders it left behind because their address does not pass. Occasion: the
 * order's version, so that a second finalize mails nobody again while nothing has changed. Answers how many were queued.
 */
export async function mailInvalidAddresses(
  tx: Tx,
  actor: Actor,
  { campaign_id, selection }: { campaign_id: string; selection: Selection },
): Promise<number> {
  const code = leftOutCode(conditionsOf('finalize_address'), { now: tx.now, actor: actor.kind })
  const result = await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select o.campaign_id, gen_random_uuid(), 'address_invalid', o.backer_id, o.id || ':' || o.version,
      jsonb_build_object('order_id', o.id), 'queued', ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from orders o
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    join campaigns c on c.id = o.campaign_id
    where o.campaign_id = ${campaign_id} and o.status = 'paid' and ${selectionCondition(selection)} and ${code} = 'address_invalid'
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  const queued = Number(result.numAffectedRows ?? 0)
  if (queued > 0) await tx.enqueue({ job: 'deliver_messages' })
  return queued
}
