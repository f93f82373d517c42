import type { Row } from '../../src/db/types.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import type { SurveyInput } from '../../src/domain/surveys/schema.ts'
import { newId } from '../../src/lib/id.ts'
import { campaignInput, makeStaff } from './account.ts'
import { insertSentBacker } from './insert-backer.ts'

/** A small campaign for tests of orders: one level of 49.00 with one game, one add-on, everywhere served. */
export interface TestCampaign {
  id: string
  staff: Actor
  level_id: string
  sku_id: string
  addon_id: string
}

const at = new Date('2026-11-02T09:00:00Z')

/** Writes the catalogue rows directly: tests of the catalogue's own commands are elsewhere. */
export async function makeCampaign(
  parts: TxParts,
  options: { stock?: number | null; shipping_fee?: number; addon_price?: number } = {},
): Promise<TestCampaign> {
  const { db } = parts
  const ids = { id: newId(), level_id: newId(), item_id: newId(), sku_id: newId(), addon_id: newId(), region_id: newId() }
  const campaign_id = ids.id
  const staff = await makeStaff(parts)
  await db
    .insertInto('campaigns')
    .values({
      id: campaign_id,
      ...campaignInput,
      account_id: staff.id,
      prices_saved_at: at,
      created_at: at,
      updated_at: at,
    })
    .execute()
  await db.insertInto('campaign_counters').values({ campaign_id }).execute()
  await db.insertInto('items').values({ campaign_id, id: ids.item_id, name: 'Core Game', position: 0, created_at: at }).execute()
  await db
    .insertInto('skus')
    .values({ campaign_id, id: ids.sku_id, item_id: ids.item_id, code: 'CORE', weight_g: 1500, position: 0 })
    .execute()
  await db
    .insertInto('levels')
    .values({
      campaign_id,
      id: ids.level_id,
      name: 'Core Pledge',
      platform_reward_id: '9001000',
      report_name: null,
      price: 4900,
      proposed_price: 4900,
      position: 0,
      created_at: at,
    })
    .execute()
  await db.insertInto('level_items').values({ campaign_id, level_id: ids.level_id, item_id: ids.item_id, quantity: 1 }).execute()
  await db
    .insertInto('addons')
    .values({
      campaign_id,
      id: ids.addon_id,
      name: 'Playmat',
      platform_addon_id: null,
      platform_price: null,
      price: options.addon_price ?? 0,
      limit_per_backer: null,
      stock: options.stock ?? null,
      position: 0,
      created_at: at,
    })
    .execute()
  await db.insertInto('addon_items').values({ campaign_id, addon_id: ids.addon_id, item_id: ids.item_id, quantity: 1 }).execute()
  await db
    .insertInto('shipping_regions')
    .values({ campaign_id, id: ids.region_id, name: 'Everywhere', kind: 'everywhere_else', position: 0 })
    .execute()
  await db
    .insertInto('level_shipping_fees')
    .values({ campaign_id, region_id: ids.region_id, level_id: ids.level_id, fee: options.shipping_fee ?? 1200 })
    .execute()
  return {
    id: campaign_id,
    staff,
    level_id: ids.level_id,
    sku_id: ids.sku_id,
    addon_id: ids.addon_id,
  }
}

/** A backer whose survey was sent, with a pledge that covers level and shipping to Germany. */
export async function makeBacker(
  parts: TxParts,
  campaign: TestCampaign,
  over: Partial<Row<'backers'>> = {},
): Promise<Row<'backers'>> {
  return await insertSentBacker(parts.db, at, {
    campaign_id: campaign.id,
    id: newId(),
    name: 'Zoë Müller',
    level_id: campaign.level_id,
    pledge_amount: 6100,
    pledge_minimum: 4900,
    pledge_shipping: 1200,
    ...over,
  })
}

export const berlin = {
  name: 'Zoë Müller',
  line1: 'Musterstraße 7',
  city: 'Berlin',
  postcode: '10115',
  country: 'DE',
}

/** Confirms the survey of a backer through the real command. */
export async function makeOrder(parts: TxParts, campaign: TestCampaign, backer: Row<'backers'>, data: SurveyInput = {}) {
  const answer = await inTransaction(parts, (tx) =>
    confirmSurvey(tx, campaign.staff, {
      campaign_id: campaign.id,
      backer_id: backer.id,
      data: { address: berlin, ...data } as SurveyInput,
    }),
  )
  return await parts.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', answer.order_id)
    .executeTakeFirstOrThrow()
}
