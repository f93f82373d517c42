import { PLACES } from '../../src/demo/people.ts'
import { pick, seeded } from '../../src/demo/random.ts'
import { createCampaign } from '../../src/domain/campaigns/create-campaign.ts'
import { saveAddon } from '../../src/domain/catalog/save-addon.ts'
import { saveItem } from '../../src/domain/catalog/save-item.ts'
import { saveLevel } from '../../src/domain/catalog/save-level.ts'
import { savePledgePrices } from '../../src/domain/catalog/save-pledge-prices.ts'
import { saveRegion } from '../../src/domain/catalog/save-region.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx, type TxParts } from '../../src/domain/shared/tx.ts'
import type { SurveyInput } from '../../src/domain/surveys/schema.ts'
import { newId } from '../../src/lib/id.ts'

/** A campaign of the largest size: 10 levels, 40 add-ons, 100 SKUs, and templates of orders for `fillCampaign` to copy. */
export interface BenchCampaign {
  id: string
  staff: Actor & { kind: 'staff' }
  levels: string[]
  addons: string[]
}

/** Backers whose survey the real command confirmed: every order of the bench is a copy of one of theirs. */
const ANSWERED = 50
/** Backers who were asked and have not answered. */
const SILENT = 5
/** Four in five owe something, and have a card. */
const OWED = [0, 700, 1300, 2900, 4200]

export async function makeBenchCampaign(parts: TxParts, account_id: string, name: string): Promise<BenchCampaign> {
  const staff = { kind: 'staff', id: account_id } as const
  const made = await inTransaction(parts, (tx) => makeCatalogue(tx, staff, name), { timeout_ms: 60_000 })
  const random = seeded(1883)
  for (let at = 0; at < ANSWERED + SILENT; at++) await makeTemplate(parts, made, { at, random })
  const { id, levels, addons } = made
  return { id, staff, levels: levels.map((level) => level.id), addons: addons.map((addon) => addon.id) }
}

type Made = Awaited<ReturnType<typeof makeCatalogue>>

async function makeCatalogue(tx: Tx, staff: Actor & { kind: 'staff' }, name: string) {
  const campaign = await createCampaign(tx, staff, {
    name,
    creator_name: 'Lanternfish Games',
    currency: 'USD',
    ship_from_country: 'DE',
    time_zone: 'Europe/Berlin',
    support_email: 'help@lanternfish.example',
    lockdown_on: '2099-11-30',
    mode: 'test',
  })
  const campaign_id = campaign.id
  const item = async (label: string, options: number) => {
    const skus = Array.from({ length: options }, (_, at) => ({
      option_name: options === 1 ? '' : `Kind ${at + 1}`,
      weight_g: 400,
    }))
    return await saveItem(tx, staff, { campaign_id, name: label, kind: 'physical', skus })
  }
  const levels: { id: string; item: Awaited<ReturnType<typeof item>>; price: number }[] = []
  for (let at = 0; at < 10; at++) {
    const game = await item(`Game ${at + 1}`, 4)
    const level = await saveLevel(tx, staff, { campaign_id, name: `Level ${at + 1}`, items: [{ item_id: game.id, quantity: 1 }] })
    levels.push({ id: level.id, item: game, price: 1900 + 1500 * at })
  }
  const addons: { id: string; item: Awaited<ReturnType<typeof item>> }[] = []
  for (let at = 0; at < 40; at++) {
    const thing = await item(`Thing ${at + 1}`, at < 20 ? 2 : 1)
    const items = [{ item_id: thing.id, quantity: 1 }]
    const offer = {
      name: `Thing ${at + 1}`,
      description: '',
      limit_per_backer: null,
      stock: null,
      offered: true,
      price: 400 + 100 * at,
    }
    addons.push({ id: (await saveAddon(tx, staff, { campaign_id, ...offer, items })).id, item: thing })
  }
  const level_fees = Object.fromEntries(levels.map((level) => [level.id, 1200]))
  const everywhere = { name: 'Everywhere', kind: 'everywhere_else' as const, served: true, countries: [], addon_fees: {} }
  await saveRegion(tx, staff, { campaign_id, ...everywhere, level_fees })
  const prices = Object.fromEntries(levels.map((level) => [level.id, level.price]))
  await savePledgePrices(tx, staff, { campaign_id, levels: prices, addons: {}, bonus_spendable: true })
  return { id: campaign_id, staff, levels, addons }
}

/** One backer with a card; the answered ones with an order that the real command wrote. */
async function makeTemplate(parts: TxParts, made: Made, { at, random }: { at: number; random: () => number }): Promise<void> {
  const level = pick(random, made.levels)
  const place = PLACES[at % PLACES.length] ?? PLACES[0]
  if (!place) return
  const addons = [0, 1].flatMap(() => (random() < 0.4 ? [pick(random, made.addons)] : []))
  const price = level.price + 1200 + [...new Set(addons)].reduce((sum, addon) => sum + 400 + 100 * made.addons.indexOf(addon), 0)
  const paid = Math.max(level.price, price - pick(random, OWED))
  const backer_id = await insertBacker(parts, made, {
    at,
    level,
    paid,
    name: `${place.first[0]} ${place.last[0]}`,
    country: place.country,
  })
  await insertCard(parts, made.id, backer_id, at)
  if (at >= ANSWERED) return
  const data: SurveyInput = {
    options: Object.fromEntries([
      [`level:${level.item.id}`, pick(random, level.item.skus).id],
      ...addons.map((addon) => [`addon:${addon.id}:${addon.item.id}`, pick(random, addon.item.skus).id]),
    ]),
    addons: Object.fromEntries(addons.map((addon) => [addon.id, 1])),
    address: {
      name: `${place.first[0]} ${place.last[0]}`,
      line1: place.street.replace('#', '12'),
      line2: '',
      sublocality: '',
      city: place.city,
      region: place.region,
      postcode: place.postcode,
      country: place.country,
      phone: place.phone,
      delivery_notes: '',
    },
    address_accepted: true,
  }
  await inTransaction(parts, (tx) => confirmSurvey(tx, made.staff, { campaign_id: made.id, backer_id, data }))
}

interface Template {
  at: number
  level: Made['levels'][number]
  paid: number
  name: string
  country: string
}

async function insertBacker({ db, clock }: TxParts, made: Made, { at, level, paid, name, country }: Template): Promise<string> {
  const id = newId()
  const now = clock.now()
  await db
    .insertInto('backers')
    .values({
      campaign_id: made.id,
      id,
      platform_uid: `template-${at}`,
      platform_number: 1_000_000 + at,
      name,
      email: `template${at}@example.com`,
      level_id: level.id,
      pledge_status: 'collected',
      pledge_amount: paid,
      pledge_minimum: level.price,
      pledge_shipping: 0,
      pledge_bonus: paid - level.price,
      pledge_country: country,
      pledged_at: null,
      survey: 'sent',
      survey_sent_at: now,
      row_hash: null,
      import_id: null,
      created_at: now,
      updated_at: now,
    })
    .execute()
  return id
}

/** Saved with the gateway account in use, which the program recorded when it started. */
async function insertCard({ db, clock }: TxParts, campaign_id: string, backer_id: string, at: number): Promise<void> {
  const { value } = await db.selectFrom('settings').select('value').where('key', '=', 'gateway').executeTakeFirstOrThrow()
  await db
    .insertInto('payment_methods')
    .values({
      campaign_id,
      id: newId(),
      backer_id,
      gateway_account: (value as { account: string }).account,
      gateway_customer: `cus_template_${at}`,
      mode: 'test',
      gateway_id: `pm_template_${at}`,
      brand: 'visa',
      last4: '4242',
      exp_month: 12,
      exp_year: 2040,
      country: 'US',
      fingerprint: `card_${at}`,
      state: 'usable',
      card_session_id: null,
      created_at: clock.now(),
    })
    .execute()
}
