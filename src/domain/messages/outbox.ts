import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { SYSTEM } from '../shared/actor.ts'
import { appendEvent, jsonb } from '../shared/events.ts'
import type { Db, Tx } from '../shared/tx.ts'

/*
 * The outbox: rows of `messages`, taken under a lease. A worker that dies in the middle leaves the row `sending`; when the lease is over
 * another one sends it again under the same Message-ID.
 */

export type Message = Row<'messages'>

/** Longer than any call to the mail server may take. */
export const LEASE_MS = 90_000
/** A mail that the server puts off is given up after so many tries, which is about four hours. */
export const MAX_TRIES = 10
const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 60 * 60_000

/** Due, and in nobody's hands. Alias `m`. */
const isDue = (now: Date) => sql<boolean>`m.state in ('queued', 'sending') and m.due_at <= ${now}
  and (m.leased_until is null or m.leased_until <= ${now})`

/**
 * The campaigns that have mails to send at `now`: what the worker scans for; none while the mail server is out of reach. One look into the
 * index for each campaign, however many mails wait.
 */
export async function findCampaignsWithMail(db: Db, now: Date): Promise<string[]> {
  if (await findMailPause(db, now)) return []
  const { rows } = await sql<{ campaign_id: string }>`select c.id as campaign_id from campaigns c
    where (select m.id from messages m where m.campaign_id = c.id and ${isDue(now)} order by m.urgent desc, m.due_at, m.id limit 1) is not null`.execute(
    db,
  )
  return rows.map((row) => row.campaign_id)
}

/** Whether a mail could be sent now, or is on its way in some process. */
export async function hasMailUnderWay(db: Db, now: Date): Promise<boolean> {
  if ((await findCampaignsWithMail(db, now)).length > 0) return true
  const { rows } = await sql`select 1 from messages m where m.state = 'sending' and m.leased_until > ${now} limit 1`.execute(db)
  return rows.length > 0
}

/** Takes up to `limit` due mails of a campaign under a lease: those about one backer first, then the longest due. No two workers get the same one. */
export async function claimMessages(db: Db, campaign_id: string, now: Date, limit: number): Promise<Message[]> {
  const until = new Date(now.getTime() + LEASE_MS)
  const { rows } = await sql<Message>`with due as (
      select m.id from messages m
      where m.campaign_id = ${campaign_id} and ${isDue(now)}
      order by m.urgent desc, m.due_at, m.id limit ${sql.lit(limit)} for update skip locked
    )
    update messages m set state = 'sending', leased_until = ${until}, tries = m.tries + 1
    from due where m.campaign_id = ${campaign_id} and m.id = due.id
    returning m.*`.execute(db)
  return rows
}

/** How long to wait after so many tries. */
export function waitAfter(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1))
}

type End =
  | { state: 'sent'; kept: unknown }
  | { state: 'failed' | 'suppressed'; error: string }
  /** `uncounted`: the server was not reached, so this was no try */
  | { state: 'queued'; error: string; due_at: Date; uncounted?: boolean }

/** Records how a try ended. A lease that was lost meanwhile records nothing: the one who holds it now will. */
export async function endTry(db: Db, message: Message, now: Date, end: End): Promise<void> {
  await db
    .updateTable('messages')
    .set({
      state: end.state,
      leased_until: null,
      error: end.state === 'sent' ? null : end.error,
      ...(end.state === 'sent' ? { sent_at: now, kept: end.kept === null ? null : jsonb(end.kept) } : {}),
      ...(end.state === 'queued' ? { due_at: end.due_at, tries: message.tries - (end.uncounted ? 1 : 0) } : {}),
    })
    .where('campaign_id', '=', message.campaign_id)
    .where('id', '=', message.id)
    .where('state', '=', 'sending')
    .where('leased_until', '=', message.leased_until)
    .execute()
}

/**
 * The server says that there is no such address: the mail is over, and nothing more is mailed to that address until it is corrected.
 * An address that was corrected while the mail was on its way is not marked.
 */
export async function recordBounce(
  tx: Tx,
  message: Message,
  bounced: { to: string; answer: string; code: number },
): Promise<void> {
  await tx.db
    .updateTable('messages')
    .set({ state: 'bounced', leased_until: null, error: bounced.answer })
    .where('campaign_id', '=', message.campaign_id)
    .where('id', '=', message.id)
    .execute()
  const marked = await tx.db
    .updateTable('backers')
    .set((eb) => ({ email_state: 'bounced' as const, version: eb('version', '+', 1), updated_at: tx.now }))
    .where('campaign_id', '=', message.campaign_id)
    .where('id', '=', message.backer_id)
    .where('email', '=', bounced.to)
    .where('email_state', '<>', 'bounced')
    .executeTakeFirst()
  if (Number(marked.numUpdatedRows) === 0) return
  await appendEvent(tx, SYSTEM, {
    campaign_id: message.campaign_id,
    kind: 'mail_bounced',
    backer_id: message.backer_id,
    data: { message_id: message.id, kind: message.kind, smtp_code: bounced.code },
  })
}

const pauseKey = 'mail_pause'

/** Since when nothing leaves, because the mail server is out of reach or takes nothing from us. */
export interface MailPause {
  until: Date
  reason: string
}

/** The pause that holds at `now`, or null. */
export async function findMailPause(db: Db, now: Date): Promise<MailPause | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', pauseKey).executeTakeFirst()
  const value = row?.value as { until: string; reason: string } | undefined
  const until = value ? new Date(value.until) : null
  return value && until && until > now ? { until, reason: value.reason } : null
}

/** The mail server cannot be reached: all mails of all campaigns wait, so that none uses up its tries on a server that is down. */
export async function pauseMail(db: Db, pause: MailPause): Promise<void> {
  const value = JSON.stringify({ until: pause.until.toISOString(), reason: pause.reason })
  await sql`insert into settings (key, value) values (${pauseKey}, ${value}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(db)
}
