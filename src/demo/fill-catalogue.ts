import { loadCatalog } from '../domain/catalog/load-catalog.ts'
import { saveAddon } from '../domain/catalog/save-addon.ts'
import { saveItem } from '../domain/catalog/save-item.ts'
import { saveQuestion } from '../domain/catalog/save-question.ts'
import { saveRegion } from '../domain/catalog/save-region.ts'
import type { Demo } from './demo.ts'

const SIZES = ['S', 'M', 'L', 'XL', 'XXL']
const WEIGHTS: Readonly<Record<string, number>> = {
  'Core Game': 1850,
  'Metal Coins': 420,
  'Art Book': 760,
  'Playmat, North Deep': 640,
}
const EU = ['AT', 'BE', 'CZ', 'DK', 'ES', 'FI', 'FR', 'GR', 'HU', 'IE', 'IT', 'LU', 'NL', 'PL', 'PT', 'RO', 'SE', 'SK']

/** What the report cannot know: weights, sizes, what else is sold here, where it ships, and one more question. */
export async function fillCatalogue(demo: Demo): Promise<void> {
  const { deps, campaign_id, staff, at } = demo
  const imported = await loadCatalog(deps.db, campaign_id)
  for (const item of imported.items) {
    const [sku] = item.skus
    const isShirt = item.name === 'Crew T-shirt'
    const isDigital = item.name === 'Print-and-play files'
    const skus = isShirt
      ? SIZES.map((size, index) => ({
          ...(index === 0 && sku ? { id: sku.id } : {}),
          code: `SHIRT-${size}`,
          option_name: size,
          weight_g: 180,
        }))
      : [
          {
            ...(sku ? { id: sku.id, code: sku.code } : {}),
            option_name: '',
            weight_g: isDigital ? null : (WEIGHTS[item.name] ?? 300),
          },
        ]
    await at(570, (tx) =>
      saveItem(tx, staff, { campaign_id, id: item.id, name: item.name, kind: isDigital ? 'digital' : 'physical', skus }),
    )
  }
  for (const addon of imported.addons) {
    const items = addon.contents.map(({ item, quantity }) => ({ item_id: item.id, quantity }))
    const price = addon.name.startsWith('Playmat') ? 2900 : 2200
    await at(569, (tx) =>
      saveAddon(tx, staff, {
        campaign_id,
        id: addon.id,
        name: addon.name,
        description: '',
        price,
        limit_per_backer: 5,
        stock: null,
        offered: true,
        items,
      }),
    )
  }
  await sellMore(demo)
  await setShipping(demo)
  await at(565, (tx) =>
    saveQuestion(tx, staff, {
      campaign_id,
      prompt: 'Which language do you want the rulebook in?',
      help: 'The box holds one printed rulebook; the others are files.',
      kind: 'choice',
      choices: ['English', 'Deutsch', 'Français', '日本語'],
      level_id: null,
      required: true,
    }),
  )
}

async function sellMore({ campaign_id, staff, at }: Demo): Promise<void> {
  const more = [
    {
      name: 'Leviathan expansion',
      description: 'Sixty cards, one sea monster, new islands.',
      price: 3600,
      stock: 60,
      limit: 2,
      weight_g: 900,
    },
    {
      name: 'Wooden tokens',
      description: 'Eighty printed tokens in a linen bag.',
      price: 600,
      stock: null,
      limit: null,
      weight_g: 250,
    },
    {
      name: 'Signed chart',
      description: 'Numbered print, signed by both illustrators.',
      price: 2400,
      stock: 6,
      limit: 1,
      weight_g: 120,
    },
  ]
  for (const one of more) {
    const item = await at(568, (tx) =>
      saveItem(tx, staff, { campaign_id, name: one.name, kind: 'physical', skus: [{ option_name: '', weight_g: one.weight_g }] }),
    )
    await at(568, (tx) =>
      saveAddon(tx, staff, {
        campaign_id,
        name: one.name,
        description: one.description,
        price: one.price,
        limit_per_backer: one.limit,
        stock: one.stock,
        offered: true,
        items: [{ item_id: item.id, quantity: 1 }],
      }),
    )
  }
}

async function setShipping({ deps, campaign_id, staff, at }: Demo): Promise<void> {
  const catalog = await loadCatalog(deps.db, campaign_id)
  const fees = (light: number, heavy: number) => ({
    level_fees: Object.fromEntries(
      catalog.levels.map((level) => {
        const pieces = level.contents.filter(({ item }) => item.kind === 'physical').length
        return [level.id, pieces === 0 ? 0 : pieces > 2 ? heavy : light]
      }),
    ),
    addon_fees: Object.fromEntries(catalog.addons.map(({ id, name }) => [id, name === 'Wooden tokens' ? 0 : 300])),
  })
  const regions = [
    { name: 'Germany', kind: 'countries' as const, countries: ['DE'], served: true, ...fees(600, 1000) },
    { name: 'European Union', kind: 'countries' as const, countries: EU, served: true, ...fees(1200, 1800) },
    { name: 'United States and Canada', kind: 'countries' as const, countries: ['US', 'CA'], served: true, ...fees(1200, 1900) },
    {
      name: 'No carrier goes there',
      kind: 'countries' as const,
      countries: ['AQ', 'KP'],
      served: false,
      level_fees: {},
      addon_fees: {},
    },
    { name: 'Everywhere else', kind: 'everywhere_else' as const, countries: [], served: true, ...fees(1900, 2900) },
  ]
  for (const region of regions) await at(566, (tx) => saveRegion(tx, staff, { campaign_id, ...region }))
}
