import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { Db } from '../shared/tx.ts'

export type GatewayEvent = Row<'gateway_events'>

/** After so many tries it waits so long for the next one. */
const WAITS_MS = [10_000, 30_000, 60_000, 2 * 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000]
/** A gateway that is away is asked every minute: once for all that waits, so it does not matter how much that is. */
const SILENT_WAITS_MS = WAITS_MS.slice(0, 3)
/** As long as the gateway itself sends an event again. */
const GIVEN_UP_AFTER_MS = 3 * 24 * 3_600_000
const KEPT_MS = 30 * 24 * 3_600_000

/**
 * Ends those that tell nothing new, without asking anybody: the books have that payment as taken, or it is over and they do not tell that it was
 * taken. What a run charges is told back by the gateway payment by payment; reading each would double the calls. Answers how many.
 */
export async function endKnownEvents(db: Db, now: Date): Promise<number> {
  const ended = await sql`update gateway_events e set state = 'done', code = 'known', handled_at = ${now}, next_try_at = null
    from payment_attempts a
    where e.state = 'received' and e.next_try_at <= ${now} and e.type like 'payment\\_intent.%' and a.payment = e.object_id
      and ((a.state = 'succeeded' and a.is_booked)
        or (a.state in ('declined', 'refused') and e.type in ('payment_intent.payment_failed', 'payment_intent.processing',
          'payment_intent.requires_action')))`.execute(db)
  return Number(ended.numAffectedRows ?? 0)
}

/** Whether the worker has something to do with events at `now`. */
export async function hasDueEvents(db: Db, now: Date): Promise<boolean> {
  const { rows } = await sql`select 1 from gateway_events where state = 'received' and next_try_at <= ${now} limit 1`.execute(db)
  return rows.length > 0
}

/** Takes the events that wait longest, for `lease_ms`: a worker that dies leaves them to the next. No two workers get the same one. */
export async function takeEvents(db: Db, now: Date, take: { limit: number; lease_ms: number }): Promise<GatewayEvent[]> {
  const { rows } = await sql<GatewayEvent>`with due as (
      select id from gateway_events where state = 'received' and next_try_at <= ${now}
      order by received_at, id limit ${take.limit} for update skip locked
    )
    update gateway_events e set tries = e.tries + 1, next_try_at = ${new Date(now.getTime() + take.lease_ms)}
    from due where e.id = due.id returning e.*`.execute(db)
  return rows
}

/** Notes that these are done; `code`: why nothing was done with them. */
export async function endEvents(db: Db, events: readonly GatewayEvent[], now: Date, code: string | null): Promise<void> {
  await db
    .updateTable('gateway_events')
    .set({ state: 'done', code, handled_at: now, next_try_at: null })
    .where(
      'id',
      'in',
      events.map(({ id }) => id),
    )
    .where('state', '=', 'received')
    .execute()
}

/** Puts these off, longer each time; after three days they are given up, and shown. */
export async function putOffEvents(
  db: Db,
  events: readonly GatewayEvent[],
  now: Date,
  { code, isSilent }: { code: string; isSilent: boolean },
): Promise<void> {
  const waits = isSilent ? SILENT_WAITS_MS : WAITS_MS
  for (const { id, tries, received_at } of events) {
    const isGivenUp = now.getTime() - received_at.getTime() >= GIVEN_UP_AFTER_MS
    const wait = waits[Math.min(tries, waits.length) - 1] ?? 0
    await db
      .updateTable('gateway_events')
      .set(
        isGivenUp
          ? { state: 'failed', code, handled_at: now, next_try_at: null }
          : { code, next_try_at: new Date(now.getTime() + wait) },
      )
      .where('id', '=', id)
      .where('state', '=', 'received')
      .execute()
  }
}

/** Gives back those that were taken and not tried, because the one before them was not answered: that was no try of theirs. */
export async function returnEvents(db: Db, events: readonly GatewayEvent[], now: Date): Promise<void> {
  if (events.length === 0) return
  await sql`update gateway_events set tries = tries - 1, next_try_at = ${new Date(now.getTime() + (WAITS_MS[0] ?? 0))}
    where id = any(${events.map(({ id }) => id)}::text[]) and state = 'received'`.execute(db)
}

/** Takes away what has been over for 30 days. */
export async function forgetOldEvents(db: Db, now: Date): Promise<void> {
  await sql`delete from gateway_events where state <> 'received' and handled_at < ${new Date(now.getTime() - KEPT_MS)}`.execute(
    db,
  )
}
