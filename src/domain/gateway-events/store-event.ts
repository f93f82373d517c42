import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'

export interface ToldEvent {
  id: string
  type: string
  /** what to read afresh */
  object: { kind: string; id: string }
}

/** An answer to a call of ours is on its way to us as well: what the books know by then costs no reading. */
const OWN_ANSWER_MS = 10_000

/**
 * Keeps what the gateway told, for the worker: once, however often it comes. One that was given up is taken up again when it is sent again. Nothing
 * of its content is kept but which object it is about.
 */
export async function storeEvent(db: Db, { id, type, object }: ToldEvent, now: Date): Promise<void> {
  const wait = isOfCharge(type) ? OWN_ANSWER_MS : 0
  await sql`insert into gateway_events (id, type, object_kind, object_id, state, next_try_at, received_at)
    values (${id}, ${type}, ${object.kind}, ${object.id}, 'received', ${new Date(now.getTime() + wait)}, ${now})
    on conflict (id) do update set state = 'received', code = null, tries = 0, next_try_at = ${now}, received_at = ${now}, handled_at = null
      where gateway_events.state = 'failed'`.execute(db)
}

function isOfCharge(type: string): boolean {
  return type.startsWith('payment_intent.')
}
