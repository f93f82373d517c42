import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeEmptyCampaign } from '../../../test/factories/account.ts'
import { berlin } from '../../../test/factories/campaign.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { composeOrder } from '../orders/order-facts.ts'
import type { Campaign } from '../shared/policy.ts'
import { normaliseAddress } from '../shipping/address.ts'
import { startingData } from '../surveys/drafts.ts'
import { loadCatalog } from './load-catalog.ts'
import { findPledgePrices, previewPledgePrices } from './pledge-prices.ts'
import { startingBalances, type TriedPrices } from './starting-balances.ts'

const test_db = useTestDatabase()
const at = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: test_db.db, clock: { now: () => at }, enqueue: async () => undefined })

const money = fc.constantFrom(0, 1, 500, 1200, 2500, 4900, 8900, 12_000)
const country = fc.constantFrom('DE', 'FR', 'US', 'JP', 'BR')
const content = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 })
const level = fc.record({
  price: fc.option(money, { nil: null }),
  proposed_price: fc.option(money, { nil: null }),
  content,
  tried: fc.option(money, { nil: null }),
})
const addon = fc.record({
  platform_price: fc.option(money, { nil: null }),
  price: money,
  content,
  tried: fc.option(money, { nil: null }),
})
const region = fc.record({
  countries: fc.uniqueArray(country, { maxLength: 3 }),
  served: fc.boolean(),
  level_fees: fc.array(fc.option(money, { nil: null }), { minLength: 2, maxLength: 2 }),
  addon_fees: fc.array(fc.option(money, { nil: null }), { minLength: 2, maxLength: 2 }),
})
const backer = fc.record({
  level: fc.constantFrom(0, 1, null),
  pledge_status: fc.constantFrom('collected', 'collected', 'collected', 'dropped', 'pending'),
  pledge_amount: money,
  pledge_minimum: money,
  pledge_shipping: money,
  pledge_bonus: fc.option(money, { nil: null }),
  pledge_country: fc.option(country, { nil: null }),
  address_country: fc.option(fc.oneof(country, fc.constant('')), { nil: null }),
  addons: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 2 }),
})
const campaignFacts = fc.record({
  item_kinds: fc.array(fc.constantFrom('physical' as const, 'digital' as const), { minLength: 3, maxLength: 3 }),
  levels: fc.tuple(level, level),
  addons: fc.tuple(addon, addon),
  regions: fc.array(region, { maxLength: 2 }),
  everywhere_else: fc.option(region, { nil: null }),
  backers: fc.array(backer, { minLength: 1, maxLength: 12 }),
  bonus_spendable: fc.boolean(),
})
type Facts = typeof campaignFacts extends fc.Arbitrary<infer T> ? T : never

test('the balances in SQL are what the rule says, on random campaigns', async () => {
  await fc.assert(
    fc.asyncProperty(campaignFacts, async (facts) => {
      const { campaign, staff, tried } = await writeFacts(facts)
      const expected = await balancesByRule(campaign, tried)
      const { rows } = await sql<{ backer_id: string; balance: number }>`with ${startingBalances(tried)}
        select backer_id, balance from balances`.execute(test_db.db)
      expect(Object.fromEntries(rows.map((row) => [row.backer_id, row.balance]))).toEqual(expected)

      const preview = await previewPledgePrices(test_db.db, staff, tried)
      const surveyed = preview.exact + preview.credit + preview.owing
      expect(surveyed + preview.waiting).toBe(facts.backers.length)
      expect(preview.groups.reduce((sum, group) => sum + group.count, 0)).toBe(surveyed)
      const prices = await findPledgePrices(test_db.db, staff, campaign.id)
      expect(prices.levels).toHaveLength(2)
    }),
    { numRuns: 40 },
  )
}, 120_000)

/** The same question answered by composeOrder, the rule that makes orders, for a backer who changes nothing. */
async function balancesByRule(campaign: Campaign, tried: TriedPrices): Promise<Record<string, number>> {
  const { db } = test_db
  const catalog = await loadCatalog(db, campaign.id)
  const levels = catalog.levels.map((each) => ({
    ...each,
    price: tried.levels[each.id] ?? each.price ?? each.proposed_price,
  }))
  const addons = catalog.addons.map((each) => ({ ...each, platform_price: tried.addons[each.id] ?? each.platform_price }))
  const backers = await db.selectFrom('backers').selectAll().where('campaign_id', '=', campaign.id).execute()
  const pledged = await db.selectFrom('pledged_addons').selectAll().where('campaign_id', '=', campaign.id).execute()
  return Object.fromEntries(
    backers.map((row) => {
      const mine = pledged.filter((each) => each.backer_id === row.id)
      const pledged_addons = Object.fromEntries(mine.map((each) => [each.addon_id, each.quantity]))
      const { quote } = composeOrder({
        catalog: { ...catalog, levels, addons },
        campaign: { bonus_spendable: tried.bonus_spendable, ship_from_country: 'DE' },
        backer: row,
        pledged_addons,
        data: startingData(row, pledged_addons, null, {}),
        frozen: null,
      })
      return [row.id, quote.total]
    }),
  )
}

async function writeFacts(facts: Facts) {
  const { db } = test_db
  const { campaign, staff } = await makeEmptyCampaign(parts())
  const campaign_id = campaign.id
  const item_ids = await writeItems(campaign_id, facts.item_kinds)
  const contents = (content: number[]) => [...new Set(content)].map((index) => ({ item_id: item_ids[index] ?? '', quantity: 1 }))
  const level_ids: string[] = []
  const addon_ids: string[] = []
  const tried: TriedPrices = { campaign_id, levels: {}, addons: {}, bonus_spendable: facts.bonus_spendable }
  for (const [position, { price, proposed_price, content, tried: wanted }] of facts.levels.entries()) {
    const id = newId()
    level_ids.push(id)
    if (wanted !== null) tried.levels[id] = wanted
    const row = { campaign_id, id, name: `Level ${position}`, platform_reward_id: null, report_name: null }
    await db
      .insertInto('levels')
      .values({ ...row, price, proposed_price, position, created_at: at })
      .execute()
    const rows = contents(content).map((each) => ({ campaign_id, level_id: id, ...each }))
    if (rows.length) await db.insertInto('level_items').values(rows).execute()
  }
  for (const [position, { price, platform_price, content, tried: wanted }] of facts.addons.entries()) {
    const id = newId()
    addon_ids.push(id)
    if (wanted !== null) tried.addons[id] = wanted
    const row = { campaign_id, id, name: `Add-on ${position}`, platform_addon_id: null, limit_per_backer: null, stock: null }
    await db
      .insertInto('addons')
      .values({ ...row, price, platform_price, position, created_at: at })
      .execute()
    const rows = contents(content).map((each) => ({ campaign_id, addon_id: id, ...each }))
    if (rows.length) await db.insertInto('addon_items').values(rows).execute()
  }
  await writeRegions(campaign_id, facts, level_ids, addon_ids)
  for (const each of facts.backers) await writeBacker(campaign_id, each, level_ids, addon_ids)
  return { campaign, staff, tried }
}

async function writeItems(campaign_id: string, kinds: ('physical' | 'digital')[]): Promise<string[]> {
  const ids: string[] = []
  for (const [position, kind] of kinds.entries()) {
    const id = newId()
    ids.push(id)
    await test_db.db
      .insertInto('items')
      .values({ campaign_id, id, name: `Item ${position}`, kind, position, created_at: at })
      .execute()
    const sku = { campaign_id, id: newId(), item_id: id, code: `SKU-${position}`, weight_g: null, position: 0 }
    await test_db.db.insertInto('skus').values(sku).execute()
  }
  return ids
}

async function writeRegions(campaign_id: string, facts: Facts, level_ids: string[], addon_ids: string[]): Promise<void> {
  const { db } = test_db
  const used = new Set<string>()
  const all = [
    ...facts.regions.map((each) => ({ ...each, kind: 'countries' as const })),
    ...(facts.everywhere_else ? [{ ...facts.everywhere_else, kind: 'everywhere_else' as const, countries: [] }] : []),
  ]
  for (const [position, { kind, served, countries, level_fees, addon_fees }] of all.entries()) {
    const region_id = newId()
    const row = { campaign_id, id: region_id, name: `Region ${position}`, kind, served, position }
    await db.insertInto('shipping_regions').values(row).execute()
    for (const code of countries.filter((each) => !used.has(each))) {
      used.add(code)
      await db.insertInto('shipping_region_countries').values({ campaign_id, region_id, country: code }).execute()
    }
    for (const [index, fee] of level_fees.entries()) {
      if (fee === null) continue
      await db
        .insertInto('level_shipping_fees')
        .values({ campaign_id, region_id, level_id: level_ids[index] ?? '', fee })
        .execute()
    }
    for (const [index, fee] of addon_fees.entries()) {
      if (fee === null) continue
      await db
        .insertInto('addon_shipping_fees')
        .values({ campaign_id, region_id, addon_id: addon_ids[index] ?? '', fee })
        .execute()
    }
  }
}

async function writeBacker(campaign_id: string, facts: Facts['backers'][number], level_ids: string[], addon_ids: string[]) {
  const { level: index, addons, address_country, ...pledge } = facts
  const id = newId()
  const row = {
    campaign_id,
    id,
    platform_uid: id,
    platform_number: null,
    name: 'Zoë',
    email: `${id}@example.com`,
    level_id: index === null ? null : (level_ids[index] ?? null),
    ...pledge,
    pledged_at: null,
    prefill: JSON.stringify(
      address_country === null ? {} : { address: { ...normaliseAddress(berlin), country: address_country } },
    ),
    survey: (pledge.pledge_status === 'pending' ? 'waiting' : 'not_sent') as Row<'backers'>['survey'],
    row_hash: null,
    import_id: null,
    created_at: at,
    updated_at: at,
  }
  await test_db.db.insertInto('backers').values(row).execute()
  for (const [position, quantity] of addons.entries()) {
    if (quantity === 0) continue
    const addon_id = addon_ids[position] ?? ''
    await test_db.db.insertInto('pledged_addons').values({ campaign_id, backer_id: id, addon_id, quantity }).execute()
  }
}
