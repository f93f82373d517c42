import { type RawBuilder, sql } from 'kysely'

/** Prices that are being tried out; what is not named stays as it is saved, or as it is proposed. */
export interface TriedPrices {
  campaign_id: string
  /** price by level id */
  levels: Record<string, number>
  /** what one cost on the platform, by add-on id */
  addons: Record<string, number>
  bonus_spendable: boolean
}

/**
 * What every backer without an order would owe who changes nothing and lives where the file says: one row for each, worked out in SQL by the
 * same rule as `pledgeCounts` and `priceOrder` (a property test compares them on random facts). CTEs, ending in `balances`.
 * The prices are materialized, else "is it physical?" would be asked anew for every backer.
 */
export function startingBalances({ campaign_id, levels, addons, bonus_spendable }: TriedPrices): RawBuilder<unknown> {
  return sql`
    level_prices as materialized (
      select l.id, coalesce((${JSON.stringify(levels)}::jsonb ->> l.id::text)::bigint, l.price, l.proposed_price, 0) as price,
        exists (select 1 from level_items li join items i on i.campaign_id = li.campaign_id and i.id = li.item_id
          where li.campaign_id = l.campaign_id and li.level_id = l.id and i.kind = 'physical') as physical
      from levels l where l.campaign_id = ${campaign_id}
    ),
    addon_prices as materialized (
      select a.id, coalesce((${JSON.stringify(addons)}::jsonb ->> a.id::text)::bigint, a.platform_price, a.price) as price,
        exists (select 1 from addon_items ai join items i on i.campaign_id = ai.campaign_id and i.id = ai.item_id
          where ai.campaign_id = a.campaign_id and ai.addon_id = a.id and i.kind = 'physical') as physical
      from addons a where a.campaign_id = ${campaign_id}
    ),
    starting as materialized (
      select b.id as backer_id, b.name, b.platform_number, b.survey, b.pledge_status, b.level_id, b.pledge_amount, b.pledge_minimum,
        b.pledge_shipping, b.pledge_bonus, nullif(b.pledge_country, '') as pledge_country, d.country, r.id as region_id, r.served
      from backers b
      cross join lateral (select coalesce(nullif(b.prefill #>> '{address,country}', ''), nullif(b.pledge_country, '')) as country) d
      left join shipping_region_countries c on c.campaign_id = ${campaign_id} and c.country = d.country
      left join shipping_regions e on e.campaign_id = ${campaign_id} and e.kind = 'everywhere_else' and d.country is not null
      left join shipping_regions r on r.campaign_id = ${campaign_id} and r.id = coalesce(c.region_id, e.id)
      where b.campaign_id = ${campaign_id} and b.survey <> 'withdrawn'
        and not exists (select 1 from orders o where o.campaign_id = b.campaign_id and o.backer_id = b.id)
    ),
    pledged as (
      select p.backer_id, sum(p.quantity * x.price)::bigint as price, sum(p.quantity * coalesce(f.fee, 0))::bigint as fees,
        bool_or(x.physical) as physical
      from pledged_addons p
      join starting s on s.backer_id = p.backer_id
      join addon_prices x on x.id = p.addon_id
      left join addon_shipping_fees f on f.campaign_id = ${campaign_id} and f.region_id = s.region_id and f.addon_id = p.addon_id
      where p.campaign_id = ${campaign_id}
      group by p.backer_id
    ),
    counted as (
      select s.*, coalesce(l.price, 0) as level_price, coalesce(a.price, 0) as addons_price,
        (coalesce(l.physical, false) or coalesce(a.physical, false)) and s.country is not null as ships,
        coalesce(f.fee, 0) + coalesce(a.fees, 0) as table_fee,
        case when s.pledge_status = 'collected' and s.level_id is not null then s.pledge_shipping else 0 end as shipping_paid,
        case when s.pledge_status <> 'collected' or s.level_id is null then 0
          else coalesce(s.pledge_bonus, greatest(0, s.pledge_amount - s.pledge_minimum - s.pledge_shipping)) end as bonus
      from starting s
      left join level_prices l on l.id = s.level_id
      left join pledged a on a.backer_id = s.backer_id
      left join level_shipping_fees f on f.campaign_id = ${campaign_id} and f.region_id = s.region_id and f.level_id = s.level_id
    ),
    priced as (
      select c.*, case when ${bonus_spendable}::boolean then c.bonus else 0 end as bonus_spent,
        case when c.pledge_status <> 'collected' then 0
          when c.level_id is null then c.pledge_amount
          else greatest(0, c.pledge_amount - c.pledge_shipping - case when ${bonus_spendable}::boolean then 0 else c.bonus end)
        end as goods_paid,
        case when not c.ships then 0
          when c.shipping_paid > 0 and c.pledge_country = c.country then least(c.table_fee, c.shipping_paid)
          else c.table_fee end as shipping_due
      from counted c
    ),
    balances as (
      select p.*, p.goods_paid - p.bonus_spent - p.level_price - p.addons_price as above,
        p.level_price + p.addons_price + p.shipping_due - p.goods_paid - least(p.shipping_paid, p.shipping_due) as balance
      from priced p
    )`
}

/** Backers whose survey can be answered; those who wait for the platform's money are not among them. */
export const isSurveyed = sql<boolean>`b.survey <> 'waiting'`

/** Why a backer starts where they start, as a code. Alias `b` is `balances`. */
export function startingReason(has_regions: boolean): RawBuilder<string> {
  return sql<string>`case
    when b.pledge_status <> 'collected' then 'dropped'
    when b.level_id is null then 'no_reward'
    when b.balance < 0 then case when b.above > 0 then 'pledge_above' else 'bonus_support' end
    when b.balance > 0 then case when b.above < 0 then 'pledge_below' when b.shipping_paid = 0 then 'shipping_not_paid' else 'other_country' end
    when b.above <> 0 or b.bonus_spent <> 0 then 'balanced_out'
    when b.bonus > 0 then 'bonus_not_spendable'
    when b.shipping_paid > b.shipping_due and ${has_regions}::boolean and b.served then 'shipping_cheaper'
    else 'as_pledged' end`
}

/**
 * What level, add-ons, shipping and bonus come to, where that is not the pledge; null where it is. Where the report has no bonus column, what
 * the pledge holds above minimum and shipping is the bonus, so only a pledge below them is told.
 */
export const expectedPledge = sql<number | null>`case
  when b.level_id is null or b.pledge_status = 'dropped' then null
  when b.pledge_bonus is null then case when b.pledge_amount < b.pledge_minimum + b.pledge_shipping then b.pledge_minimum + b.pledge_shipping end
  when b.level_price + b.addons_price + b.pledge_shipping + b.pledge_bonus <> b.pledge_amount
    then b.level_price + b.addons_price + b.pledge_shipping + b.pledge_bonus end`
