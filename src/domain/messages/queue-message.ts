import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { jsonb } from '../shared/events.ts'
import type { Tx } from '../shared/tx.ts'
import type { MessageKind } from './kinds.ts'

export interface NewMessage {
  campaign_id: string
  backer_id: string
  kind: MessageKind
  /** makes it unique: an order's version, a reminder's number, a notice's id and move */
  occasion: string
  /** ids, amounts, codes and dates for rendering; never text of a person */
  data?: Record<string, unknown>
}

/**
 * Writes one mail into the outbox with the change that causes it. A second one for the same occasion is not written. It is about this one
 * backer, so it leaves before those of a mailing to many.
 */
export async function queueMessage(tx: Tx, message: NewMessage): Promise<void> {
  await queueMessages(tx, [message])
}

/** The same for several at once: one statement. */
export async function queueMessages(tx: Tx, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return
  await tx.db
    .insertInto('messages')
    .values(
      messages.map(({ data, ...message }) => ({
        ...message,
        id: newId(),
        data: JSON.stringify(data ?? {}),
        state: 'queued' as const,
        urgent: true,
        due_at: tx.now,
        created_at: tx.now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['campaign_id', 'kind', 'backer_id', 'occasion']).doNothing())
    .execute()
  await tx.enqueue({ job: 'deliver_messages' })
}

/** One mail for each order that an operation moved, in one statement. Occasion: the operation. Answers how many. */
export async function queueMessagesOfOperation(
  tx: Tx,
  input: { campaign_id: string; operation_id: string; event_kind: string; kind: MessageKind; data?: Record<string, unknown> },
): Promise<number> {
  const result = await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select e.campaign_id, gen_random_uuid(), ${input.kind}, e.backer_id, ${input.operation_id}::text, ${jsonb(input.data ?? {})},
      'queued', ${tx.now}, ${tx.now}
    from events e
    where e.campaign_id = ${input.campaign_id} and e.operation_id = ${input.operation_id}::uuid and e.kind = ${input.event_kind}
      and e.backer_id is not null
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  await tx.enqueue({ job: 'deliver_messages' })
  return Number(result.numAffectedRows ?? 0)
}
