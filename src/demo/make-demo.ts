import type { Deps } from '../deps.server.ts'
import { createOwner } from '../domain/accounts/create-owner.ts'
import { createCampaign } from '../domain/campaigns/create-campaign.ts'
import { findPledgePrices } from '../domain/catalog/pledge-prices.ts'
import { savePledgePrices } from '../domain/catalog/save-pledge-prices.ts'
import { applyImport } from '../domain/imports/apply-import.ts'
import { stageImport } from '../domain/imports/stage-import.ts'
import type { Actor } from '../domain/shared/actor.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { hashPassword } from '../lib/password.ts'
import { answerSurveys } from './answer-surveys.ts'
import type { Demo } from './demo.ts'
import { fillCatalogue } from './fill-catalogue.ts'
import { moveOrders } from './move-orders.ts'
import { ADDON_PRICES, demoReport } from './report.ts'
import { shipOrders } from './ship-orders.ts'

/** The login of the demo's owner, printed at the start. */
export const demoLogin = { email: 'demo@afterfund.example', password: 'look-around' }

/** Makes the demo campaign in a new database by driving the real commands. The same on every machine. */
export async function makeDemo(deps: Deps): Promise<void> {
  const now = deps.clock.now().getTime()
  const partsAt = (hours_ago: number) => ({ ...deps, clock: { ...deps.clock, now: () => new Date(now - hours_ago * 3_600_000) } })
  const at: Demo['at'] = (hours_ago, command) => inTransaction(partsAt(hours_ago), command, { timeout_ms: 60_000 })
  const owner = { name: 'Ilse Verhoeven', email: demoLogin.email, password_hash: await hashPassword(demoLogin.password) }
  const { account_id } = await at(600, (tx) => createOwner(tx, owner))
  const staff: Actor = { kind: 'staff', id: account_id }
  const campaign = await at(599, (tx) =>
    createCampaign(tx, staff, {
      name: 'Tidebreakers: The Drowned Archipelago',
      creator_name: 'Lanternfish Games',
      currency: 'USD',
      mode: 'test',
      ship_from_country: 'DE',
      time_zone: 'Europe/Berlin',
      support_email: 'help@lanternfish.example',
      lockdown_on: new Date(now + 10 * 86_400_000).toISOString().slice(0, 10),
      is_demo: true,
    }),
  )
  const demo: Demo = { deps, campaign_id: campaign.id, staff, at, partsAt }
  await importReport(demo, partsAt(598), 'Kickstarter Backer Report - all rewards.csv', demoReport())
  await savePrices(demo)
  await fillCatalogue(demo)
  await answerSurveys(demo)
  await moveOrders(demo)
  await shipOrders(demo)
  await importReport(demo, partsAt(6), 'Kickstarter Backer Report - all rewards (2).csv', demoReport(true))
}

async function importReport(demo: Demo, parts: Deps, file_name: string, text: string): Promise<void> {
  const body = (async function* () {
    yield Buffer.from(text)
  })()
  const staged = await stageImport(parts, demo.staff, { campaign_id: demo.campaign_id, file_name, body })
  if (staged.state !== 'previewed') throw new Error(`The demo's report was not read: ${JSON.stringify(staged.fault)}`)
  await inTransaction(parts, (tx) => applyImport(tx, demo.staff, { campaign_id: demo.campaign_id, import_id: staged.id }), {
    timeout_ms: 60_000,
  })
}

async function savePrices({ deps, campaign_id, staff, at }: Demo): Promise<void> {
  const known = await deps.db
    .selectFrom('addons')
    .select(['id', 'platform_addon_id'])
    .where('campaign_id', '=', campaign_id)
    .execute()
  const prices = await findPledgePrices(deps.db, staff, campaign_id)
  const levels = Object.fromEntries(prices.levels.map((level) => [level.id, level.proposed_price ?? 0]))
  const addons = Object.fromEntries(known.map(({ id, platform_addon_id }) => [id, ADDON_PRICES[platform_addon_id ?? ''] ?? 0]))
  await at(580, (tx) => savePledgePrices(tx, staff, { campaign_id, levels, addons, bonus_spendable: true }))
}
