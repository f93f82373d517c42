import { createCampaign } from '../../src/domain/campaigns/create-campaign.ts'
import type { CampaignInput } from '../../src/domain/campaigns/schema.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import type { Campaign } from '../../src/domain/shared/policy.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'

export type Staff = Extract<Actor, { kind: 'staff' }>

/** An account that owns nothing yet. */
export async function makeStaff(parts: Pick<TxParts, 'db'>): Promise<Staff> {
  const id = newId()
  const at = new Date('2026-11-02T09:00:00Z')
  await parts.db
    .insertInto('accounts')
    .values({ id, name: 'Ilse Brandt', email: `${id}@example.com`, image: null, created_at: at, updated_at: at })
    .execute()
  return { kind: 'staff', id }
}

export const campaignInput = {
  name: 'Tidebreakers',
  creator_name: 'Lanternfish Games',
  currency: 'USD',
  ship_from_country: 'DE',
  time_zone: 'Europe/Berlin',
  support_email: 'help@example.com',
  lockdown_on: '2026-11-30',
  mode: 'test',
} as const satisfies CampaignInput

/** An empty campaign through the real command, with an account of its own. */
export async function makeEmptyCampaign(
  parts: TxParts,
  over: Partial<CampaignInput> = {},
): Promise<{ campaign: Campaign; staff: Staff }> {
  const staff = await makeStaff(parts)
  const campaign = await inTransaction(parts, (tx) => createCampaign(tx, staff, { ...campaignInput, ...over }))
  return { campaign, staff }
}
