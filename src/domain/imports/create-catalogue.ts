import { newId } from '../../lib/id.ts'
import type { Tx } from '../shared/tx.ts'
import type { CatalogueIds, ImportFacts } from './import-facts.ts'
import type { CatalogueProposal, LevelProposal } from './propose-catalogue.ts'
import { levelKey } from './propose-catalogue.ts'

/*
 * Makes what a report names and the campaign does not have yet. What exists stays as it is here, also under another name:
 * earlier imports remember which ids their names led to.
 */

/** Creates the missing levels, items (one SKU each), add-ons and questions; answers where every name of the report leads. */
export async function createCatalogue(tx: Tx, campaign_id: string, proposal: CatalogueProposal): Promise<CatalogueIds> {
  const ids = await knownIds(tx, campaign_id)
  const before = { levels: new Set(Object.keys(ids.levels)), addons: new Set(Object.keys(ids.addons)) }
  await createItems(tx, campaign_id, proposal.items, ids)
  await createLevels(tx, campaign_id, proposal.levels, ids)
  await createAddons(tx, campaign_id, proposal, ids, before.addons)
  await createQuestions(tx, campaign_id, proposal, ids)
  await lowerProposedPrices(
    tx,
    campaign_id,
    proposal.levels.filter((level) => before.levels.has(keyOf(level))),
    ids,
  )
  return ids
}

function keyOf(level: LevelProposal): string {
  return levelKey({ reward_id: level.platform_reward_id, reward_title: level.report_name }) ?? ''
}

async function knownIds(tx: Tx, campaign_id: string): Promise<CatalogueIds> {
  const levels = await tx.db.selectFrom('levels').selectAll().where('campaign_id', '=', campaign_id).execute()
  const addons = await tx.db.selectFrom('addons').selectAll().where('campaign_id', '=', campaign_id).execute()
  const questions = await tx.db.selectFrom('questions').selectAll().where('campaign_id', '=', campaign_id).execute()
  const items = await tx.db.selectFrom('items').selectAll().where('campaign_id', '=', campaign_id).execute()
  const made = await rememberedIds(tx, campaign_id)
  const exists = new Set([...levels, ...addons, ...questions, ...items].map((row) => row.id))
  const alive = (map: Record<string, string>) => Object.fromEntries(Object.entries(map).filter(([, id]) => exists.has(id)))
  return {
    levels: {
      ...Object.assign({}, ...made.map((each) => alive(each.levels))),
      ...Object.fromEntries(
        levels.flatMap((row) => {
          const key = levelKey({ reward_id: row.platform_reward_id, reward_title: row.report_name })
          return key === null ? [] : [[key, row.id]]
        }),
      ),
    },
    addons: Object.fromEntries(
      addons.flatMap((row) => (row.platform_addon_id === null ? [] : [[row.platform_addon_id, row.id]])),
    ),
    items: {
      ...Object.fromEntries(items.map((row) => [row.name, row.id])),
      ...Object.assign({}, ...made.map((each) => each.items)),
    },
    questions: distinctQuestions([
      ...questions.map(({ prompt, id, level_id }) => ({ prompt, id, level_id })),
      ...made.flatMap((each) => each.questions),
    ]),
  }
}

async function rememberedIds(tx: Tx, campaign_id: string): Promise<CatalogueIds[]> {
  const rows = await tx.db
    .selectFrom('imports')
    .select('facts')
    .where('campaign_id', '=', campaign_id)
    .where('state', '=', 'applied')
    .orderBy('applied_at')
    .execute()
  return rows.flatMap(({ facts }) => (facts as ImportFacts | null)?.made ?? [])
}

function distinctQuestions(questions: CatalogueIds['questions']): CatalogueIds['questions'] {
  return [...new Map(questions.map((question) => [`${question.id} ${question.prompt}`, question])).values()]
}

async function nextPosition(tx: Tx, table: 'items' | 'levels' | 'addons' | 'questions', campaign_id: string): Promise<number> {
  const row = await tx.db
    .selectFrom(table as 'items')
    .select((eb) => eb.fn.max('position').as('last'))
    .where('campaign_id', '=', campaign_id)
    .executeTakeFirst()
  return (row?.last ?? -1) + 1
}

async function createItems(tx: Tx, campaign_id: string, names: string[], ids: CatalogueIds): Promise<void> {
  const missing = names.filter((name) => ids.items[name] === undefined)
  if (missing.length === 0) return
  const skus = await tx.db.selectFrom('skus').select('code').where('campaign_id', '=', campaign_id).execute()
  const codes = new Set(skus.map(({ code }) => code))
  let position = await nextPosition(tx, 'items', campaign_id)
  for (const name of missing) {
    const id = newId()
    ids.items[name] = id
    await tx.db.insertInto('items').values({ campaign_id, id, name, position, created_at: tx.now }).execute()
    const code = freeCode(name, codes)
    await tx.db.insertInto('skus').values({ campaign_id, id: newId(), item_id: id, code, weight_g: null, position: 0 }).execute()
    position += 1
  }
}

/** "Metal Coins | Set of 30" gives METAL-COINS-SET-OF-30, or with -2 where that is taken. Names in other scripts give ITEM. */
export function freeCode(name: string, taken: Set<string>): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '')
  const base =
    plain
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40)
      .replace(/-+$/, '') || 'ITEM'
  let code = base
  for (let n = 2; taken.has(code); n += 1) code = `${base}-${n}`
  taken.add(code)
  return code
}

async function createLevels(tx: Tx, campaign_id: string, levels: LevelProposal[], ids: CatalogueIds): Promise<void> {
  let position = await nextPosition(tx, 'levels', campaign_id)
  for (const level of levels) {
    if (ids.levels[keyOf(level)] !== undefined) continue
    const id = newId()
    ids.levels[keyOf(level)] = id
    await tx.db
      .insertInto('levels')
      .values({
        campaign_id,
        id,
        name: level.name,
        platform_reward_id: level.platform_reward_id,
        report_name: level.report_name,
        price: null,
        proposed_price: level.proposed_price,
        position,
        created_at: tx.now,
      })
      .execute()
    const contents = await existingContents(tx, campaign_id, level.items, ids)
    if (contents.length > 0) {
      await tx.db
        .insertInto('level_items')
        .values(contents.map((content) => ({ campaign_id, level_id: id, ...content })))
        .execute()
    }
    position += 1
  }
}

/** What a new level or add-on holds; an item that was deleted here stays deleted. */
async function existingContents(tx: Tx, campaign_id: string, items: { name: string; quantity: number }[], ids: CatalogueIds) {
  const rows = await tx.db.selectFrom('items').select('id').where('campaign_id', '=', campaign_id).execute()
  const exists = new Set(rows.map(({ id }) => id))
  const quantities = new Map<string, number>()
  for (const { name, quantity } of items) {
    const id = ids.items[name]
    if (id !== undefined && exists.has(id)) quantities.set(id, (quantities.get(id) ?? 0) + quantity)
  }
  return [...quantities].map(([item_id, quantity]) => ({ item_id, quantity }))
}

/** Nobody can add an imported add-on before the creator has given it a price here: it is not offered. */
async function createAddons(
  tx: Tx,
  campaign_id: string,
  proposal: CatalogueProposal,
  ids: CatalogueIds,
  known: Set<string>,
): Promise<void> {
  let position = await nextPosition(tx, 'addons', campaign_id)
  for (const { platform_id, name } of proposal.addons) {
    if (known.has(platform_id)) continue
    const id = newId()
    ids.addons[platform_id] = id
    await tx.db
      .insertInto('addons')
      .values({
        campaign_id,
        id,
        name,
        platform_addon_id: platform_id,
        platform_price: null,
        price: 0,
        limit_per_backer: null,
        stock: null,
        offered: false,
        position,
        created_at: tx.now,
      })
      .execute()
    const contents = await existingContents(tx, campaign_id, [{ name, quantity: 1 }], ids)
    if (contents.length > 0) {
      await tx.db
        .insertInto('addon_items')
        .values(contents.map((content) => ({ campaign_id, addon_id: id, ...content })))
        .execute()
    }
    position += 1
  }
}

/** A question whose text is known here is not made again, whomever it asks now. */
async function createQuestions(tx: Tx, campaign_id: string, proposal: CatalogueProposal, ids: CatalogueIds): Promise<void> {
  const known = new Set(ids.questions.map(({ prompt }) => prompt))
  let position = await nextPosition(tx, 'questions', campaign_id)
  for (const { prompt, levels } of proposal.questions) {
    if (known.has(prompt)) continue
    const level_ids = levels === null ? [null] : levels.flatMap((key) => ids.levels[key] ?? [])
    for (const level_id of level_ids) {
      const question = { id: newId(), prompt, level_id }
      await tx.db
        .insertInto('questions')
        .values({ campaign_id, ...question, kind: 'text', position, created_at: tx.now })
        .execute()
      ids.questions.push(question)
      position += 1
    }
  }
}

/** As long as the creator has not said a level's price, the proposal follows the reports: the smallest minimum seen. */
async function lowerProposedPrices(tx: Tx, campaign_id: string, levels: LevelProposal[], ids: CatalogueIds): Promise<void> {
  for (const level of levels) {
    const id = ids.levels[keyOf(level)]
    const proposed_price = level.proposed_price
    if (id === undefined || proposed_price === null) continue
    await tx.db
      .updateTable('levels')
      .set({ proposed_price })
      .where('campaign_id', '=', campaign_id)
      .where('id', '=', id)
      .where((eb) => eb.or([eb('proposed_price', 'is', null), eb('proposed_price', '>', proposed_price)]))
      .execute()
  }
}
