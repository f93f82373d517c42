import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import type { CampaignInput } from './schema.ts'

/**
 * Makes a campaign of the account that acts, with its counter of order numbers. Currency and mode stay for ever. `is_demo` is set by the
 * demo campaign only. Refuses everybody but an account (`not_allowed`).
 */
export async function createCampaign(tx: Tx, actor: Actor, input: CampaignInput & { is_demo?: boolean }): Promise<Campaign> {
  if (actor.kind !== 'staff') throw new DomainError('not_allowed', 'Sign in to make a campaign.', { status: 403 })
  const account = await tx.db.selectFrom('accounts').select(['id', 'name']).where('id', '=', actor.id).executeTakeFirst()
  if (!account) throw notFound('account')
  const campaign = await tx.db
    .insertInto('campaigns')
    .values({
      ...input,
      id: newId(),
      account_id: account.id,
      creator_name: input.creator_name ?? account.name,
      lockdown_on: input.lockdown_on ?? null,
      created_at: tx.now,
      updated_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx.db.insertInto('campaign_counters').values({ campaign_id: campaign.id }).execute()
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind: 'campaign_created',
    data: { currency: campaign.currency, mode: campaign.mode },
  })
  return campaign
}
