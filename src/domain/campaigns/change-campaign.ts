import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import type { CampaignChange } from './schema.ts'

/**
 * Changes a campaign's settings; what is left out stays. Guarantees: one event that names the fields; nothing is written when nothing
 * differs. Refuses another currency or mode (`currency_fixed`, `mode_fixed`: every amount and saved card belongs to them) and an
 * `expected_version` that is not the current one (`changed_meanwhile`).
 */
export async function changeCampaign(tx: Tx, actor: Actor, input: CampaignChange & { campaign_id: string }): Promise<Campaign> {
  staffOnly(actor)
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  const { campaign_id, expected_version, currency, mode, ...wanted } = input
  refuseFixed(campaign, { currency, mode })
  const seen = expected_version ?? campaign.version
  if (seen !== campaign.version) throw changedMeanwhile(campaign)
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== undefined && value !== campaign[field as keyof typeof wanted]),
  )
  const changed = Object.keys(changes)
  if (changed.length === 0) return campaign
  const saved = await tx.db
    .updateTable('campaigns')
    .set({
      ...changes,
      ...('charge_on' in changes ? { expiry_looked_on: null } : {}),
      version: campaign.version + 1,
      updated_at: tx.now,
    })
    .where('id', '=', campaign_id)
    .where('version', '=', campaign.version)
    .returningAll()
    .executeTakeFirst()
  if (!saved) throw changedMeanwhile(campaign)
  await appendEvent(tx, actor, { campaign_id, kind: 'campaign_changed', code: 'settings_saved', data: { fields: changed } })
  return saved
}

function refuseFixed(campaign: Campaign, input: Pick<CampaignChange, 'currency' | 'mode'>): void {
  if (input.currency !== undefined && input.currency !== campaign.currency) {
    const message = `The currency is ${campaign.currency} for good: every pledge and price is counted in it. Make another campaign for ${input.currency}.`
    throw invalid(message, [{ field: 'currency', code: 'currency_fixed', message }], 'currency_fixed')
  }
  if (input.mode !== undefined && input.mode !== campaign.mode) {
    const message = `This is a ${campaign.mode} campaign for good. Make another one to go ${input.mode}.`
    throw invalid(message, [{ field: 'mode', code: 'mode_fixed', message }], 'mode_fixed')
  }
}

function changedMeanwhile(campaign: Campaign): DomainError {
  return new DomainError(
    'changed_meanwhile',
    'These settings were changed meanwhile. Look at them again, then make your change.',
    {
      details: { version: campaign.version },
    },
  )
}
