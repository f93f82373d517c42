import type { Row } from '../../db/types.ts'
import { isId } from '../../lib/id.ts'
import type { Actor } from './actor.ts'
import { DomainError, notFound } from './errors.ts'
import type { Db } from './tx.ts'

export type Campaign = Row<'campaigns'>

/**
 * Tenancy and authorisation, in one place. Guarantees: the campaign belongs to the account that acts; to anybody else it does not
 * exist (404). The program's own actors (clock, run, system) may act on every campaign they were given.
 */
export async function ownCampaign(db: Db, actor: Actor, campaign_id: string): Promise<Campaign> {
  if (!isId(campaign_id)) throw notFound('campaign')
  const campaign = await db.selectFrom('campaigns').selectAll().where('id', '=', campaign_id).executeTakeFirst()
  if (!campaign) throw notFound('campaign')
  if (actor.kind === 'staff' && campaign.account_id !== actor.id) throw notFound('campaign')
  if (actor.kind === 'backer' && campaign.id !== actor.campaign_id) throw notFound('campaign')
  return campaign
}

/** A backer acts for themselves only; staff and the program act for any backer of their campaign. */
export function mayActFor(actor: Actor, backer_id: string): void {
  if (actor.kind === 'backer' && actor.id !== backer_id) throw notFound('backer')
}

/** Refuses everybody but staff (and the program itself). */
export function staffOnly(actor: Actor): void {
  if (actor.kind === 'backer') throw new DomainError('not_allowed', 'Only the creator can do this.', { status: 403 })
}
