import { createHmac, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { isId } from '../../lib/id.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { refuseWithoutSmtp } from '../messages/refuse-without-smtp.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { whyLinkNotMailed } from '../surveys/statuses.ts'
import { orderOf, saveBacker, takeBacker } from './take-backer.ts'

/*
 * The secret link of a backer (promises.md rule 12): an HMAC over campaign, backer and link version, with a key that lives outside the
 * database. Nothing of it is stored; raising the version voids every link that was given out.
 */

/** What the secret is made of. */
export type LinkFacts = Pick<Row<'backers'>, 'campaign_id' | 'id' | 'link_version'>

/** The key of links, and the address under which backers reach the program. */
export interface LinkMaker {
  key: Buffer
  public_url: string
}

/** The secret of a backer's link: 43 characters of base64url. */
export function linkSecret(key: Buffer, backer: LinkFacts): string {
  return createHmac('sha256', key).update(`${backer.campaign_id}/${backer.id}/${backer.link_version}`).digest('base64url')
}

/** The address that stands in every mail to this backer. */
export function linkFor(key: Buffer, public_url: string, backer: LinkFacts): string {
  return `${public_url}/b/${backer.campaign_id}/${backer.id}/${linkSecret(key, backer)}`
}

/** Whether a secret is this backer's, compared in constant time. A revoked link's secret is not. */
export function verifyLink(key: Buffer, backer: LinkFacts, secret: string): boolean {
  const right = Buffer.from(linkSecret(key, backer))
  const given = Buffer.from(secret)
  return given.length === right.length && timingSafeEqual(given, right)
}

/** The backer whose secret this is; null for every other combination, so that nobody learns which backers exist. */
export async function findBackerByLink(
  db: Db,
  key: Buffer,
  link: { campaign_id: string; backer_id: string; secret: string },
): Promise<Row<'backers'> | null> {
  if (!isId(link.campaign_id) || !isId(link.backer_id)) return null
  const backer = await db
    .selectFrom('backers')
    .selectAll()
    .where('campaign_id', '=', link.campaign_id)
    .where('id', '=', link.backer_id)
    .executeTakeFirst()
  return backer && verifyLink(key, backer, link.secret) ? backer : null
}

/** Shows a backer's link to staff. Guarantees: an event says who saw it; the link itself is stored nowhere. */
export async function showLink(
  tx: Tx,
  actor: Actor,
  input: BackerKey & { maker: LinkMaker; reason?: string | null },
): Promise<string> {
  const { backer } = await takeBacker(tx, actor, input)
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'link_shown',
    backer_id: backer.id,
    reason: input.reason ?? null,
  })
  return linkFor(input.maker.key, input.maker.public_url, backer)
}

/** Shows the links of many backers, by id, for a list. Guarantees: one event for each, as if each was shown alone. */
export async function showLinks(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; backer_ids: string[]; maker: LinkMaker },
): Promise<Map<string, string>> {
  const { campaign_id, maker } = input
  await ownCampaign(tx.db, actor, campaign_id)
  staffOnly(actor)
  const backers = await tx.db
    .selectFrom('backers')
    .select(['campaign_id', 'id', 'link_version'])
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', sql<string>`any(${input.backer_ids}::uuid[])`)
    .execute()
  await sql`insert into events (campaign_id, kind, backer_id, actor_kind, actor_id, at)
    select b.campaign_id, 'link_shown', b.id, ${actor.kind}, ${actor.id}, ${tx.now} from backers b
    where b.campaign_id = ${campaign_id} and b.id = any(${backers.map(({ id }) => id)}::uuid[])`.execute(tx.db)
  return new Map(backers.map((backer) => [backer.id, linkFor(maker.key, maker.public_url, backer)]))
}

/**
 * Mails the backer's link again. A second press within the same minute mails once. Refuses: a withdrawn pledge or canceled order
 * (`pledge_withdrawn`, `order_canceled`: such people get no mail), a survey not sent yet (`survey_not_sent`), a bounced address
 * (`mail_bounced`: correct it first), a live campaign without SMTP (`smtp_missing`).
 */
export async function resendLink(
  tx: Tx,
  actor: Actor,
  input: BackerKey & { smtp: boolean; reason?: string | null },
): Promise<void> {
  const { campaign, backer } = await takeBacker(tx, actor, input)
  refuseWithoutSmtp(campaign, input.smtp)
  await refuseUnmailable(tx, backer)
  const minute = Math.floor(tx.now.getTime() / 60_000)
  await queueMessage(tx, { campaign_id: campaign.id, backer_id: backer.id, kind: 'link', occasion: `staff:${minute}` })
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind: 'link_resent',
    backer_id: backer.id,
    reason: input.reason ?? null,
  })
}

async function refuseUnmailable(tx: Tx, backer: Row<'backers'>): Promise<void> {
  const code = whyLinkNotMailed({ ...backer, order: await orderOf(tx, backer) })
  if (code) throw new DomainError(code, NOT_MAILED[code] ?? 'This backer gets no mail.')
}

const NOT_MAILED: Record<string, string> = {
  pledge_withdrawn: 'This pledge was withdrawn, so its backer gets no mail.',
  survey_not_sent: 'The survey was not sent to this backer yet. Send it instead of the link.',
  mail_bounced: 'Mail to this address came back. Correct the address first.',
  order_canceled: 'This order was canceled, so its backer gets no mail.',
}

/** Voids every link this backer was given. The next mail, and *show link*, carry the new one. */
export async function revokeLink(tx: Tx, actor: Actor, input: BackerKey & { reason?: string | null }): Promise<Row<'backers'>> {
  const { backer } = await takeBacker(tx, actor, input)
  const saved = await saveBacker(tx, backer, { link_version: backer.link_version + 1 })
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'link_revoked',
    backer_id: backer.id,
    reason: input.reason ?? null,
    data: { link_version: saved.link_version },
  })
  return saved
}
