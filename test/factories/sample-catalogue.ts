import type { Row } from '../../src/db/types.ts'
import type { PledgePricesInput } from '../../src/domain/catalog/pledge-prices.ts'
import { saveItem } from '../../src/domain/catalog/save-item.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'
import { makeEmptyCampaign } from './account.ts'
import { insertBacker } from './insert-backer.ts'

const now = new Date('2026-11-02T09:00:00Z')

export interface Sample {
  campaign_id: string
  staff: Actor
  core: string
  deluxe: string
  playmat: string
  coins: string
  prices: PledgePricesInput
}

/** The catalogue of the real sample: Core 49, Deluxe 89, playmat 25, coins 18. */
export async function makeSample(parts: TxParts): Promise<Sample> {
  const { campaign, staff } = await makeEmptyCampaign(parts)
  const campaign_id = campaign.id
  const sku = { option_name: '', weight_g: 500 }
  const item = await inTransaction(parts, (tx) =>
    saveItem(tx, staff, { campaign_id, name: 'Core Game', kind: 'physical', skus: [sku] }),
  )
  const ids = { core: newId(), deluxe: newId(), playmat: newId(), coins: newId() }
  const level = (id: string, name: string, proposed_price: number, position: number) =>
    parts.db
      .insertInto('levels')
      .values({
        campaign_id,
        id,
        name,
        platform_reward_id: name,
        report_name: null,
        price: null,
        proposed_price,
        position,
        created_at: now,
      })
      .execute()
  await level(ids.core, 'Core Pledge', 4900, 0)
  await level(ids.deluxe, 'Deluxe Pledge', 8900, 1)
  for (const level_id of [ids.core, ids.deluxe]) {
    await parts.db.insertInto('level_items').values({ campaign_id, level_id, item_id: item.id, quantity: 1 }).execute()
  }
  for (const [id, name] of [
    [ids.playmat, 'Playmat'],
    [ids.coins, 'Metal Coins'],
  ] as const) {
    const row = {
      campaign_id,
      id,
      name,
      platform_addon_id: name,
      platform_price: null,
      price: 3000,
      limit_per_backer: null,
      stock: null,
    }
    await parts.db
      .insertInto('addons')
      .values({ ...row, position: 0, created_at: now })
      .execute()
    await parts.db.insertInto('addon_items').values({ campaign_id, addon_id: id, item_id: item.id, quantity: 1 }).execute()
  }
  const prices = { campaign_id, levels: {}, addons: { [ids.playmat]: 2500, [ids.coins]: 1800 }, bonus_spendable: true }
  return { campaign_id, staff, ...ids, prices }
}

export type Pledge = Partial<Row<'backers'>> & { addons?: Record<string, number> }

export async function addBacker(parts: TxParts, sample: Sample, pledge: Pledge): Promise<string> {
  const id = newId()
  const { addons = {}, ...over } = pledge
  const row = {
    campaign_id: sample.campaign_id,
    id,
    platform_uid: id,
    name: 'Ada Byrne',
    email: `${id}@example.com`,
    level_id: sample.core,
    pledge_status: 'collected',
    pledge_amount: 6100,
    pledge_minimum: 4900,
    pledge_shipping: 1200,
    pledge_bonus: 0,
    pledge_country: 'IE',
    survey: 'not_sent',
    created_at: now,
    updated_at: now,
    ...over,
  }
  await insertBacker(parts.db, row as Row<'backers'>)
  for (const [addon_id, quantity] of Object.entries(addons)) {
    await parts.db
      .insertInto('pledged_addons')
      .values({ campaign_id: sample.campaign_id, backer_id: id, addon_id, quantity })
      .execute()
  }
  return id
}

/** The thirteen rows of the sample report. */
export async function addSampleBackers(parts: TxParts, sample: Sample): Promise<void> {
  const { deluxe, playmat, coins } = sample
  const add = (pledge: Pledge) => addBacker(parts, sample, pledge)
  const of = (amount: number, minimum: number, more: Pledge = {}) => ({ pledge_amount: amount, pledge_minimum: minimum, ...more })
  await add(of(6600, 4900, { pledge_bonus: 500 }))
  await add(of(124_600, 11_400, { level_id: deluxe, pledge_bonus: 112_000, pledge_country: 'BR', addons: { [playmat]: 1 } }))
  await add({ pledge_country: 'JP' })
  await add(of(13_700, 12_500, { level_id: deluxe, pledge_status: 'errored', survey: 'waiting', addons: { [coins]: 2 } }))
  await add({ pledge_country: 'DE' })
  await add(of(10_100, 8900, { level_id: deluxe, pledge_status: 'dropped' }))
  await add({ pledge_country: 'AE' })
  await add(of(100, 0, { level_id: null, pledge_shipping: 0, pledge_bonus: 100, pledge_country: null }))
  await add(of(8600, 7400, { addons: { [playmat]: 1 } }))
  await add(of(11_900, 10_700, { level_id: deluxe, pledge_country: 'US', addons: { [coins]: 1 } }))
  await add({})
  await add({ pledge_status: 'pending', survey: 'waiting' })
  await add(of(15_100, 13_900, { level_id: deluxe, pledge_status: 'canceled', survey: 'withdrawn', addons: { [playmat]: 2 } }))
}
