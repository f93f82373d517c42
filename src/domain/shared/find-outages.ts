import { sql } from 'kysely'
import { findStuckEvents } from '../gateway-events/find-stuck.ts'
import { findMailPause } from '../messages/outbox.ts'
import { findAccountInUse } from '../payments/charging.ts'
import type { Campaign } from './policy.ts'
import type { Db } from './tx.ts'

/** A service that this program needs and that does not do its work now. */
export type Outage =
  /** the mail server was out of reach, or took nothing from us, when it was last tried */
  | { code: 'mail_server'; reason: string; waiting: number }
  /** a live campaign has mails to send, and no mail server is set up */
  | { code: 'no_mail_server'; waiting: number }
  /** charges that left and were not answered, since the oldest of them */
  | { code: 'gateway_silent'; since: Date; charges: number }
  /** the gateway never said who we are: no card can be saved or charged */
  | { code: 'gateway_not_reached' }
  /** what the gateway told could not be carried out, since the oldest of it */
  | { code: 'gateway_events'; since: Date; failed: number; waiting: number }

/** An answer is late after this: a run asks again within a minute. */
const LATE_MS = 2 * 60_000

/** Codes of an attempt whose answer is missing since nobody was reached; others wait for a bank. */
const UNREACHED = sql`(a.code in ('timeout', 'unreachable', 'connection_lost', 'broken_answer') or a.code like 'http\\_5%')`

/**
 * What a campaign's creator should know is down at `now`, from what the worker recorded. `smtp`: whether a mail server is set up. The
 * caller has checked whose campaign it is.
 */
export async function findOutages(
  db: Db,
  { campaign, smtp }: { campaign: Pick<Campaign, 'id' | 'mode'>; smtp: boolean },
  now: Date,
): Promise<Outage[]> {
  const found: Outage[] = []
  const pause = smtp ? await findMailPause(db, now) : null
  if (pause) found.push({ code: 'mail_server', reason: pause.reason, waiting: await countWaitingMails(db, campaign.id) })
  if (!smtp && campaign.mode === 'live') {
    const waiting = await countWaitingMails(db, campaign.id)
    if (waiting > 0) found.push({ code: 'no_mail_server', waiting })
  }
  const silent = await findSilence(db, campaign.id, now)
  if (silent) found.push({ code: 'gateway_silent', ...silent })
  if ((await findAccountInUse(db)) === null) found.push({ code: 'gateway_not_reached' })
  const stuck = await findStuckEvents(db, now)
  if (stuck) found.push({ code: 'gateway_events', ...stuck })
  return found
}

/** Mails that have not left. */
async function countWaitingMails(db: Db, campaign_id: string): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaign_id)
    .where('state', '=', 'queued')
    .executeTakeFirstOrThrow()
  return count
}

/** Charges without an answer for longer than one usually takes; of one campaign, or of all of them. */
export async function findSilence(
  db: Db,
  campaign_id: string | null,
  now: Date,
): Promise<{ since: Date; charges: number } | null> {
  const late = new Date(now.getTime() - LATE_MS)
  const { rows } = await sql<{ since: Date | null; charges: number }>`select min(a.sent_at) as since, count(*)::int as charges
    from payment_attempts a where a.state = 'unknown' and a.sent_at < ${late} and ${UNREACHED}
      and ${campaign_id === null ? sql`true` : sql`a.campaign_id = ${campaign_id}`}`.execute(db)
  const since = rows[0]?.since
  return since ? { since, charges: rows[0]?.charges ?? 0 } : null
}
