import type { Row } from '../../src/db/types.ts'
import { createCampaign } from '../../src/domain/campaigns/create-campaign.ts'
import { saveAddon } from '../../src/domain/catalog/save-addon.ts'
import { saveItem } from '../../src/domain/catalog/save-item.ts'
import { saveLevel } from '../../src/domain/catalog/save-level.ts'
import { savePledgePrices } from '../../src/domain/catalog/save-pledge-prices.ts'
import { saveQuestion } from '../../src/domain/catalog/save-question.ts'
import { saveRegion } from '../../src/domain/catalog/save-region.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx, type TxParts } from '../../src/domain/shared/tx.ts'
import { normaliseAddress } from '../../src/domain/shipping/address.ts'
import type { SurveyInput } from '../../src/domain/surveys/schema.ts'
import { newId } from '../../src/lib/id.ts'
import { campaignInput } from './account.ts'
import { insertSentBacker } from './insert-backer.ts'

/** A campaign with everything a survey can ask, made by the commands. */
export interface SurveyCampaign {
  id: string
  staff: Actor & { kind: 'staff' }
  levels: { captain: string; pdf: string }
  addons: { expansion: string; playmat: string; tokens: string; wallpaper: string }
  skus: { english: string; german: string; deep: string; shallow: string }
  questions: { credits: string; colour: string }
  /** the key of the game's option */
  game_place: string
}

/**
 * Captain (89.00): the game in two languages and a cloth-bound log. Rules as PDF (9.00): digital only. Add-ons: an expansion (36.00, up to
 * 4, 17 left), a playmat in two kinds (32.00, no limit), tokens (sold out), a wallpaper (digital, 2.00). Germany ships at 5.00, the rest of
 * the world at 21.50 and 3.00 for each expansion; not to Brazil.
 */
export async function makeSurveyCampaign(
  parts: TxParts,
  account_id: string,
  over: { lockdown_on?: string | null; stock?: number } = {},
): Promise<SurveyCampaign> {
  const staff = { kind: 'staff', id: account_id } as const
  return await inTransaction(parts, async (tx) => {
    const campaign = await createCampaign(tx, staff, {
      ...campaignInput,
      support_email: 'help@lanternfish.example',
      lockdown_on: over.lockdown_on === undefined ? '2099-11-30' : over.lockdown_on,
    })
    const campaign_id = campaign.id
    const items = await makeItems(tx, staff, campaign_id)
    const levels = await makeLevels(tx, staff, campaign_id, items)
    const addons = await makeAddons(tx, staff, campaign_id, items, over.stock ?? 17)
    await makeRegions(tx, staff, campaign_id, levels, addons)
    const questions = await makeQuestions(tx, staff, campaign_id, levels)
    await savePledgePrices(tx, staff, {
      campaign_id,
      levels: { [levels.captain]: 8900, [levels.pdf]: 900 },
      addons: {},
      bonus_spendable: true,
    })
    const sku = (item: { skus: { id: string }[] }, place: number) => item.skus[place]?.id ?? ''
    return {
      id: campaign_id,
      staff,
      levels,
      addons,
      questions,
      game_place: `level:${items.game.id}`,
      skus: {
        english: sku(items.game, 0),
        german: sku(items.game, 1),
        deep: sku(items.playmat, 0),
        shallow: sku(items.playmat, 1),
      },
    }
  })
}

async function makeItems(tx: Tx, staff: Actor, campaign_id: string) {
  const options = (...names: string[]) => names.map((option_name) => ({ option_name, weight_g: 1500 }))
  const item = async (
    name: string,
    skus: { option_name: string; weight_g: number | null }[],
    kind: 'physical' | 'digital' = 'physical',
  ) => await saveItem(tx, staff, { campaign_id, name, kind, skus })
  return {
    game: await item('Tidebreakers core game', options('English', 'Deutsch')),
    log: await item('Captain’s log, cloth bound', options('')),
    pdf: await item('Rules as PDF', options(''), 'digital'),
    expansion: await item('Leviathan expansion', options('')),
    playmat: await item('Neoprene playmat', options('North Deep', 'Shallow Reef')),
    tokens: await item('Wooden resource tokens', options('')),
    wallpaper: await item('Wallpaper', options(''), 'digital'),
  }
}

type Items = Awaited<ReturnType<typeof makeItems>>

async function makeLevels(tx: Tx, staff: Actor, campaign_id: string, items: Items) {
  const one = (item: { id: string }) => ({ item_id: item.id, quantity: 1 })
  const captain = await saveLevel(tx, staff, { campaign_id, name: 'Captain', items: [one(items.game), one(items.log)] })
  const pdf = await saveLevel(tx, staff, { campaign_id, name: 'Rules as PDF', items: [one(items.pdf)] })
  return { captain: captain.id, pdf: pdf.id }
}

async function makeAddons(tx: Tx, staff: Actor, campaign_id: string, items: Items, stock: number) {
  const addon = async (
    item: { id: string; name: string },
    over: { price: number; description?: string; limit_per_backer?: number | null; stock?: number | null },
  ) => {
    const made = await saveAddon(tx, staff, {
      campaign_id,
      name: item.name,
      description: '',
      limit_per_backer: null,
      stock: null,
      offered: true,
      items: [{ item_id: item.id, quantity: 1 }],
      ...over,
    })
    return made.id
  }
  return {
    expansion: await addon(items.expansion, {
      price: 3600,
      description: 'A fifth player and the thing below.',
      limit_per_backer: 4,
      stock,
    }),
    playmat: await addon(items.playmat, { price: 3200, description: '90 × 60 cm, stitched edge.' }),
    tokens: await addon(items.tokens, { price: 600, stock: 0 }),
    wallpaper: await addon(items.wallpaper, { price: 200 }),
  }
}

async function makeRegions(
  tx: Tx,
  staff: Actor,
  campaign_id: string,
  levels: SurveyCampaign['levels'],
  addons: SurveyCampaign['addons'],
): Promise<void> {
  const region = { campaign_id, served: true, addon_fees: {}, countries: [] as string[] }
  await saveRegion(tx, staff, {
    ...region,
    name: 'Germany',
    kind: 'countries',
    countries: ['DE'],
    level_fees: { [levels.captain]: 500 },
  })
  await saveRegion(tx, staff, {
    ...region,
    name: 'Not served',
    kind: 'countries',
    countries: ['BR'],
    served: false,
    level_fees: {},
  })
  await saveRegion(tx, staff, {
    ...region,
    name: 'Everywhere else',
    kind: 'everywhere_else',
    level_fees: { [levels.captain]: 2150 },
    addon_fees: { [addons.expansion]: 300 },
  })
}

async function makeQuestions(tx: Tx, staff: Actor, campaign_id: string, levels: SurveyCampaign['levels']) {
  const credits = await saveQuestion(tx, staff, {
    campaign_id,
    prompt: 'Your name in the credits',
    help: 'As it should be printed.',
    kind: 'text',
    choices: [],
    level_id: null,
    required: false,
  })
  const colour = await saveQuestion(tx, staff, {
    campaign_id,
    prompt: 'Colour of your ship',
    help: '',
    kind: 'choice',
    choices: ['Red', 'Blue'],
    level_id: levels.captain,
    required: true,
  })
  return { credits: credits.id, colour: colour.id }
}

/** A backer of it whose survey was sent: level and shipping to Germany are paid, unless `over` says otherwise. */
export async function makeSurveyBacker(
  parts: TxParts,
  campaign: SurveyCampaign,
  over: Partial<Row<'backers'>> = {},
): Promise<Row<'backers'>> {
  return await insertSentBacker(parts.db, parts.clock.now(), {
    campaign_id: campaign.id,
    id: newId(),
    name: 'Mei-Ling Okonkwo-Fairweather',
    level_id: campaign.levels.captain,
    pledge_amount: 9400,
    pledge_minimum: 8900,
    pledge_shipping: 500,
    ...over,
  })
}

/** Answers that confirm a Captain's survey to Germany with nothing owed. */
export function captainAnswers(campaign: SurveyCampaign): SurveyInput {
  return {
    answers: { [campaign.questions.colour]: 'Red' },
    options: { [campaign.game_place]: campaign.skus.english },
    address: normaliseAddress({
      name: 'Mei-Ling Okonkwo-Fairweather',
      line1: 'Musterstraße 7',
      city: 'Berlin',
      postcode: '10115',
      country: 'DE',
    }),
  }
}
