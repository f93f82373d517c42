import type { Column, ReportItem, ReportRow } from './report-types.ts'

/*
 * What the rows of a report say together about the campaign: its levels and what they hold, its items, add-ons and questions.
 * Facts are gathered row by row in memory that grows with the catalogue, not with the backers.
 */

interface LevelFacts {
  platform_reward_id: string | null
  names: Map<string, number>
  rows: number
  /** smallest minimum among rows without add-ons */
  price: number | null
  /** by "has add-ons", then item, then quantity: how many rows */
  plain: ContentFacts
  with_addons: ContentFacts
  /** rows whose backer answered the platform's survey */
  answered: number
}

interface ContentFacts {
  rows: number
  items: Map<string, Map<number, number>>
}

export interface CatalogueFacts {
  levels: Map<string, LevelFacts>
  items: Set<string>
  addons: Map<string, { name: string; rows: number }>
  /** by prompt, then level key: how many backers were asked */
  questions: Map<string, Map<string, number>>
}

export interface LevelProposal {
  platform_reward_id: string | null
  /** the name by which a report without reward ids finds this level; null where it has an id */
  report_name: string | null
  name: string
  rows: number
  /** minor units; null where no row without add-ons tells it */
  proposed_price: number | null
  items: ReportItem[]
}

export interface AddonProposal {
  platform_id: string
  name: string
  rows: number
}

export interface QuestionProposal {
  prompt: string
  /** keys of the levels that were asked; null: every backer */
  levels: string[] | null
}

export interface CatalogueProposal {
  levels: LevelProposal[]
  /** names, those of the add-ons included: an item and an add-on of one name share one item */
  items: string[]
  addons: AddonProposal[]
  questions: QuestionProposal[]
}

/** How a row, a proposal and a level in the database find each other; null for a pledge without reward. */
export function levelKey(level: { reward_id: string | null; reward_title: string | null }): string | null {
  if (level.reward_id !== null) return `id ${level.reward_id}`
  return level.reward_title === null ? null : `name ${level.reward_title}`
}

/** Of a report of which nothing is read yet; rows and columns are added to it in place. */
export function newFacts(): CatalogueFacts {
  return { levels: new Map(), items: new Set(), addons: new Map(), questions: new Map() }
}

/** Adds the columns of a file: an item or question is known by its column, even where no backer has it. */
export function addColumns(facts: CatalogueFacts, columns: readonly Column[]): void {
  for (const { role } of columns) {
    if (role.kind === 'item') facts.items.add(role.name)
    if (role.kind === 'addon' && !facts.addons.has(role.platform_id))
      facts.addons.set(role.platform_id, { name: role.name, rows: 0 })
    if (role.kind === 'question' && !facts.questions.has(role.prompt)) facts.questions.set(role.prompt, new Map())
  }
}

/** Adds one row. Rows with problems say nothing reliable: leave them out. */
export function addRow(facts: CatalogueFacts, row: ReportRow): void {
  for (const addon of row.addons) count(facts.addons, addon.platform_id, () => ({ name: addon.name, rows: 0 })).rows += 1
  const key = levelKey(row)
  for (const prompt of row.asked)
    bump(
      count(facts.questions, prompt, () => new Map<string, number>()),
      key ?? '',
    )
  if (key === null) return
  const level = count(facts.levels, key, () => newLevel(row.reward_id))
  level.rows += 1
  if (row.survey_response_at !== null || row.asked.length > 0) level.answered += 1
  if (row.reward_title !== null) bump(level.names, row.reward_title)
  const plain = row.addons.length === 0
  if (plain && row.minimum !== null && row.minimum > 0) level.price = Math.min(level.price ?? row.minimum, row.minimum)
  const content = plain ? level.plain : level.with_addons
  content.rows += 1
  for (const item of row.items)
    bump(
      count(content.items, item.name, () => new Map<number, number>()),
      item.quantity,
    )
}

/**
 * Proposes the catalogue. A level's price is the smallest minimum among its rows without add-ons (a late pledge may have paid
 * more); its contents are the most common quantities among them. A question that only some of the levels were asked is theirs.
 */
export function proposeCatalogue(facts: CatalogueFacts): CatalogueProposal {
  const levels = [...facts.levels.values()].map((level): LevelProposal => {
    const name = mostCommon(level.names) ?? `Reward ${level.platform_reward_id}`
    return {
      platform_reward_id: level.platform_reward_id,
      report_name: level.platform_reward_id === null ? name : null,
      name,
      rows: level.rows,
      proposed_price: level.price,
      items: contentsOf(level.plain.rows > 0 ? level.plain : level.with_addons),
    }
  })
  levels.sort((a, b) => (a.proposed_price ?? Infinity) - (b.proposed_price ?? Infinity) || a.name.localeCompare(b.name, 'en'))
  const addons = [...facts.addons].map(([platform_id, { name, rows }]) => ({ platform_id, name, rows }))
  return {
    levels,
    items: [...new Set([...facts.items, ...addons.map((addon) => addon.name)])],
    addons,
    questions: [...facts.questions].map(([prompt, asked]) => ({ prompt, levels: levelsAsked(facts, asked) })),
  }
}

function newLevel(platform_reward_id: string | null): LevelFacts {
  const content = () => ({ rows: 0, items: new Map<string, Map<number, number>>() })
  return { platform_reward_id, names: new Map(), rows: 0, price: null, plain: content(), with_addons: content(), answered: 0 }
}

function contentsOf(content: ContentFacts): ReportItem[] {
  return [...content.items].flatMap(([name, quantities]) => {
    const listed = [...quantities.values()].reduce((sum, rows) => sum + rows, 0)
    const all = new Map(quantities).set(0, content.rows - listed)
    const quantity = mostCommon(all) ?? 0
    return quantity > 0 ? [{ name, quantity }] : []
  })
}

/** Null (every backer) unless a level whose backers did answer was never asked. */
function levelsAsked(facts: CatalogueFacts, asked: Map<string, number>): string[] | null {
  if (asked.size === 0 || asked.has('')) return null
  const answering = [...facts.levels].filter(([, level]) => level.answered > 0).map(([key]) => key)
  return answering.every((key) => asked.has(key)) ? null : [...asked.keys()]
}

/** The key with the highest count; the first of equals. */
function mostCommon<K>(counts: Map<K, number>): K | null {
  let best: K | null = null
  for (const [key, n] of counts) if (best === null || n > (counts.get(best) ?? 0)) best = key
  return best
}

function count<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function bump<K>(map: Map<K, number>, key: K): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}
