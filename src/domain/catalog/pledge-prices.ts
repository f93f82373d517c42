import { sql } from 'kysely'
import { z } from 'zod'
import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { refuseUnknownIds } from './catalogue-parts.ts'
import { expectedPledge, isSurveyed, startingBalances, startingReason, type TriedPrices } from './starting-balances.ts'

const price = z.int('A whole number of minor units.').min(0, 'Not below zero.').max(100_000_000_000, 'This amount is too large.')

/** What the pledge paid for, as the creator states it. */
export const pledgePricesSchema = z.strictObject({
  levels: z.record(z.uuid(), price).default({}).describe('Price by level id; left out: what is saved, else what is proposed'),
  addons: z.record(z.uuid(), price).default({}).describe('What one cost on the platform, by add-on id; left out: what is saved'),
  bonus_spendable: z.boolean().default(true).describe('Whether bonus support may be spent here'),
})
export type PledgePricesInput = z.infer<typeof pledgePricesSchema> & { campaign_id: string }

export interface LevelPrice extends Pick<Row<'levels'>, 'id' | 'name' | 'price' | 'proposed_price'> {
  /** backers of it who are not withdrawn */
  backers: number
}
export interface AddonPrice extends Pick<Row<'addons'>, 'id' | 'name' | 'platform_price' | 'price'> {
  /** backers who pledged for it and are not withdrawn: its price there must be typed where there are any */
  backers: number
  quantity: number
}
export interface PledgePrices {
  saved_at: Date | null
  bonus_spendable: boolean
  /** orders that are not canceled: they keep their quote, whatever is saved now */
  orders_kept: number
  levels: LevelPrice[]
  /** those that were pledged for, or that the report sold */
  addons: AddonPrice[]
}

/** What is saved and what is proposed. Refuses a campaign that is not the actor's. */
export async function findPledgePrices(db: Db, actor: Actor, campaign_id: string): Promise<PledgePrices> {
  staffOnly(actor)
  const campaign = await ownCampaign(db, actor, campaign_id)
  const levels = await sql<LevelPrice>`select l.id, l.name, l.price, l.proposed_price,
      (select count(*)::int from backers b
        where b.campaign_id = l.campaign_id and b.level_id = l.id and b.survey <> 'withdrawn') as backers
    from levels l where l.campaign_id = ${campaign_id} order by l.position, l.id`.execute(db)
  const addons = await sql<AddonPrice>`with pledged as (
      select p.addon_id, count(*)::int as backers, sum(p.quantity)::int as quantity
      from pledged_addons p join backers b on b.campaign_id = p.campaign_id and b.id = p.backer_id
      where p.campaign_id = ${campaign_id} and b.survey <> 'withdrawn' group by 1)
    select a.id, a.name, a.platform_price, a.price, coalesce(p.backers, 0) as backers, coalesce(p.quantity, 0) as quantity
    from addons a left join pledged p on p.addon_id = a.id
    where a.campaign_id = ${campaign_id} and (p.addon_id is not null or a.platform_addon_id is not null)
    order by a.position, a.id`.execute(db)
  const kept = await sql<{ n: number }>`select count(*)::int as n from orders
    where campaign_id = ${campaign_id} and status <> 'canceled'`.execute(db)
  return {
    saved_at: campaign.prices_saved_at,
    bonus_spendable: campaign.bonus_spendable,
    orders_kept: kept.rows[0]?.n ?? 0,
    levels: levels.rows,
    addons: addons.rows,
  }
}

export interface MissingPrice {
  kind: 'level' | 'addon'
  id: string
  name: string
  backers: number
}

/** Prices that somebody needs and nobody has stated: with any of them surveys cannot be sent. */
export function missingPrices(prices: PledgePrices, input: Pick<PledgePricesInput, 'levels' | 'addons'>): MissingPrice[] {
  const levels = prices.levels
    .filter(({ id, price, proposed_price, backers }) => backers > 0 && (input.levels[id] ?? price ?? proposed_price) === null)
    .map(({ id, name, backers }): MissingPrice => ({ kind: 'level', id, name, backers }))
  const addons = prices.addons
    .filter(({ id, platform_price, backers }) => backers > 0 && (input.addons[id] ?? platform_price) === null)
    .map(({ id, name, backers }): MissingPrice => ({ kind: 'addon', id, name, backers }))
  return [...levels, ...addons]
}

/** Levels and add-ons whose price is needed and not saved: a later report may bring new ones. Empty: surveys can be sent. */
export async function findMissingPrices(db: Db, campaign_id: string): Promise<MissingPrice[]> {
  const { rows } = await sql<MissingPrice>`select 'level' as kind, l.id, l.name, count(*)::int as backers
      from levels l join backers b on b.campaign_id = l.campaign_id and b.level_id = l.id
      where l.campaign_id = ${campaign_id} and l.price is null and b.survey <> 'withdrawn' group by 2, 3
    union all
    select 'addon', a.id, a.name, count(*)::int
      from addons a join pledged_addons p on p.campaign_id = a.campaign_id and p.addon_id = a.id
      join backers b on b.campaign_id = p.campaign_id and b.id = p.backer_id
      where a.campaign_id = ${campaign_id} and a.platform_price is null and b.survey <> 'withdrawn' group by 2, 3
    order by 1 desc, 3`.execute(db)
  return rows
}

/** Where a group of backers starts, and why. Reasons: startingReason. */
export interface StartingGroup {
  outcome: 'exact' | 'credit' | 'owing'
  reason: string
  count: number
  /** sum of their balances: negative is credit */
  amount: number
  /** up to five */
  sample_backer_ids: string[]
}

export interface PledgeMismatch {
  backer_id: string
  name: string
  platform_number: number | null
  survey: Row<'backers'>['survey']
  level_id: string
  pledge_amount: number
  /** what the parts come to; where the report has no bonus column: minimum and shipping */
  expected: number
  /** pledge_amount - expected */
  difference: number
  level_price: number
  addons_price: number
  shipping: number
  /** null where the report has no bonus column */
  bonus: number | null
}

export interface PledgePricesPreview {
  /** backers who start at exactly 0, with credit, owing */
  exact: number
  credit: number
  owing: number
  groups: StartingGroup[]
  /** backers who wait for the platform's money and are not counted */
  waiting: number
  /** backers whose country is not served: they cannot confirm before they name another */
  not_served: number
  /** orders that keep their quote: they are not counted, and saving does not touch them */
  orders_kept: number
  missing: MissingPrice[]
  mismatched: { total: number; data: PledgeMismatch[]; next_cursor: string | null }
}

/**
 * Where every backer without an order would start with these prices. Changes nothing. Set-based: two statements for any number of backers.
 * `cursor` and `limit` page through the rows whose parts are not the pledge. Refuses ids this campaign does not have (`unknown`).
 */
export async function previewPledgePrices(
  db: Db,
  actor: Actor,
  input: PledgePricesInput & { limit?: number; cursor?: string | undefined },
): Promise<PledgePricesPreview> {
  const prices = await findPledgePrices(db, actor, input.campaign_id)
  await refuseUnknownIds(db, 'levels', input.campaign_id, Object.keys(input.levels), 'levels')
  await refuseUnknownIds(db, 'addons', input.campaign_id, Object.keys(input.addons), 'addons')
  const { groups, waiting, not_served, mismatched } = await countStarts(db, input)
  const sum = (outcome: StartingGroup['outcome']) =>
    groups.filter((group) => group.outcome === outcome).reduce((total, { count }) => total + count, 0)
  return {
    exact: sum('exact'),
    credit: sum('credit'),
    owing: sum('owing'),
    groups,
    waiting,
    not_served,
    orders_kept: prices.orders_kept,
    missing: missingPrices(prices, input),
    mismatched: { total: mismatched, ...(mismatched > 0 ? await listMismatched(db, input) : { data: [], next_cursor: null }) },
  }
}

interface StartRow extends Omit<StartingGroup, 'outcome'> {
  outcome: StartingGroup['outcome'] | 'waiting'
  not_served: number
  mismatched: number
}

async function countStarts(db: Db, input: TriedPrices) {
  const regions = await sql`select 1 from shipping_regions where campaign_id = ${input.campaign_id} limit 1`.execute(db)
  const has_regions = regions.rows.length > 0
  const { rows } = await sql<StartRow>`with ${startingBalances(input)},
    told as (
      select b.backer_id, b.balance, ${expectedPledge} is not null as mismatched,
        b.ships and ${has_regions}::boolean and b.served is not true as not_served,
        case when not ${isSurveyed} then 'waiting' when b.balance = 0 then 'exact' when b.balance < 0 then 'credit' else 'owing' end as outcome,
        case when ${isSurveyed} then ${startingReason(has_regions)} else '' end as reason
      from balances b
    )
    select outcome, reason, count(*)::int as count, sum(balance)::bigint as amount,
      (array_agg(backer_id order by backer_id))[1:5] as sample_backer_ids,
      count(*) filter (where not_served)::int as not_served, count(*) filter (where mismatched)::int as mismatched
    from told group by 1, 2 order by 3 desc, 1, 2`.execute(db)
  const surveyed = rows.filter((row) => row.outcome !== 'waiting')
  return {
    groups: surveyed.map(({ outcome, reason, count, amount, sample_backer_ids }) => ({
      outcome: outcome as StartingGroup['outcome'],
      reason,
      count,
      amount,
      sample_backer_ids,
    })),
    waiting: rows.filter((row) => row.outcome === 'waiting').reduce((sum, { count }) => sum + count, 0),
    not_served: surveyed.reduce((sum, row) => sum + row.not_served, 0),
    mismatched: rows.reduce((sum, row) => sum + row.mismatched, 0),
  }
}

async function listMismatched(
  db: Db,
  input: TriedPrices & { limit?: number; cursor?: string | undefined },
): Promise<{ data: PledgeMismatch[]; next_cursor: string | null }> {
  const limit = input.limit ?? 50
  const after = z.uuid().safeParse(input.cursor).data ?? '00000000-0000-0000-0000-000000000000'
  const { rows } = await sql<PledgeMismatch>`with ${startingBalances(input)},
    told as (select b.*, ${expectedPledge} as expected from balances b)
    select backer_id, name, platform_number, survey, level_id, pledge_amount, expected, pledge_amount - expected as difference,
      level_price, addons_price, pledge_shipping as shipping, pledge_bonus as bonus
    from told where expected is not null and backer_id > ${after}::uuid
    order by backer_id limit ${limit + 1}`.execute(db)
  const data = rows.slice(0, limit)
  return { data, next_cursor: rows.length > limit ? (data.at(-1)?.backer_id ?? null) : null }
}
