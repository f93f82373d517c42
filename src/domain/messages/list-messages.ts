import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { isId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid, notFound } from '../shared/errors.ts'
import { cutPage, type Page, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import type { MessageKind } from './kinds.ts'

export const MESSAGE_STATES = ['queued', 'sending', 'sent', 'failed', 'bounced', 'suppressed'] as const
export type MessageState = (typeof MESSAGE_STATES)[number]

/** One mail of a campaign. `to` is the backer's address now, or the one it went to where the mailbox kept it. */
export interface MessageRow {
  id: string
  kind: MessageKind
  backer_id: string
  backer_name: string
  to: string
  state: MessageState
  /** when it was sent, else when it was queued */
  at: Date
  due_at: Date
  tries: number
  /** the server's answer, or the code why it was not sent */
  error: string | null
  /** only where the mailbox keeps mails */
  subject: string | null
}

/** A mail with its text, which only the mailbox of demo and test campaigns keeps. */
export interface MailboxMail extends MessageRow {
  text: string | null
  html: string | null
}

export interface MessageListInput {
  kind?: MessageKind | undefined
  state?: MessageState | undefined
  backer_id?: string | undefined
  /** words in address, name or subject */
  q?: string | undefined
  cursor?: string | undefined
  limit?: number | undefined
}

const ROW = sql`m.id, m.kind, m.backer_id, b.name as backer_name, coalesce(m.kept->>'to', b.email) as "to", m.state,
  coalesce(m.sent_at, m.created_at) as at, m.due_at, m.tries, m.error, m.kept->>'subject' as subject, m.created_at::text as created`
const FROM = sql`from messages m join backers b on b.campaign_id = m.campaign_id and b.id = m.backer_id`

/** One page of a campaign's mails, newest first. The caller has checked whose campaign it is. */
export async function listMessages(db: Db, campaign_id: string, input: MessageListInput = {}): Promise<Page<MessageRow>> {
  const size = pageSize(input)
  const like = input.q ? `%${input.q.replace(/[\\%_]/g, '\\$&')}%` : null
  const { rows } = await sql<MessageRow & { created: string }>`select ${ROW} ${FROM}
    where m.campaign_id = ${campaign_id}
      and (${input.kind ?? null}::text is null or m.kind = ${input.kind ?? null})
      and (${input.state ?? null}::text is null or m.state = ${input.state ?? null})
      and (${input.backer_id ?? null}::uuid is null or m.backer_id = ${input.backer_id ?? null}::uuid)
      and (${like}::text is null or b.name ilike ${like} or b.email ilike ${like} or m.kept->>'subject' ilike ${like})
      and ${afterCursor(input.cursor)}
    order by m.created_at desc, m.id limit ${size + 1}`.execute(db)
  const page = cutPage(rows, size, (row) => writeCursor('newest', [row.created, row.id]))
  return { data: page.data.map(shown), next_cursor: page.next_cursor }
}

function shown(row: MessageRow): MessageRow {
  const { id, kind, backer_id, backer_name, to, state, at, due_at, tries, error, subject } = row
  return { id, kind, backer_id, backer_name, to, state, at, due_at, tries, error, subject }
}

const MOMENT = /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/

function afterCursor(cursor: string | undefined) {
  const [at, id] = readCursor(cursor, 'newest', 2) ?? []
  if (at === undefined || id === undefined) return sql`true`
  if (!MOMENT.test(at) || !isId(id)) throw invalid('This cursor is none. Start again without one.', [], 'cursor_invalid')
  return sql`(m.created_at < ${at}::timestamptz or (m.created_at = ${at}::timestamptz and m.id > ${id}::uuid))`
}

/** One mail with its text where the mailbox keeps it. Answers 404 for mails of other campaigns. */
export async function findMessage(db: Db, scope: { actor: Actor; campaign_id: string }, id: string): Promise<MailboxMail> {
  await ownCampaign(db, scope.actor, scope.campaign_id)
  staffOnly(scope.actor)
  if (!isId(id)) throw notFound('message')
  const { rows } = await sql<MailboxMail & { created: string; kept: Row<'messages'>['kept'] }>`select ${ROW}, m.kept ${FROM}
    where m.campaign_id = ${scope.campaign_id} and m.id = ${id}`.execute(db)
  const row = rows[0]
  if (!row) throw notFound('message')
  return { ...shown(row), text: row.kept?.text ?? null, html: row.kept?.html ?? null }
}

/** How many mails are in each state. */
export async function countMessages(db: Db, campaign_id: string): Promise<Record<MessageState, number>> {
  const { rows } = await sql<{ state: MessageState; count: number }>`select state, count(*)::int as count from messages
    where campaign_id = ${campaign_id} group by state`.execute(db)
  const none = { queued: 0, sending: 0, sent: 0, failed: 0, bounced: 0, suppressed: 0 }
  return { ...none, ...Object.fromEntries(rows.map((row) => [row.state, row.count])) }
}
